package dev.parlance.app.cli;

import dev.parlance.app.bench.Workload;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

import java.time.Duration;
import java.util.List;

/** What is measured: what {@code bench} and {@code bench compare} have in common. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class WorkloadOptions {
    private static final int MAX_WARM_UP_SECONDS = 3600;

    @Option(
            names = {"-p", "--prompt"},
            paramLabel = "N",
            split = ",",
            defaultValue = "512",
            description =
                    "Prompt lengths: tokens computed per second. 0: none. Default:"
                            + " ${DEFAULT-VALUE}.")
    private List<Integer> prompts;

    @Option(
            names = {"-n", "--generate"},
            paramLabel = "N",
            split = ",",
            defaultValue = "128",
            description =
                    "Tokens to generate: tokens per second one by one. 0: none. Default:"
                            + " ${DEFAULT-VALUE}.")
    private List<Integer> generated;

    @Option(
            names = {"-d", "--depth"},
            paramLabel = "N",
            split = ",",
            defaultValue = "0",
            description =
                    "Tokens that are in the context before others are generated. Default:"
                            + " ${DEFAULT-VALUE}.")
    private List<Integer> depths;

    @Option(
            names = {"-b", "--streams"},
            paramLabel = "N",
            split = ",",
            defaultValue = "1",
            description =
                    "Streams that generate at a time; their speed is told together. Default:"
                            + " ${DEFAULT-VALUE}.")
    private List<Integer> streamCounts;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "Threads that compute. Default: one per processor.")
    private @Nullable Integer threads;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description =
                    "How long each test runs before it counts, once at least. Default:"
                            + " ${DEFAULT-VALUE}.")
    private int warmUpSeconds;

    int threads() {
        return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    }

    Duration warmUp() {
        return Duration.ofSeconds(warmUpSeconds);
    }

    /**
     * All combinations.
     *
     * @throws ParameterException if a number is out of range, or nothing is left to measure
     */
    List<Workload> workloads(CommandSpec spec) {
        check(spec, "--prompt", prompts, 0);
        check(spec, "--generate", generated, 0);
        check(spec, "--depth", depths, 0);
        check(spec, "--streams", streamCounts, 1);
        Range.check(spec, "--threads", threads(), 1, 1024);
        Range.check(spec, "--warm-up", warmUpSeconds, 0, MAX_WARM_UP_SECONDS);
        List<Workload> workloads = Workload.all(prompts, generated, depths, streamCounts);
        if (workloads.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--prompt and --generate are both 0; nothing is measured");
        }
        return workloads;
    }

    private static void check(CommandSpec spec, String option, List<Integer> values, int min) {
        values.forEach(value -> Range.check(spec, option, value, min, 1 << 20));
    }
}
