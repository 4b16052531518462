package dev.parlance.app.bench;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Output of llama.cpp's programs; README.md beside the files says how it was recorded. */
final class Recorded {
    private Recorded() {}

    static String llamaBench() {
        return read("llama-bench.json");
    }

    static String llamaBatchedBench() {
        return read("llama-batched-bench.jsonl");
    }

    private static String read(String name) {
        try (@Nullable InputStream in = Recorded.class.getResourceAsStream(name)) {
            return new String(
                    Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
