package dev.parlance.engine.json;

/** Text that is not JSON. The message says what is wrong and at which byte. */
public final class JsonParseException extends RuntimeException {
    private static final long serialVersionUID = 1;

    JsonParseException(String message) {
        super(message);
    }

    JsonParseException(String message, Throwable cause) {
        super(message, cause);
    }
}
