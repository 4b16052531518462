package dev.parlance.app.cli;

import dev.parlance.engine.EngineOptions;
import dev.parlance.engine.generation.AdmissionLimits;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * What {@code serve} can be told for each model. On the command line it holds for all of them; in
 * the {@code models} of a file each may have its own.
 */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ServedModelOptions {
    @Mixin private ModelOptions engine;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "4",
            description =
                    "Most sequences computed at a time; further requests wait. Default:"
                            + " ${DEFAULT-VALUE}.")
    @Between(min = 1, max = 1024)
    private int parallel;

    @Option(
            names = "--queue-requests",
            paramLabel = "N",
            defaultValue = "256",
            description =
                    "Most requests that wait; further ones are refused with 429. Default:"
                            + " ${DEFAULT-VALUE}.")
    @Between(min = 1)
    private int queueRequests;

    @Option(
            names = "--queue-tokens",
            paramLabel = "N",
            defaultValue = "65536",
            description =
                    "Most tokens of all waiting prompts together; further requests are refused with"
                            + " 429. Default: ${DEFAULT-VALUE}.")
    @Between(min = 1)
    private int queueTokens;

    @Option(
            names = "--preload",
            description =
                    "Load every model at the start, not at its first request. Default: true if"
                            + " there is one model, else false.")
    private @Nullable Boolean preload;

    @Option(
            names = "--idle-unload",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description =
                    "Unload a model after this time without requests; 0: never. The next request"
                            + " loads it again. Default: ${DEFAULT-VALUE}.")
    @Between(min = 0)
    private int idleUnloadSeconds;

    /** Reads these options alone. */
    static CommandLine parser(ServedModelOptions options) {
        return new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true);
    }

    /**
     * Checks what single options cannot.
     *
     * @throws ParameterException if options contradict each other
     */
    void check(CommandSpec spec) {
        engine.check(spec);
    }

    /**
     * @throws CommandException if the chat template cannot be used
     */
    EngineOptions engineOptions() throws IOException {
        return engine.engineOptions()
                .withParallel(parallel)
                .withAdmission(
                        AdmissionLimits.DEFAULT
                                .withWaitingRequests(queueRequests)
                                .withWaitingTokens(queueTokens));
    }

    /** Whether to load the model at the start, where nothing else is said. */
    boolean preload(boolean otherwise) {
        return preload == null ? otherwise : preload;
    }

    Optional<Duration> idleUnload() {
        return idleUnloadSeconds == 0
                ? Optional.empty()
                : Optional.of(Duration.ofSeconds(idleUnloadSeconds));
    }
}
