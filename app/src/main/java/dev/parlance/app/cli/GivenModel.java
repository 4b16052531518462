package dev.parlance.app.cli;

import dev.parlance.app.model.EmbeddedModel;
import dev.parlance.engine.Engine;
import dev.parlance.engine.EngineOptions;
import dev.parlance.engine.LoadProgress;
import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.Machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model that somebody wants to run.
 *
 * @param file its GGUF file; absent: the one inside the program
 */
record GivenModel(Optional<Path> file) {
    private static final Pattern FILE_END =
            Pattern.compile("(-\\d{5}-of-\\d{5})?\\.gguf$", Pattern.CASE_INSENSITIVE);

    private static final Pattern FIRST_PART = Pattern.compile("(.*)-00001-of-(\\d{5})\\.gguf");

    /** What to call it: its file's name without what every model file's name ends with. */
    String name() {
        return file.map(path ->
                        FILE_END.matcher(String.valueOf(path.getFileName())).replaceFirst(""))
                .orElse(EmbeddedModel.NAME);
    }

    /** About the memory of its weights: the size of its files; of the embedded model nothing. */
    long sizeBytes() throws IOException {
        return file.isPresent() ? sizeBytes(InputFile.checked(file.get())) : 0;
    }

    private static long sizeBytes(Path first) throws IOException {
        Matcher parts = FIRST_PART.matcher(String.valueOf(first.getFileName()));
        if (!parts.matches()) {
            return Files.size(first);
        }
        long bytes = 0;
        int count = Integer.parseInt(parts.group(2));
        for (int part = 1; part <= count; part++) {
            String name =
                    String.format(Locale.ROOT, "%s-%05d-of-%05d.gguf", parts.group(1), part, count);
            bytes += Files.size(first.resolveSibling(name));
        }
        return bytes;
    }

    LoadedModel load(EngineOptions options, Streams streams) throws IOException {
        return load(options, new Machine(1), streams, LoadProgress.NONE);
    }

    /**
     * Loads it, and tells on stderr how far it is.
     *
     * @param machine that of all models of this process
     * @param progress is told too
     * @throws CommandException if it cannot be run with these options
     */
    LoadedModel load(EngineOptions options, Machine machine, Streams streams, LoadProgress progress)
            throws IOException {
        try (LoadReport report = LoadReport.to(streams, name())) {
            return Engine.load(
                    InputFile.gguf(file.orElse(null)),
                    options,
                    machine,
                    (bytes, total) -> {
                        report.read(bytes, total);
                        progress.read(bytes, total);
                    });
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()));
        }
    }
}
