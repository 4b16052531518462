package dev.parlance.app.cli;

import dev.parlance.app.synthetic.SyntheticModel;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Writes a model of random weights. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
@Command(
        name = "synthesize",
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        versionProvider = Main.Version.class,
        description = {
            "Writes a model of random weights in a known shape.",
            "It says nothing sensible, but runs as fast as a real one, here and in llama.cpp.",
            SyntheticModel.WHAT_THERE_IS
        },
        footer = {
            "",
            "Examples:",
            "  parlance bench synthesize llama-1b:Q4_K_M llama-1b.gguf",
            "  parlance bench synthesize --vocabulary 32000 qwen3-0.6b:Q8_0 small.gguf"
        })
final class BenchSynthesizeCommand implements Callable<Integer> {
    private final Streams streams;

    @Spec private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "SHAPE:TYPE",
            converter = SyntheticModelConverter.class,
            description = "The model, such as llama-1b:Q4_0.")
    private SyntheticModel model;

    @Parameters(index = "1", paramLabel = "FILE", description = "The GGUF file to write.")
    private Path file;

    @Option(
            names = "--vocabulary",
            paramLabel = "N",
            description = "Tokens of the model. Default: as many as the model of that shape.")
    private @Nullable Integer vocabulary;

    BenchSynthesizeCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws IOException {
        SyntheticModelConverter.withVocabulary(spec, model, vocabulary).write(file);
        streams.err().println("Wrote " + file);
        return 0;
    }
}
