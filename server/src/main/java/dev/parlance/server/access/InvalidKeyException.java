package dev.parlance.server.access;

/** A request without a key, or with one that is not known. The message does not repeat it. */
public final class InvalidKeyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    InvalidKeyException(String message) {
        super(message, null, false, false);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
