package dev.parlance.app.cli;

import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * Where a command reads and writes: the terminal, or a test's buffers. Text is UTF-8 whatever the
 * locale says.
 *
 * @param out buffered; whoever writes something that a person waits for flushes it
 */
record Streams(InputStream in, PrintStream out, PrintStream err) {
    private static final int BUFFER_BYTES = 1 << 16;

    /** The process's own streams. */
    static Streams standard() {
        return new Streams(
                new FileInputStream(FileDescriptor.in),
                utf8(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES),
                utf8(new FileOutputStream(FileDescriptor.err), 1024));
    }

    private static PrintStream utf8(OutputStream stream, int bufferBytes) {
        boolean flushAtLineEnd = bufferBytes < BUFFER_BYTES;
        return new PrintStream(
                new BufferedOutputStream(stream, bufferBytes),
                flushAtLineEnd,
                StandardCharsets.UTF_8);
    }

    /** Whether a person types what is read and sees what is written. */
    boolean isTerminal() {
        Console console = System.console();
        return in instanceof FileInputStream && console != null && console.isTerminal();
    }

    PrintWriter outWriter() {
        return new PrintWriter(out, true, StandardCharsets.UTF_8);
    }

    PrintWriter errWriter() {
        return new PrintWriter(err, true, StandardCharsets.UTF_8);
    }

    /**
     * Hands everything written so far to the reader.
     *
     * @throws ReaderGoneException if there is none any more, as after {@code | head}
     */
    void flushOut() {
        if (out.checkError()) {
            throw new ReaderGoneException();
        }
    }

    /** Nobody reads stdout any more, which ends the work and is nothing to complain about. */
    static final class ReaderGoneException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
