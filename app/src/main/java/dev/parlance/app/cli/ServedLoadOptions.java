package dev.parlance.app.cli;

import dev.parlance.app.bench.serve.Api;
import dev.parlance.app.bench.serve.Chat;
import dev.parlance.app.bench.serve.ClientOptions;
import dev.parlance.app.bench.serve.Independent;
import dev.parlance.app.bench.serve.LengthRange;
import dev.parlance.app.bench.serve.Limit;
import dev.parlance.app.bench.serve.Load;
import dev.parlance.app.bench.serve.LongPromptJoins;
import dev.parlance.app.bench.serve.Measurement;
import dev.parlance.app.bench.serve.Objective;
import dev.parlance.app.bench.serve.Overload;
import dev.parlance.app.bench.serve.Scenario;
import dev.parlance.app.bench.serve.ServeBenchmark;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonParseException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** The load that {@code bench serve} sends. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ServedLoadOptions {
    private static final int MAX_SECONDS = 86_400;
    private static final int MAX_CLIENTS = 100_000;
    private static final int DEFAULT_SECONDS = 20;
    private static final int DEFAULT_JOINS = 3;
    private static final String DEFAULT_OUTPUT_TOKENS = "64";

    /** Streams must go on until the long prompt is computed. */
    private static final String DEFAULT_STREAM_TOKENS = "512";

    /** Small enough to be typed again. */
    private static final int SEEDS = 1_000_000;

    @Option(
            names = "--scenario",
            paramLabel = "NAME",
            defaultValue = "independent",
            converter = KindConverter.class,
            description = "What clients do, see below. Default: ${DEFAULT-VALUE}.")
    private Kind scenario;

    @Option(
            names = "--endpoint",
            paramLabel = "NAME",
            defaultValue = "chat",
            description =
                    "chat, or completions, which takes plain text and so needs no chat template."
                            + " Default: ${DEFAULT-VALUE}.")
    private Api api;

    @Option(
            names = "--clients",
            paramLabel = "N",
            split = ",",
            description =
                    "Clients that each send their next request when they have the answer to the"
                            + " last; a run for every number. Default: 8.")
    @Between(min = 1, max = MAX_CLIENTS)
    private @Nullable List<Integer> clients;

    @Option(
            names = "--rate",
            paramLabel = "N",
            split = ",",
            description =
                    "Instead of --clients: requests per second that come at random moments"
                        + " (Poisson) whether others are answered or not; a run for every number.")
    private @Nullable List<Double> rates;

    @Option(
            names = "--prompt-tokens",
            paramLabel = "N|MIN-MAX",
            defaultValue = "256",
            converter = LengthConverter.class,
            description =
                    "Length of a prompt, or in a chat of a question. Default: ${DEFAULT-VALUE}.")
    private LengthRange promptTokens;

    @Option(
            names = "--output-tokens",
            paramLabel = "N|MIN-MAX",
            converter = LengthConverter.class,
            description =
                    "Length of an answer. Default: "
                            + DEFAULT_OUTPUT_TOKENS
                            + "; of the streams that a long prompt joins, "
                            + DEFAULT_STREAM_TOKENS
                            + ".")
    private @Nullable LengthRange outputTokens;

    @Option(
            names = "--requests",
            paramLabel = "N",
            description =
                    "Requests of a run; conversations of a chat; how often a long prompt joins"
                            + " (default there: 3).")
    @Between(min = 1)
    private @Nullable Integer requests;

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            description =
                    "How long a run sends requests, if --requests does not end it before; running"
                            + " ones are awaited. Default: 20 without --requests.")
    @Between(min = 1, max = MAX_SECONDS)
    private @Nullable Integer durationSeconds;

    @Option(
            names = "--system-tokens",
            paramLabel = "N",
            defaultValue = "256",
            description = "chat: length of the common system prompt. Default: ${DEFAULT-VALUE}.")
    @Between(min = 1)
    private int systemTokens;

    @Option(
            names = "--turns",
            paramLabel = "N",
            defaultValue = "3",
            description = "chat: turns of a conversation. Default: ${DEFAULT-VALUE}.")
    @Between(min = 1, max = 1000)
    private int turns;

    @Option(
            names = "--long-prompt-tokens",
            paramLabel = "N",
            defaultValue = "4000",
            description =
                    "long-prompt-joins: length of the prompt that joins. Default:"
                            + " ${DEFAULT-VALUE}.")
    @Between(min = 1)
    private int longPromptTokens;

    @Option(
            names = "--join-after",
            paramLabel = "N",
            defaultValue = "32",
            description =
                    "long-prompt-joins: tokens that every stream has before. Default:"
                            + " ${DEFAULT-VALUE}.")
    @Between(min = 1)
    private int joinAfter;

    @Option(
            names = "--overload-factor",
            paramLabel = "N",
            defaultValue = "2",
            description =
                    "overload: requests per second, as a multiple of those that the clients got"
                            + " answered. Default: ${DEFAULT-VALUE}.")
    private double overloadFactor;

    @Option(
            names = "--slo-ttft",
            paramLabel = "MS",
            defaultValue = "2000",
            description =
                    "A good answer has its first token within so many milliseconds. Default:"
                            + " ${DEFAULT-VALUE}.")
    private double firstTokenMillis;

    @Option(
            names = "--slo-tpot",
            paramLabel = "MS",
            defaultValue = "200",
            description =
                    "A good answer takes so many milliseconds for each further token at most."
                            + " Default: ${DEFAULT-VALUE}.")
    private double perTokenMillis;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description =
                    "How long each server answers requests before any that count. Default:"
                            + " ${DEFAULT-VALUE}.")
    @Between(min = 0, max = MAX_SECONDS)
    private int warmUpSeconds;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "How often everything is measured; servers take turns. Default:"
                            + " ${DEFAULT-VALUE}.")
    @Between(min = 1)
    private int rounds;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description =
                    "Of prompts and moments. Default: another one each time, so that no server"
                            + " remembers a prompt.")
    private @Nullable Long seed;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "600",
            description = "When to give up on a request. Default: ${DEFAULT-VALUE}.")
    @Between(min = 1, max = MAX_SECONDS)
    private int timeoutSeconds;

    @Option(
            names = "--extra-body",
            paramLabel = "JSON",
            defaultValue = "{}",
            converter = ObjectConverter.class,
            description = "Members that every request has besides, such as '{\"top_k\": 1}'.")
    private JsonObject extraBody;

    /**
     * What is to be measured.
     *
     * @throws ParameterException if a number is out of range or options do not go together
     */
    ServeBenchmark benchmark(CommandSpec spec) {
        check(spec);
        try {
            return new ServeBenchmark(
                    scenario(),
                    new Measurement(
                            promptTokens,
                            outputTokens(),
                            limit(),
                            new Objective(firstTokenMillis, perTokenMillis)),
                    loads(),
                    new ClientOptions(api, extraBody, Duration.ofSeconds(timeoutSeconds)),
                    Duration.ofSeconds(warmUpSeconds),
                    rounds,
                    seed == null ? new SplittableRandom().nextInt(SEEDS) : seed);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
    }

    private void check(CommandSpec spec) {
        if (rates != null && clients != null) {
            throw new ParameterException(
                    spec.commandLine(), "give either --clients or --rate, not both");
        }
        if (rates != null && !scenario.takesRate) {
            throw new ParameterException(
                    spec.commandLine(),
                    "the scenario " + scenario.word() + " takes --clients, not --rate");
        }
    }

    private Scenario scenario() {
        return switch (scenario) {
            case INDEPENDENT -> new Independent();
            case CHAT -> new Chat(systemTokens, turns);
            case LONG_PROMPT_JOINS -> new LongPromptJoins(longPromptTokens, joinAfter);
            case OVERLOAD -> new Overload(overloadFactor);
        };
    }

    private LengthRange outputTokens() {
        if (outputTokens != null) {
            return outputTokens;
        }
        return LengthRange.parse(
                scenario == Kind.LONG_PROMPT_JOINS ? DEFAULT_STREAM_TOKENS : DEFAULT_OUTPUT_TOKENS);
    }

    private Limit limit() {
        boolean joins = scenario == Kind.LONG_PROMPT_JOINS;
        int most = requests != null ? requests : joins ? DEFAULT_JOINS : Limit.ANY_REQUESTS;
        if (durationSeconds != null) {
            return new Limit(most, Duration.ofSeconds(durationSeconds));
        }
        return new Limit(
                most,
                most == Limit.ANY_REQUESTS
                        ? Duration.ofSeconds(DEFAULT_SECONDS)
                        : Limit.ANY_DURATION);
    }

    private List<Load> loads() {
        if (rates != null) {
            return rates.stream().<Load>map(Load.OpenLoop::new).toList();
        }
        List<Integer> counts = clients == null ? List.of(8) : clients;
        return counts.stream().<Load>map(Load.ClosedLoop::new).toList();
    }

    private enum Kind {
        INDEPENDENT(true),
        CHAT(true),
        LONG_PROMPT_JOINS(false),
        OVERLOAD(false);

        private final boolean takesRate;

        Kind(boolean takesRate) {
            this.takesRate = takesRate;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private static final class KindConverter implements ITypeConverter<Kind> {
        @Override
        public Kind convert(String value) {
            for (Kind kind : Kind.values()) {
                if (kind.word().equalsIgnoreCase(value)) {
                    return kind;
                }
            }
            throw new TypeConversionException(
                    "there is no scenario '"
                            + value
                            + "'; there are "
                            + String.join(
                                    ", ",
                                    List.of(Kind.values()).stream().map(Kind::word).toList()));
        }
    }

    private static final class LengthConverter implements ITypeConverter<LengthRange> {
        @Override
        public LengthRange convert(String value) {
            try {
                return LengthRange.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    private static final class ObjectConverter implements ITypeConverter<JsonObject> {
        @Override
        public JsonObject convert(String value) {
            try {
                if (Json.parse(value) instanceof JsonObject object) {
                    return object;
                }
                throw new TypeConversionException("'" + value + "' is no JSON object");
            } catch (JsonParseException e) {
                throw new TypeConversionException("'" + value + "' is " + e.getMessage());
            }
        }
    }
}
