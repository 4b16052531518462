package dev.parlance.app.cli;

import dev.parlance.app.bench.Environment;
import dev.parlance.app.bench.serve.LoadChart;
import dev.parlance.app.bench.serve.ServeBenchmark;
import dev.parlance.app.bench.serve.ServeJson;
import dev.parlance.app.bench.serve.ServeOutcome;
import dev.parlance.app.bench.serve.ServeReport;
import dev.parlance.app.bench.serve.Target;
import dev.parlance.engine.json.Json;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Measures servers over HTTP. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        versionProvider = Main.Version.class,
        description = {
            "Measures OpenAI-compatible servers under load, over HTTP.",
            "Sends prompts of random words and takes the time of every piece of every answer."
                    + " Several servers are measured in turn. Writes tables in Markdown to stdout,"
                    + " progress to stderr."
        },
        footer = {
            "",
            "Scenarios:",
            "  independent        requests that have nothing to do with each other",
            "  chat               conversations behind a common system prompt; each turn is told"
                    + " apart",
            "  long-prompt-joins  a long prompt comes while answers are written: gaps before,"
                    + " meanwhile, after",
            "  overload           more requests than --clients get answered: how many are still"
                    + " good",
            "",
            "Examples:",
            "  parlance bench serve --url http://127.0.0.1:8080/v1 --clients 1,4,8,16 --svg"
                    + " load.svg",
            "  parlance bench serve --url http://127.0.0.1:8080/v1 --rate 0.5,1,2 --duration 60",
            "  parlance bench serve --compare llama=http://127.0.0.1:8081/v1 \\",
            "    --compare parlance=http://127.0.0.1:8080/v1 --scenario long-prompt-joins --rounds"
                    + " 3"
        })
final class BenchServeCommand implements Callable<Integer> {
    private static final URI DEFAULT_URL = URI.create("http://127.0.0.1:8080/v1");
    private static final String API_KEY = "OPENAI_API_KEY";

    private final Streams streams;

    @Spec private CommandSpec spec;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "Base URL, as OpenAI's clients call it. Default: http://127.0.0.1:8080/v1.")
    private @Nullable URI url;

    @Option(
            names = "--compare",
            paramLabel = "NAME=URL",
            converter = NamedUrl.Converter.class,
            description =
                    "A server to measure in turn with others; give it twice or more. Ratios are"
                            + " those to the first one.")
    private List<NamedUrl> compared = List.of();

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "Model to ask for. Default: the first that a server lists.")
    private @Nullable String model;

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            description =
                    "Sent as bearer token. Default: what the environment has as " + API_KEY + ".")
    private @Nullable String apiKey;

    @Mixin private ServedLoadOptions load;

    @Option(names = "--json", description = "Write one JSON object, for programs.")
    private boolean json;

    @Option(
            names = "--svg",
            paramLabel = "FILE",
            description = "Also write a picture of speed and latency against load.")
    private @Nullable Path svg;

    @Mixin private LogOptions logging;

    BenchServeCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Target> targets = targets();
        ServeBenchmark benchmark = load.benchmark(spec);
        logging.apply(streams.err(), LogOptions.LogLevel.WARNING);
        ServeOutcome outcome = benchmark.run(targets, streams.err()::println);
        if (svg != null) {
            Files.writeString(svg, LoadChart.svg(outcome));
        }
        print(Environment.here(RootCommand.version()), benchmark, outcome);
        return 0;
    }

    private List<Target> targets() {
        if (!compared.isEmpty() && url != null) {
            throw new ParameterException(
                    spec.commandLine(), "give either --url or --compare, not both");
        }
        if (compared.stream().map(NamedUrl::name).distinct().count() != compared.size()
                || compared.size() == 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--compare takes two servers or more, each with a name of its own");
        }
        List<NamedUrl> servers =
                compared.isEmpty()
                        ? List.of(new NamedUrl("server", url == null ? DEFAULT_URL : url))
                        : compared;
        Optional<String> key =
                Optional.ofNullable(apiKey == null ? System.getenv(API_KEY) : apiKey)
                        .filter(text -> !text.isBlank());
        try {
            return servers.stream()
                    .map(server ->
                            new Target(
                                    server.name(), server.url(), Optional.ofNullable(model), key))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
    }

    /** A server to compare. */
    private record NamedUrl(String name, URI url) {
        private static final class Converter implements ITypeConverter<NamedUrl> {
            @Override
            public NamedUrl convert(String value) {
                int end = value.indexOf('=');
                if (end < 1) {
                    throw new TypeConversionException(
                            "a server is NAME=URL, such as a=http://127.0.0.1:8080/v1, got '"
                                    + value
                                    + "'");
                }
                try {
                    return new NamedUrl(value.substring(0, end), new URI(value.substring(end + 1)));
                } catch (URISyntaxException e) {
                    throw new TypeConversionException(String.valueOf(e.getMessage()));
                }
            }
        }
    }

    private void print(Environment environment, ServeBenchmark benchmark, ServeOutcome outcome) {
        if (json) {
            streams.out().println(Json.writePretty(ServeJson.of(environment, benchmark, outcome)));
        } else {
            streams.out().print(new ServeReport(environment, benchmark, outcome).markdown());
        }
        streams.flushOut();
    }
}
