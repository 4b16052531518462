package dev.parlance.engine.gguf;

/**
 * A file that is not a usable GGUF file. The message names the file, the key or tensor, what was
 * found and what is allowed.
 */
public final class GgufFormatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public GgufFormatException(String message) {
        super(message);
    }
}
