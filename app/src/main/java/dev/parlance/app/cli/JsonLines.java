package dev.parlance.app.cli;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonParseException;
import dev.parlance.engine.json.JsonValue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads objects from stdin, one a line, and writes for each one object on a line of stdout, in the
 * same order.
 *
 * <p>A line that cannot be answered gets {@code {"error": …}}, so that line n of the output always
 * belongs to line n of the input. Output is flushed whenever more input is waited for: a program
 * may write a line and read its answer.
 */
final class JsonLines {
    /** Far beyond any conversation; keeps a file without line ends from filling the memory. */
    static final int MAX_LINE_BYTES = 256 << 20;

    private static final int BUFFER_BYTES = 1 << 16;

    private final Streams streams;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int end;

    private JsonLines(Streams streams) {
        this.streams = streams;
    }

    /** What a command makes of one line's object. */
    interface Answer {
        /**
         * The JSON text to write, without line ends.
         *
         * @throws Refusal if the object cannot be answered
         */
        String to(JsonObject line);
    }

    /** A line that cannot be answered, and why. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1;

        Refusal(String message) {
            super(message);
        }
    }

    /** Answers every line of stdin. */
    static void process(Streams streams, Answer answer) throws IOException {
        JsonLines lines = new JsonLines(streams);
        for (Optional<byte[]> line = lines.next(); line.isPresent(); line = lines.next()) {
            streams.out().print(lines.answer(line.get(), answer));
            streams.out().print('\n');
        }
        streams.flushOut();
    }

    private String answer(byte[] line, Answer answer) {
        try {
            JsonValue value = Json.parse(line);
            return value instanceof JsonObject object
                    ? answer.to(object)
                    : error("a line must be an object, got " + value.kind());
        } catch (JsonParseException | Refusal e) {
            return error(String.valueOf(e.getMessage()));
        }
    }

    private static String error(String message) {
        return write(JsonObject.builder().put("error", message).build());
    }

    /**
     * An object as one line. Half a surrogate pair, which UTF-8 cannot carry, is written as its
     * escape.
     */
    static String write(JsonObject object) {
        String text = Json.write(object);
        StringBuilder escaped = new StringBuilder();
        int done = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else {
                escaped.append(text, done, i).append(String.format("\\u%04x", (int) c));
                done = i + 1;
            }
        }
        return done == 0 ? text : escaped.append(text, done, text.length()).toString();
    }

    /** The next line without its end; empty at the end of the input. */
    private Optional<byte[]> next() throws IOException {
        ByteArrayOutputStream begun = new ByteArrayOutputStream(0);
        while (true) {
            if (position == end && !fill()) {
                return begun.size() == 0 ? Optional.empty() : Optional.of(begun.toByteArray());
            }
            int lineEnd = position;
            while (lineEnd < end && buffer[lineEnd] != '\n') {
                lineEnd++;
            }
            int start = position;
            boolean complete = lineEnd < end;
            position = complete ? lineEnd + 1 : end;
            if (complete && begun.size() == 0) {
                return Optional.of(Arrays.copyOfRange(buffer, start, lineEnd));
            }
            begun.write(buffer, start, lineEnd - start);
            if (begun.size() > MAX_LINE_BYTES) {
                throw new CommandException(
                        "a line of the input is longer than "
                                + MAX_LINE_BYTES
                                + " bytes; JSONL has one object per line");
            }
            if (complete) {
                return Optional.of(begun.toByteArray());
            }
        }
    }

    private boolean fill() throws IOException {
        streams.flushOut();
        position = 0;
        end = Math.max(streams.in().read(buffer), 0);
        return end > 0;
    }
}
