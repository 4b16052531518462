package dev.parlance.app.chat;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * An answer that has ended.
 *
 * @param tokens how many it has; absent if the server does not tell
 * @param untilFirstText how long nothing came
 * @param generating how long it took from then on
 */
public record ChatAnswer(
        String text, OptionalInt tokens, Duration untilFirstText, Duration generating, End end) {
    /** Why it is not longer. */
    public enum End {
        /** The model had said everything. */
        COMPLETE,
        /** The limit was reached. */
        LIMIT,
        /** {@link ChatPartner#interrupt()} was called. */
        INTERRUPTED
    }
}
