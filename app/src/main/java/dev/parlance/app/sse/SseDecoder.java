package dev.parlance.app.sse;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Takes the data of server-sent events out of bytes, however these are cut. Comments, names and ids
 * of events are skipped.
 *
 * <p>Threads: one at a time. Errors: {@link IllegalStateException} for an event beyond {@link
 * #MAX_EVENT_BYTES}.
 */
public final class SseDecoder {
    /**
     * A chunk of an answer is some hundred bytes; with many log probabilities some ten thousand.
     */
    static final int MAX_EVENT_BYTES = 1 << 20;

    private static final String FIELD = "data:";

    private final Consumer<String> onData;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    private final StringBuilder data = new StringBuilder();
    private boolean hasData;
    private boolean lastWasReturn;

    public SseDecoder(Consumer<String> onData) {
        this.onData = onData;
    }

    public void feed(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            boolean secondOfCrLf = next == '\n' && lastWasReturn;
            lastWasReturn = next == '\r';
            if (secondOfCrLf) {
                continue;
            }
            if (next == '\n' || next == '\r') {
                endLine();
            } else {
                line.write(next);
                if (line.size() + data.length() > MAX_EVENT_BYTES) {
                    throw new IllegalStateException(
                            "an event is longer than " + MAX_EVENT_BYTES + " bytes");
                }
            }
        }
    }

    private void endLine() {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (text.isEmpty()) {
            dispatch();
        } else if (text.startsWith(FIELD)) {
            int start = text.startsWith(" ", FIELD.length()) ? FIELD.length() + 1 : FIELD.length();
            data.append(hasData ? "\n" : "").append(text, start, text.length());
            hasData = true;
        }
    }

    private void dispatch() {
        if (hasData) {
            String event = data.toString();
            data.setLength(0);
            hasData = false;
            onData.accept(event);
        }
    }
}
