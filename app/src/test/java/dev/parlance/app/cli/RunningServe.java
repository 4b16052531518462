package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** {@code serve} on a free port, in a thread of its own, whose lines can be read while it runs. */
final class RunningServe implements AutoCloseable {
    private final BufferedReader lines;
    private final ByteArrayOutputStream err;
    private final ExecutorService executor;
    private final Future<Integer> exitCode;

    private RunningServe(
            BufferedReader lines,
            ByteArrayOutputStream err,
            ExecutorService executor,
            Future<Integer> exitCode) {
        this.lines = lines;
        this.err = err;
        this.executor = executor;
        this.exitCode = exitCode;
    }

    static RunningServe start(String... options) throws IOException {
        PipedInputStream outReader = new PipedInputStream();
        PrintStream out =
                new PrintStream(new PipedOutputStream(outReader), false, StandardCharsets.UTF_8);
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Streams streams =
                new Streams(
                        InputStream.nullInputStream(),
                        out,
                        new PrintStream(err, true, StandardCharsets.UTF_8));
        List<String> arguments = new ArrayList<>(List.of("serve", "--port", "0"));
        arguments.addAll(List.of(options));
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        Future<Integer> exitCode =
                executor.submit(() -> {
                    try (out) {
                        return Main.run(streams, Map.of(), arguments.toArray(String[]::new));
                    }
                });
        return new RunningServe(
                new BufferedReader(new InputStreamReader(outReader, StandardCharsets.UTF_8)),
                err,
                executor,
                exitCode);
    }

    /** The next line that it prints; there must be one. */
    String readLine() throws IOException {
        @Nullable String line = lines.readLine();
        assertThat(line).as(this::err).isNotNull();
        return String.valueOf(line);
    }

    /** What it has written to stderr. */
    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** Stops it as Ctrl-C does, and returns its exit code. */
    int stop() throws InterruptedException, ExecutionException {
        executor.shutdownNow();
        return exitCode.get();
    }

    @Override
    public void close() throws IOException {
        executor.shutdownNow();
        executor.close();
        lines.close();
    }
}
