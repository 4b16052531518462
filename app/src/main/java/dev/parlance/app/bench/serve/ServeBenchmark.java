package dev.parlance.app.bench.serve;

import dev.parlance.app.bench.BenchmarkException;
import dev.parlance.app.bench.Environment;
import dev.parlance.app.bench.serve.Load.ClosedLoop;
import dev.parlance.app.bench.serve.Load.OpenLoop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Measures servers under load, several ones in turn: at each load the first, the second, …, and all
 * of that again in the next round. All get the same requests in the same round, and other ones in
 * every round, so that no server remembers a prompt.
 *
 * @param loads at least one
 * @param warmUp how long each server answers requests before any that count
 * @param rounds how often everything is measured, 1 or more
 * @param seed of prompts and moments
 */
public record ServeBenchmark(
        Scenario scenario,
        Measurement measurement,
        List<Load> loads,
        ClientOptions client,
        Duration warmUp,
        int rounds,
        long seed) {

    /** Of an open loop, which does not say how many there are. */
    private static final int WARM_UP_CLIENTS = 4;

    /** Of an answer: the last ones are awaited, however short the warm-up is to be. */
    private static final int WARM_UP_TOKENS = 64;

    public ServeBenchmark {
        loads = List.copyOf(loads);
        if (loads.isEmpty() || rounds < 1) {
            throw new IllegalArgumentException(
                    "there must be one load and one round at least, got "
                            + loads.size()
                            + " and "
                            + rounds);
        }
    }

    /**
     * Measures.
     *
     * @param progress told what is being done
     * @throws BenchmarkException if a server does not answer at all
     * @throws InterruptedException if the thread was interrupted meanwhile
     */
    public ServeOutcome run(List<Target> targets, Consumer<String> progress)
            throws InterruptedException {
        return run(targets, progress, System::nanoTime, Environment::load);
    }

    ServeOutcome run(
            List<Target> targets,
            Consumer<String> progress,
            LongSupplier clock,
            Supplier<OptionalDouble> machineLoad)
            throws InterruptedException {
        List<Side> sides = new ArrayList<>();
        try {
            for (Target target : targets) {
                progress.accept(target.name() + ": preparing");
                sides.add(prepare(target, clock));
                warmUp(sides.getLast());
            }
            Collector collector = new Collector();
            for (int round = 1; round <= rounds; round++) {
                for (int level = 0; level < loads.size(); level++) {
                    Load load = loads.get(level);
                    long runSeed = seed + 1_000_003L * round + 1009L * level;
                    for (Side side : sides) {
                        progress.accept(
                                side.target().name()
                                        + ": "
                                        + load
                                        + (rounds == 1
                                                ? ""
                                                : " (round " + round + " of " + rounds + ")"));
                        collector.measure(
                                side,
                                machineLoad.get(),
                                () -> scenario.run(side, load, measurement, runSeed));
                    }
                }
            }
            return collector.outcome();
        } finally {
            sides.forEach(Side::close);
        }
    }

    private Side prepare(Target target, LongSupplier clock) throws InterruptedException {
        OpenAiClient openAi = new OpenAiClient(target, client, clock);
        try {
            return new Side(target, openAi, Lexicon.learn(openAi));
        } catch (BenchmarkException e) {
            openAi.close();
            throw new BenchmarkException(target.name() + ": " + e.getMessage());
        }
    }

    private void warmUp(Side side) throws InterruptedException {
        if (warmUp.isZero()) {
            return;
        }
        Measurement warming =
                new Measurement(
                        measurement.promptTokens(),
                        measurement.outputTokens().atMost(WARM_UP_TOKENS),
                        Limit.of(warmUp),
                        measurement.objective());
        Load most =
                new ClosedLoop(loads.stream().mapToInt(ServeBenchmark::clients).max().orElse(1));
        new Independent().run(side, most, warming, seed - 1);
    }

    private static int clients(Load load) {
        return switch (load) {
            case ClosedLoop(int clients) -> clients;
            case OpenLoop _ -> WARM_UP_CLIENTS;
        };
    }
}
