package dev.parlance.app.cli;

import dev.parlance.server.ServerOptions;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that say what requests may ask for. */
final class RequestOptions {
    private static final int MOST_LOGPROBS = 1000;
    private static final int UNTIL_CONTEXT_END = -1;

    @Option(
            names = "--max-logprobs",
            paramLabel = "N",
            defaultValue = "20",
            description =
                    "How many likely tokens a request may ask for per position, 0 to 1000."
                            + " Default: ${DEFAULT-VALUE}.")
    @Between(min = 0, max = MOST_LOGPROBS)
    private int maxLogprobs;

    @Option(
            names = "--completion-tokens",
            paramLabel = "N",
            defaultValue = "16",
            description =
                    "How many tokens /v1/completions generates where a request does not say; -1:"
                            + " until the context ends. Default: ${DEFAULT-VALUE}, as OpenAI has"
                            + " it.")
    private int completionTokens;

    @Option(
            names = "--strict-fields",
            description =
                    "Refuse request fields that no table lists, as OpenAI does; otherwise they are"
                            + " ignored, because clients of every kind send some.")
    private boolean strictFields;

    void check(CommandSpec spec) {
        if (completionTokens < 1 && completionTokens != UNTIL_CONTEXT_END) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--completion-tokens must be 1 or more, or -1, got " + completionTokens);
        }
    }

    ServerOptions applyTo(ServerOptions options) {
        return options.withRequests(maxLogprobs, completionTokens, strictFields);
    }
}
