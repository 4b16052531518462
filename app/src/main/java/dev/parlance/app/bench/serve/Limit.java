package dev.parlance.app.bench.serve;

import java.time.Duration;

/**
 * When to send no more, whichever comes first.
 *
 * @param requests so many, or conversations of a chat
 * @param duration after so long
 */
public record Limit(int requests, Duration duration) {
    /** Of either, when only the other one matters. */
    public static final int ANY_REQUESTS = Integer.MAX_VALUE;

    public static final Duration ANY_DURATION = Duration.ofDays(1);

    public Limit {
        if (requests < 1 || duration.isNegative()) {
            throw new IllegalArgumentException(
                    "at least one request and no negative time, got " + requests + ", " + duration);
        }
    }

    static Limit of(Duration duration) {
        return new Limit(ANY_REQUESTS, duration);
    }
}
