package dev.parlance.engine.gguf;

/**
 * A sound file that this engine cannot run: an unknown family, tokenizer or weight type. The
 * message names it, lists the known ones and, where there is one, the option that helps.
 */
public final class UnsupportedModelException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public UnsupportedModelException(String message) {
        super(message);
    }
}
