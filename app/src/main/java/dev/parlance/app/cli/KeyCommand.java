package dev.parlance.app.cli;

import dev.parlance.server.access.ApiKey;
import dev.parlance.server.access.KeyFile;
import dev.parlance.server.access.KeyLimits;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/** Makes an API key. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
@Command(
        name = "key",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Makes a new API key.",
            "Shows the key on stderr, this once, and prints the line that lets it in, which holds"
                    + " only its hash."
        },
        footer = {
            "",
            "Examples:",
            "  parlance key alice >> keys.jsonl",
            "  parlance key bob --model small --requests-per-minute 60 >> keys.jsonl",
            "  parlance serve --api-keys-file keys.jsonl"
        })
final class KeyCommand implements Callable<Integer> {
    private final Streams streams;

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "Who gets the key; for logs and fair shares.")
    private String name;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "A model that the key may use; may be given several times. Default: all.")
    private List<String> models = List.of();

    @Option(
            names = "--requests-per-minute",
            paramLabel = "N",
            description = "Most requests per minute. Default: no limit.")
    @Between(min = 0, max = KeyLimits.MAX_REQUESTS)
    private long requestsPerMinute;

    @Option(
            names = "--tokens-per-minute",
            paramLabel = "N",
            description = "Most tokens per minute, of prompts and answers. Default: no limit.")
    @Between(min = 0, max = KeyLimits.MAX_TOKENS)
    private long tokensPerMinute;

    @Option(
            names = "--concurrent-requests",
            paramLabel = "N",
            description = "Most requests answered at a time. Default: no limit.")
    @Between(min = 0, max = KeyLimits.MAX_REQUESTS)
    private int concurrentRequests;

    KeyCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() {
        KeyLimits limits = new KeyLimits(requestsPerMinute, tokensPerMinute, concurrentRequests);
        String secret = ApiKey.newSecret();
        ApiKey key;
        try {
            key = new ApiKey(name, ApiKey.hash(secret), Set.copyOf(models), limits);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(
                    spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
        streams.err().println("The key, which is not shown again: " + secret);
        streams.out().println(KeyFile.line(key));
        streams.flushOut();
        return 0;
    }
}
