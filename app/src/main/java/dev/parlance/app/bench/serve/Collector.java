package dev.parlance.app.bench.serve;

import dev.parlance.app.bench.serve.ServeOutcome.GeneratorCost;
import dev.parlance.app.bench.serve.ServeOutcome.Point;
import dev.parlance.app.bench.serve.ServeOutcome.Server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Gathers runs by server and load. Threads: one. */
final class Collector {
    private final Map<Side, Map<String, Point>> points = new LinkedHashMap<>();
    private Duration wall = Duration.ZERO;
    private Duration cpu = Duration.ZERO;
    private long events;

    /** A measurement that may be several runs. */
    interface Measuring {
        List<Run> run() throws InterruptedException;
    }

    /**
     * @param machineLoad before it
     */
    void measure(Side side, OptionalDouble machineLoad, Measuring measuring)
            throws InterruptedException {
        Duration cpuBefore = cpuTime();
        long start = System.nanoTime();
        List<Run> runs = measuring.run();
        wall = wall.plusNanos(System.nanoTime() - start);
        cpu = cpu.plus(cpuTime()).minus(cpuBefore);
        for (Run run : runs) {
            events += run.tally().events();
            Point point =
                    points.computeIfAbsent(side, _ -> new LinkedHashMap<>())
                            .computeIfAbsent(
                                    run.load(),
                                    load -> new Point(load, new ArrayList<>(), new ArrayList<>()));
            point.runs().add(run);
            if (run == runs.getFirst()) {
                machineLoad.ifPresent(point.machineLoads()::add);
            }
        }
    }

    /** Of this process; zero where the system does not tell. */
    private static Duration cpuTime() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    ServeOutcome outcome() {
        List<Server> servers = new ArrayList<>();
        points.forEach((side, loads) ->
                servers.add(
                        new Server(
                                side.target(),
                                side.client().model(),
                                side.lexicon().isExact(),
                                List.copyOf(loads.values()))));
        return new ServeOutcome(servers, new GeneratorCost(cpu, wall, events));
    }
}
