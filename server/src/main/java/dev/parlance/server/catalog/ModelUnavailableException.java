package dev.parlance.server.catalog;

/** A model that exists cannot be had now; the message is for the client. */
public final class ModelUnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    private final int retryAfterSeconds;

    ModelUnavailableException(String message, int retryAfterSeconds) {
        super(message, null, false, false);
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /** When to try again, 1 or more. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
