package dev.parlance.app.cli;

import dev.parlance.app.model.EmbeddedModel;
import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.sampling.SamplingParams;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

/** Runs one prompt through a model. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
@Command(
        name = "run",
        aliases = RunCommand.ALIAS,
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        versionProvider = Main.Version.class,
        description = {
            "Answers one prompt, as it is generated.",
            "Only the text goes to stdout; notes go to stderr. Ctrl-C ends the answer."
        },
        footer = {
            "",
            "Examples:",
            "  parlance run --model model.gguf \"Why is the sky blue?\"",
            "  parlance run --model model.gguf --system \"Answer in one sentence.\" -"
                    + " <question.txt",
            "  parlance run --model model.gguf --raw --temperature 0 --max-tokens 20 \"Once upon"
                    + " a\""
        })
final class RunCommand implements Callable<Integer> {
    static final String ALIAS = "complete";

    private final Streams streams;

    @Spec private CommandSpec spec;
    @Mixin private ModelOptions model;

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description = "GGUF file of the model. Default: " + EmbeddedModel.WHAT + ".")
    private @Nullable Path file;

    @Parameters(paramLabel = "PROMPT", description = "What the user says; - reads it from stdin.")
    private String prompt;

    @Option(
            names = "--system",
            paramLabel = "TEXT",
            description = "System message before the prompt.")
    private @Nullable String system;

    @Option(
            names = "--raw",
            description =
                    "Continue the prompt as it is, without the chat template; special tokens in it"
                            + " are taken as such.")
    private boolean raw;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "Most tokens to generate. Default: as many as fit the context.")
    @Between(min = 1)
    private @Nullable Integer maxTokens;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "1",
            description =
                    "How freely tokens are chosen; 0 is always the most likely one. Default:"
                            + " ${DEFAULT-VALUE}.")
    private double temperature;

    @Option(
            names = "--top-k",
            paramLabel = "N",
            defaultValue = "0",
            description = "Choose among the N most likely tokens; 0 is off. Default: 0.")
    @Between(min = 0)
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "1",
            description =
                    "Choose among the most likely tokens that together have probability P."
                            + " Default: 1.")
    private double topP;

    @Option(
            names = "--min-p",
            paramLabel = "P",
            defaultValue = "0",
            description =
                    "Leave out tokens less likely than P times the most likely one. Default: 0.")
    private double minP;

    @Option(
            names = "--repetition-penalty",
            paramLabel = "R",
            defaultValue = "1",
            description = "Above 1: make tokens that were there already less likely. Default: 1.")
    private double repetitionPenalty;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Start of the random numbers. Default: a different one each time.")
    private @Nullable Long seed;

    @Option(
            names = "--stop",
            paramLabel = "TEXT",
            description = "End before this text; may be given several times.")
    private List<String> stopSequences = List.of();

    @Option(names = "--quiet", description = "No notes on stderr.")
    private boolean quiet;

    @Mixin private LogOptions logging;

    RunCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PromptRun run = promptRun();
        model.check(spec);
        logging.apply(streams.err(), LogOptions.LogLevel.WARNING);
        String text =
                prompt.equals("-")
                        ? new String(streams.in().readAllBytes(), StandardCharsets.UTF_8)
                        : prompt;
        try (LoadedModel loaded =
                new GivenModel(Optional.ofNullable(file))
                        .load(model.engineOptions().withParallel(1), streams)) {
            return run.run(loaded, text, streams);
        }
    }

    private PromptRun promptRun() {
        if (raw && system != null) {
            throw wrong("--raw leaves no place for --system; write it into the prompt");
        }
        if (stopSequences.contains("")) {
            throw wrong("--stop must not be empty");
        }
        return new PromptRun(
                Optional.ofNullable(system),
                raw,
                maxTokens == null ? OptionalInt.empty() : OptionalInt.of(maxTokens),
                stopSequences,
                sampling(),
                quiet);
    }

    private SamplingParams sampling() {
        if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw wrong("--temperature must be 0 or more, got " + temperature);
        }
        if (!(topP > 0 && topP <= 1)) {
            throw wrong("--top-p must be above 0 and at most 1, got " + topP);
        }
        if (!(minP >= 0 && minP <= 1)) {
            throw wrong("--min-p must be between 0 and 1, got " + minP);
        }
        if (!(repetitionPenalty > 0 && repetitionPenalty < Double.POSITIVE_INFINITY)) {
            throw wrong("--repetition-penalty must be above 0, got " + repetitionPenalty);
        }
        return new SamplingParams(
                temperature,
                topK,
                topP,
                minP,
                1,
                0,
                0,
                repetitionPenalty,
                Map.of(),
                seed == null ? OptionalLong.empty() : OptionalLong.of(seed));
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
