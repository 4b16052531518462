package dev.parlance.app.cli;

import dev.parlance.app.model.EmbeddedModel;
import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.json.Json;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Shows what is in a GGUF file. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        versionProvider = Main.Version.class,
        description = {
            "Shows a GGUF file's metadata and tensors.",
            "Of a model split over several files, give the first."
        },
        footer = {
            "",
            "Examples:",
            "  parlance inspect model.gguf",
            "  parlance inspect --json --max-values 10 model.gguf"
        })
final class InspectCommand implements Callable<Integer> {
    private final Streams streams;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "The GGUF file. Default: " + EmbeddedModel.WHAT + ".")
    private @Nullable Path file;

    @Option(names = "--json", description = "Write one JSON object, for programs.")
    private boolean json;

    @Option(
            names = "--max-values",
            paramLabel = "N",
            description =
                    "Show at most N values of an array. With --json a longer one becomes"
                            + " {\"length\": …, \"first\": […]}. Default: 8, with --json all.")
    @Between(min = -1)
    private int maxValues = -1;

    InspectCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws IOException {
        try (GgufFile gguf = InputFile.gguf(file)) {
            if (json) {
                int limit = maxValues < 0 ? Integer.MAX_VALUE : maxValues;
                streams.out().println(Json.writePretty(new JsonListing(limit).of(gguf)));
            } else {
                streams.out().print(new TextListing(maxValues < 0 ? 8 : maxValues).of(gguf));
            }
        }
        streams.flushOut();
        return 0;
    }
}
