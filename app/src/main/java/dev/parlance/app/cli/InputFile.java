package dev.parlance.app.cli;

import dev.parlance.app.model.EmbeddedModel;
import dev.parlance.engine.gguf.GgufFile;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens files that the command line names, with errors that name them too. */
final class InputFile {
    private InputFile() {}

    /**
     * The text of a UTF-8 file.
     *
     * @throws CommandException if it is a folder or no UTF-8
     */
    static String text(Path file) throws IOException {
        try {
            return Files.readString(checked(file), StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            throw new CommandException(file + ": this is no text in UTF-8");
        }
    }

    /** A GGUF file, or the embedded model where none was named; to be closed. */
    static GgufFile gguf(@Nullable Path file) throws IOException {
        return file == null ? EmbeddedModel.open() : GgufFile.open(checked(file));
    }

    /**
     * The path as it is.
     *
     * @throws CommandException if it is a folder
     */
    static Path checked(Path file) {
        if (Files.isDirectory(file)) {
            throw new CommandException(file + ": this is a folder, a file is needed");
        }
        return file;
    }
}
