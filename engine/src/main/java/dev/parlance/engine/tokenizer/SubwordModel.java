package dev.parlance.engine.tokenizer;

/**
 * Turns text without special tokens into ids, and an id into the bytes it stands for: what differs
 * between kinds of vocabularies. Threads: safe.
 */
sealed interface SubwordModel
        permits BytePairModel, SentencePieceModel, UnigramModel, WordPieceModel {
    /**
     * Appends the ids of a text that begins the prompt or follows a special token, which is where
     * some vocabularies put a space.
     */
    void encode(String text, IntList ids);

    /** The bytes of a token within a continuation. Special tokens are not asked for. */
    byte[] bytes(int tokenId);

    /**
     * Whether {@link #encode} puts a space in front of the text, for {@code decode} to take off.
     */
    boolean prefixesSpace();
}
