package dev.parlance.engine.tokenizer;

/**
 * Turns text into token ids and ids into bytes.
 *
 * <p>Threads: safe. Cost: {@link #encode} is linear or n·log n in the text's length.
 */
public interface Tokenizer {
    Vocabulary vocabulary();

    /**
     * The ids of a text, with nothing added.
     *
     * <p>Special tokens are recognised in spans that allow them and nowhere else.
     */
    int[] encode(PromptText text);

    /**
     * The ids of a text with BOS in front and EOS (or SEP) behind where the model's file asks for
     * them. A BOS that the text itself begins with is not doubled.
     */
    int[] encodeWithSpecialTokens(PromptText text);

    /**
     * The bytes that a token stands for within a continuation: a word piece with its space, one
     * byte of a character, or the text of a special token.
     *
     * @throws IllegalArgumentException if the id is not in the vocabulary
     */
    byte[] bytes(int tokenId);

    /**
     * A new detokenizer for one continuation; special tokens are left out of its text unless they
     * are asked for.
     */
    Detokenizer detokenizer(boolean withSpecialTokens);

    /**
     * The text of a whole token list, as a text of its own: a leading space that only the
     * tokenizer's space prefix put there is taken off again, and bytes that are no UTF-8 become
     * U+FFFD.
     */
    String decode(int[] tokenIds, boolean withSpecialTokens);
}
