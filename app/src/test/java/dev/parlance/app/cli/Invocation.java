package dev.parlance.app.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One run of the command line within the test's process. */
record Invocation(int exitCode, String out, String err) {
    /** Runs a command with nothing on stdin. */
    static Invocation of(String... args) {
        return withInput("", args);
    }

    static Invocation withInput(String stdin, String... args) {
        return withInput(stdin.getBytes(StandardCharsets.UTF_8), args);
    }

    /** Runs a command with these environment variables and no others. */
    static Invocation inEnvironment(Map<String, String> environment, String... args) {
        return run(environment, new byte[0], args);
    }

    static Invocation withInput(byte[] stdin, String... args) {
        return run(Map.of(), stdin, args);
    }

    private static Invocation run(Map<String, String> environment, byte[] stdin, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Streams streams =
                new Streams(
                        new ByteArrayInputStream(stdin),
                        new PrintStream(out, false, StandardCharsets.UTF_8),
                        new PrintStream(err, false, StandardCharsets.UTF_8));
        int exitCode = Main.run(streams, environment, args);
        streams.out().flush();
        streams.err().flush();
        return new Invocation(
                exitCode,
                out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8));
    }

    List<String> outLines() {
        return out.lines().toList();
    }

    /** A file of the reference data beside the checkout; it may be absent. */
    static Path oracle(String name) {
        return Path.of(System.getProperty("parlance.root"), "..", "shared", "oracle").resolve(name);
    }
}
