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
    private static final int MAX_TOKENS = 1 << 20;
    private static final int MAX_WARM_UP_SECONDS = 3600;

    @Option(
            names = {"-p", "--prompt"},
            paramLabel = "N",
            split = ",",
            defaultValue = "512",
            description =
                    "Prompt lengths: tokens computed per second. 0: none. Default:"
                            + " ${DEFAULT-VALUE}.")
    @Between(min = 0, max = MAX_TOKENS)
    private List<Integer> prompts;

    @Option(
            names = {"-n", "--generate"},
            paramLabel = "N",
            split = ",",
            defaultValue = "128",
            description =
                    "Tokens to generate: tokens per second one by one. 0: none. Default:"
                            + " ${DEFAULT-VALUE}.")
    @Between(min = 0, max = MAX_TOKENS)
    private List<Integer> generated;

    @Option(
            names = {"-d", "--depth"},
            paramLabel = "N",
            split = ",",
            defaultValue = "0",
            description =
                    "Tokens that are in the context before others are generated. Default:"
                            + " ${DEFAULT-VALUE}.")
    @Between(min = 0, max = MAX_TOKENS)
    private List<Integer> depths;

    @Option(
            names = {"-b", "--streams"},
            paramLabel = "N",
            split = ",",
            defaultValue = "1",
            description =
                    "Streams that generate at a time; their speed is told together. Default:"
                            + " ${DEFAULT-VALUE}.")
    @Between(min = 1, max = MAX_TOKENS)
    private List<Integer> streamCounts;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "Threads that compute. Default: one per processor.")
    @Between(min = 1, max = 1024)
    private @Nullable Integer threads;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description =
                    "How long each test runs before it counts, once at least. Default:"
                            + " ${DEFAULT-VALUE}.")
    @Between(min = 0, max = MAX_WARM_UP_SECONDS)
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
     * @throws ParameterException if nothing is left to measure
     */
    List<Workload> workloads(CommandSpec spec) {
        List<Workload> workloads = Workload.all(prompts, generated, depths, streamCounts);
        if (workloads.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--prompt and --generate are both 0; nothing is measured");
        }
        return workloads;
    }
}
