package dev.parlance.engine.tokenizer;

import org.jspecify.annotations.Nullable;

/**
 * What a token is for, as {@code tokenizer.ggml.token_type} numbers it.
 *
 * <p>Source: GGUF specification, llama.cpp {@code llama_token_type}; the numbers are the ordinals.
 */
enum TokenKind {
    UNDEFINED,
    /** A piece of ordinary text. */
    NORMAL,
    /** Stands for text that the vocabulary has no token for. */
    UNKNOWN,
    /** A mark of structure; never made from text that is not trusted. */
    CONTROL,
    /** A text of its own that is cut out before anything else, in trusted text or not. */
    USER_DEFINED,
    UNUSED,
    /** One byte, written {@code <0xXX>}. */
    BYTE;

    private static final TokenKind[] KINDS = values();

    /** The kind with a number, or null where there is none. */
    static @Nullable TokenKind find(long number) {
        return number >= 0 && number < KINDS.length ? KINDS[(int) number] : null;
    }

    /** Whether text is built from such tokens: all but marks, unknowns and single bytes. */
    boolean isText() {
        return this == NORMAL || this == USER_DEFINED || this == UNUSED || this == UNDEFINED;
    }

    /** Whether such a token is left out of text that is shown. */
    boolean isHidden() {
        return this == CONTROL || this == UNKNOWN;
    }
}
