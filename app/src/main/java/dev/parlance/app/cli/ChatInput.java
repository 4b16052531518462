package dev.parlance.app.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Where what a person says in a chat comes from, line by line. */
interface ChatInput extends AutoCloseable {
    /** The next line without its end; absent when nothing more comes. */
    Optional<String> read(String prompt) throws IOException;

    /** What Ctrl-C does while no line is being read. */
    void onInterrupt(Runnable action);

    @Override
    void close() throws IOException;

    /** Lines of a file or pipe, without prompts; Ctrl-C ends the program as usual. */
    static ChatInput of(Streams streams) {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(streams.in(), StandardCharsets.UTF_8));
        return new ChatInput() {
            @Override
            public Optional<String> read(String prompt) throws IOException {
                return Optional.ofNullable(lines.readLine());
            }

            @Override
            public void onInterrupt(Runnable action) {}

            @Override
            public void close() {}
        };
    }
}
