package dev.parlance.app.cli;

import dev.parlance.app.bench.Benchmark;
import dev.parlance.app.bench.Comparison;
import dev.parlance.app.bench.ComparisonReport;
import dev.parlance.app.bench.Environment;
import dev.parlance.app.bench.LlamaCpp;
import dev.parlance.engine.json.Json;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Measures llama.cpp and Parlance side by side. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        versionProvider = Main.Version.class,
        description = {
            "Measures llama.cpp and Parlance in turn, on the same file and with as many threads.",
            "Runs llama-bench, and llama-batched-bench for several streams. Writes medians and"
                    + " their ratio as a table in Markdown."
        },
        footer = {
            "",
            "With several streams llama.cpp's have prompts of their own and Parlance's a common"
                    + " one; each",
            "stream has its own keys and values on both sides. Warm-ups do not count on either"
                    + " side.",
            "",
            "Examples:",
            "  parlance bench compare --model model.gguf --llama-cpp /opt/llama.cpp/bin -t 2",
            "  parlance bench compare --model /opt/debian/models/m.gguf --llama-cpp \"chroot"
                    + " /opt/debian\" \\",
            "    --llama-cpp-model /models/m.gguf -p 256,2048 -n 48 -b 1,8"
        })
final class BenchCompareCommand implements Callable<Integer> {
    private final Streams streams;

    @Spec private CommandSpec spec;
    @Mixin private BenchModelOptions model;
    @Mixin private WorkloadOptions workloads;

    @Option(
            names = "--llama-cpp",
            paramLabel = "FOLDER|COMMAND",
            defaultValue = "",
            description =
                    "Folder of llama.cpp's programs, or words to put before their names, such as"
                            + " \"chroot /opt/debian\". Default: they are on the PATH.")
    private String llamaCpp;

    @Option(
            names = "--llama-cpp-model",
            paramLabel = "PATH",
            description =
                    "The model's file as llama.cpp's programs see it. Default: as it is given"
                            + " here.")
    private @Nullable String llamaCppModel;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "Turns of each side. Default: ${DEFAULT-VALUE}.")
    @Between(min = 1)
    private int rounds;

    @Option(
            names = {"-r", "--repetitions"},
            paramLabel = "N",
            defaultValue = "1",
            description = "How often each test is run in a turn. Default: ${DEFAULT-VALUE}.")
    @Between(min = 1)
    private int repetitions;

    @Option(names = "--json", description = "Write one JSON object, for programs.")
    private boolean json;

    @Mixin private LogOptions logging;

    BenchCompareCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        model.check(spec);
        Benchmark benchmark =
                new Benchmark(
                        workloads.workloads(spec),
                        workloads.threads(),
                        repetitions,
                        workloads.warmUp());
        logging.apply(streams.err(), LogOptions.LogLevel.WARNING);
        try (BenchModelOptions.ModelFile file = model.file(streams)) {
            Path path =
                    file.path()
                            .orElseThrow(() ->
                                    new ParameterException(
                                            spec.commandLine(),
                                            "llama.cpp needs a file: give --model or --synthetic"));
            LlamaCpp theirs =
                    new LlamaCpp(
                            llamaCpp,
                            llamaCppModel == null
                                    ? path.toAbsolutePath().toString()
                                    : llamaCppModel);
            Comparison.Outcome outcome =
                    new Comparison(theirs, benchmark, path).run(rounds, streams.err()::println);
            print(
                    new ComparisonReport(
                            Environment.here(RootCommand.version()), benchmark, rounds, outcome));
        }
        return 0;
    }

    private void print(ComparisonReport report) {
        if (json) {
            streams.out().println(Json.writePretty(report.json()));
        } else {
            streams.out().print(report.markdown());
        }
        streams.flushOut();
    }
}
