package dev.parlance.app.bench;

import dev.parlance.engine.Engine;
import dev.parlance.engine.EngineOptions;
import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.ModelDescription;
import dev.parlance.engine.Speculation;
import dev.parlance.engine.gguf.GgufFile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Measures how fast the engine does some workloads: the engine that serves requests, without HTTP.
 *
 * @param workloads at least one
 * @param threads that compute
 * @param repetitions of each workload that count, 1 or more
 * @param warmUp how long each workload runs before without counting, once at least: Java's compiler
 *     needs that
 */
public record Benchmark(List<Workload> workloads, int threads, int repetitions, Duration warmUp) {
    public Benchmark {
        workloads = List.copyOf(workloads);
        if (workloads.isEmpty() || repetitions < 1) {
            throw new IllegalArgumentException(
                    "there must be one workload and one repetition at least, got "
                            + workloads.size()
                            + " and "
                            + repetitions);
        }
    }

    /**
     * What was measured.
     *
     * @param costs what the model's weights cost
     * @param load from the open file to the model that takes requests
     * @param speeds in the order of the workloads
     */
    public record Outcome(
            ModelDescription model, WeightCosts costs, Duration load, List<Speeds> speeds) {}

    /**
     * Loads the model, measures, and closes it.
     *
     * @param file closed in any case
     * @param progress told what is being done
     * @throws BenchmarkException if the model cannot do a workload
     * @throws InterruptedException if the thread was interrupted meanwhile
     */
    public Outcome run(GgufFile file, Consumer<String> progress) throws InterruptedException {
        WeightCosts costs = WeightCosts.of(file);
        long start = System.nanoTime();
        try (LoadedModel model = load(file)) {
            Duration load = Duration.ofNanos(System.nanoTime() - start);
            Stopwatch stopwatch =
                    new Stopwatch(model.backend(), model.description().vocabularySize());
            // All of them first: what one gets compiled may be what another is measured with.
            for (Workload workload : workloads) {
                warmUp(stopwatch, workload, progress);
            }
            List<Speeds> speeds = new ArrayList<>();
            for (Workload workload : workloads) {
                speeds.add(measure(stopwatch, workload, progress));
            }
            return new Outcome(model.description(), costs, load, speeds);
        }
    }

    private LoadedModel load(GgufFile file) {
        int context = workloads.stream().mapToInt(Workload::contextLength).max().orElseThrow();
        int sequences = workloads.stream().mapToInt(Workload::sequences).max().orElseThrow();
        try {
            return Engine.load(
                    file,
                    EngineOptions.DEFAULT
                            .withThreads(threads)
                            // Random weights repeat themselves, which would tell of no real text.
                            .withSpeculation(Speculation.NONE)
                            .withContextLength(context)
                            .withParallel(sequences));
        } catch (IllegalArgumentException e) {
            throw new BenchmarkException(String.valueOf(e.getMessage()));
        }
    }

    private void warmUp(Stopwatch stopwatch, Workload workload, Consumer<String> progress)
            throws InterruptedException {
        progress.accept(workload + ": warm-up");
        long start = System.nanoTime();
        do {
            stopwatch.tokensPerSecond(workload);
        } while (System.nanoTime() - start < warmUp.toNanos());
    }

    private Speeds measure(Stopwatch stopwatch, Workload workload, Consumer<String> progress)
            throws InterruptedException {
        List<Double> samples = new ArrayList<>();
        for (int i = 1; i <= repetitions; i++) {
            progress.accept(workload + ": run " + i + " of " + repetitions);
            samples.add(stopwatch.tokensPerSecond(workload));
        }
        return new Speeds(workload, samples);
    }
}
