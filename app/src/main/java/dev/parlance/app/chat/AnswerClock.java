package dev.parlance.app.chat;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Puts an answer together as it comes, and takes the time. */
final class AnswerClock {
    private final long start = System.nanoTime();
    private final StringBuilder text = new StringBuilder();
    private final Consumer<String> onText;
    private long firstText;

    AnswerClock(Consumer<String> onText) {
        this.onText = onText;
    }

    void text(String piece) {
        if (text.isEmpty()) {
            firstText = System.nanoTime();
        }
        text.append(piece);
        onText.accept(piece);
    }

    ChatAnswer end(OptionalInt tokens, ChatAnswer.End end) {
        long now = System.nanoTime();
        long first = text.isEmpty() ? now : firstText;
        return new ChatAnswer(
                text.toString(),
                tokens,
                Duration.ofNanos(first - start),
                Duration.ofNanos(now - first),
                end);
    }
}
