package dev.parlance.engine.tokenizer;

/**
 * Turns the tokens of one continuation into text as they come.
 *
 * <p>A character whose bytes are spread over tokens is held back until it is whole, so a piece
 * never ends inside one; nothing is lost: the pieces and {@link #finish()} together are the text of
 * all tokens, with U+FFFD for bytes that are no UTF-8. Threads: one at a time.
 */
public interface Detokenizer {
    /** The text that the token completes; empty while a character is unfinished. */
    String accept(int tokenId);

    /** What was held back: U+FFFD for an unfinished character, or nothing. */
    String finish();
}
