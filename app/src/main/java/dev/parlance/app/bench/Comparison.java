package dev.parlance.app.bench;

import dev.parlance.engine.ModelDescription;
import dev.parlance.engine.gguf.GgufFile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Measures llama.cpp and this engine in turn, on the same file with the same number of threads.
 *
 * <p>Every turn begins anew: a process of llama.cpp, or the model loaded and warmed up again. While
 * one measures, the other has no work and holds no memory for the model.
 */
public final class Comparison {
    private static final int MAX_ATTEMPTS = 5;

    private final LlamaCpp llamaCpp;
    private final Benchmark benchmark;
    private final Path model;
    private final Programs programs;
    private final Supplier<OptionalDouble> load;

    /**
     * @param benchmark what each turn does, on both sides
     * @param model the file
     */
    public Comparison(LlamaCpp llamaCpp, Benchmark benchmark, Path model) {
        this(llamaCpp, benchmark, model, Programs.ofThisMachine(), Environment::load);
    }

    Comparison(
            LlamaCpp llamaCpp,
            Benchmark benchmark,
            Path model,
            Programs programs,
            Supplier<OptionalDouble> load) {
        this.llamaCpp = llamaCpp;
        this.benchmark = benchmark;
        this.model = model;
        this.programs = programs;
        this.load = load;
    }

    /**
     * One side's figures.
     *
     * @param speeds in the order of the workloads
     * @param loads of the machine before each turn, where the system tells
     */
    record Side(List<Speeds> speeds, List<Double> loads) {}

    /**
     * What was measured.
     *
     * @param llamaCppBuild as its programs tell it; {@code unknown} if they do not
     */
    public record Outcome(
            ModelDescription model, String llamaCppBuild, Side llamaCpp, Side parlance) {}

    /**
     * Measures, llama.cpp first.
     *
     * @param rounds turns of each side, 1 or more
     * @param progress told what is being done
     * @throws BenchmarkException if one side cannot do a workload
     * @throws IOException if the file cannot be read
     */
    public Outcome run(int rounds, Consumer<String> progress)
            throws IOException, InterruptedException {
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds must be 1 or more, got " + rounds);
        }
        Samples theirs = new Samples();
        Samples ours = new Samples();
        String build = "unknown";
        Optional<ModelDescription> description = Optional.empty();
        for (int round = 1; round <= rounds; round++) {
            String turn = " (round " + round + " of " + rounds + ")";
            build = runLlamaCpp(theirs, turn, progress).orElse(build);
            ours.begin();
            Benchmark.Outcome outcome =
                    benchmark.run(
                            GgufFile.open(model),
                            what -> progress.accept("Parlance " + what + turn));
            outcome.speeds().forEach(ours::add);
            description = Optional.of(outcome.model());
        }
        return new Outcome(description.orElseThrow(), build, theirs.side(), ours.side());
    }

    /** Returns the build, if it was told. */
    private Optional<String> runLlamaCpp(Samples samples, String turn, Consumer<String> progress)
            throws InterruptedException {
        samples.begin();
        Optional<String> build = Optional.empty();
        List<LlamaCpp.Call> calls =
                llamaCpp.calls(benchmark.workloads(), benchmark.threads(), benchmark.repetitions());
        for (LlamaCpp.Call call : calls) {
            progress.accept(String.join(" ", call.words()) + turn);
            for (int i = 0; i < call.times(); i++) {
                LlamaOutput output = run(call);
                output.speeds().forEach(samples::add);
                build = output.build().isPresent() ? output.build() : build;
            }
        }
        return build;
    }

    /**
     * Runs a program, and again where it says nothing: llama-batched-bench of llama.cpp 0.7.0 now
     * and then ends before the thread that writes its output has done so.
     */
    private LlamaOutput run(LlamaCpp.Call call) throws InterruptedException {
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            LlamaOutput output = call.reader().apply(programs.run(call.words()));
            if (!output.speeds().isEmpty()) {
                return output;
            }
        }
        throw new BenchmarkException(
                String.join(" ", call.words()) + " told no speed in " + MAX_ATTEMPTS + " attempts");
    }

    /** Collects the samples of one side. */
    private final class Samples {
        private final Map<Workload, List<Double>> samples = new LinkedHashMap<>();
        private final List<Double> loads = new ArrayList<>();

        void begin() {
            load.get().ifPresent(loads::add);
        }

        void add(Speeds speeds) {
            samples.computeIfAbsent(speeds.workload(), _ -> new ArrayList<>())
                    .addAll(speeds.samples());
        }

        Side side() {
            List<Speeds> speeds = new ArrayList<>();
            for (Workload workload : benchmark.workloads()) {
                List<Double> found = samples.get(workload);
                if (found == null) {
                    throw new BenchmarkException("llama.cpp told no speed of " + workload);
                }
                speeds.add(new Speeds(workload, found));
            }
            return new Side(speeds, List.copyOf(loads));
        }
    }
}
