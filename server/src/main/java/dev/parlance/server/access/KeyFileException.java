package dev.parlance.server.access;

/** A file of keys that cannot be used; the message names file and line. */
public final class KeyFileException extends Exception {
    private static final long serialVersionUID = 1;

    KeyFileException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
