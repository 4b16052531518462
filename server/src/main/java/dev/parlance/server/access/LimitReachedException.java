package dev.parlance.server.access;

import java.time.Duration;

/** A key has used what it may for now. */
public final class LimitReachedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Limit limit;
    private final Duration retryAfter;

    LimitReachedException(Limit limit, Duration retryAfter, String message) {
        super(message, null, false, false);
        this.limit = limit;
        this.retryAfter = retryAfter;
    }

    public Limit limit() {
        return limit;
    }

    /** When the same request would be let in, if the key is not used meanwhile. */
    public Duration retryAfter() {
        return retryAfter;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
