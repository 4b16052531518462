package dev.parlance.app.bench.serve;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What a {@link ServeBenchmark} found. */
public final class ServeOutcome {
    private final List<Server> servers;
    private final GeneratorCost cost;

    ServeOutcome(List<Server> servers, GeneratorCost cost) {
        this.servers = List.copyOf(servers);
        this.cost = cost;
    }

    /** In the order they were given. */
    List<Server> servers() {
        return servers;
    }

    GeneratorCost cost() {
        return cost;
    }

    /**
     * A server and what was measured of it.
     *
     * @param model its name there
     * @param exactLengths whether the server's own count of tokens made the prompts
     * @param points one for every load, in order
     */
    record Server(Target target, String model, boolean exactLengths, List<Point> points) {}

    /**
     * All runs of one server at one load.
     *
     * @param runs one a round
     * @param machineLoads before each that was not part of another, where the system tells
     */
    record Point(String load, List<Run> runs, List<Double> machineLoads) {
        /** Of something that each run has one value of. */
        double median(ToDoubleFunction<Run> value) {
            return new Distribution(runs.stream().mapToDouble(value)).percentile(50);
        }

        /** Of all runs together, by part of the scenario, in its order. */
        Map<String, Latencies> parts() {
            Map<String, List<Latencies>> parts = new LinkedHashMap<>();
            for (Run run : runs) {
                run.parts()
                        .forEach((name, latencies) ->
                                parts.computeIfAbsent(name, _ -> new ArrayList<>()).add(latencies));
            }
            Map<String, Latencies> merged = new LinkedHashMap<>();
            parts.forEach((name, latencies) -> merged.put(name, Latencies.merged(latencies)));
            return merged;
        }
    }

    /**
     * What this program itself needed while it measured.
     *
     * @param cpu of all its processors
     * @param wall time that passed
     * @param events of streams that it read
     */
    record GeneratorCost(Duration cpu, Duration wall, long events) {
        double processors() {
            return (double) cpu.toNanos() / Math.max(wall.toNanos(), 1);
        }

        double microsPerEvent() {
            return cpu.toNanos() / 1e3 / Math.max(events, 1);
        }
    }
}
