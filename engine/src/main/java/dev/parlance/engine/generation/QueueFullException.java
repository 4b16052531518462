package dev.parlance.engine.generation;

import java.time.Duration;

/** More waits than the engine takes; try again later. */
public final class QueueFullException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Of what there is too much. */
    public enum Limit {
        REQUESTS,
        TOKENS
    }

    private final Limit limit;
    private final Duration retryAfter;

    /**
     * @param retryAfter when there will be room, as far as can be told
     */
    public QueueFullException(Limit limit, Duration retryAfter, String message) {
        super(message);
        this.limit = limit;
        this.retryAfter = retryAfter;
    }

    public Limit limit() {
        return limit;
    }

    /** When there will be room, as far as can be told. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
