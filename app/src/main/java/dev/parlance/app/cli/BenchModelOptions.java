package dev.parlance.app.cli;

import dev.parlance.app.synthetic.SyntheticModel;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Which model is measured. */
final class BenchModelOptions {
    @Option(names = "--model", paramLabel = "FILE", description = "GGUF file of the model.")
    private @Nullable Path model;

    @Option(
            names = "--synthetic",
            paramLabel = "SHAPE:TYPE",
            converter = SyntheticModelConverter.class,
            description =
                    "Random weights in a known shape, such as llama-1b:Q4_0, in a temporary file.")
    private @Nullable SyntheticModel synthetic;

    @Option(
            names = "--vocabulary",
            paramLabel = "N",
            description =
                    "Tokens of the synthetic model. Default: as many as the model of that shape.")
    private @Nullable Integer vocabulary;

    /**
     * @throws ParameterException if the options do not go together
     */
    void check(CommandSpec spec) {
        if (model != null && synthetic != null) {
            throw new ParameterException(
                    spec.commandLine(), "give either --model or --synthetic, not both");
        }
        if (vocabulary != null && synthetic == null) {
            throw new ParameterException(
                    spec.commandLine(), "--vocabulary is for --synthetic models only");
        }
        if (synthetic != null) {
            synthetic = SyntheticModelConverter.withVocabulary(spec, synthetic, vocabulary);
        }
    }

    /** The file of the model; of a synthetic one a temporary file that is closed with it. */
    ModelFile file(Streams streams) throws IOException {
        if (synthetic == null) {
            return new ModelFile(Optional.ofNullable(model), false);
        }
        Path file = Files.createTempFile("parlance-synthetic", ".gguf");
        try {
            streams.err().println("Writing " + synthetic.name() + " to " + file);
            synthetic.write(file);
            return new ModelFile(Optional.of(file), true);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /**
     * A file to measure.
     *
     * @param path absent: the model inside the program
     * @param temporary whether closing deletes it
     */
    record ModelFile(Optional<Path> path, boolean temporary) implements Closeable {
        @Override
        public void close() throws IOException {
            if (temporary && path.isPresent()) {
                Files.deleteIfExists(path.get());
            }
        }
    }
}
