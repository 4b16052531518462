package dev.parlance.engine.model;

import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvStorage;

/** A model that computes logits. Threads: one at a time, the engine thread. */
public interface LanguageModel {
    /**
     * Raised with every change after which some model computes other bits than before, in kernels
     * or here: what an older version has left in files is not to be mixed with what this one
     * computes. {@code ArithmeticTest} watches over it.
     */
    int ARITHMETIC_VERSION = 2;

    int vocabularySize();

    /** The trained maximum of positions. */
    int contextLength();

    /**
     * Names how the positions of a prompt of this length are computed. Keys and values of equal
     * tokens at equal positions are equal for prompts of one scope, and may differ between scopes.
     */
    default String positionScope(int promptLength) {
        return "";
    }

    /** A pool of KV blocks that fits this model. */
    KvCache newCache(KvStorage storage, int blockCount);

    /**
     * Computes one step: writes keys and values of all rows to the cache and hands out the logits
     * that are wanted, run by run and row by row. What a row yields does not depend on the other
     * rows of the batch.
     */
    void forward(Batch batch, KvCache cache, LogitsConsumer consumer);

    /** Takes the logits of one row. */
    interface LogitsConsumer {
        /**
         * @param run index of the run in the batch
         * @param row index of the row in its run
         * @param logits one per token of the vocabulary; valid during the call only, and the
         *     consumer may change them
         */
        void accept(int run, int row, float[] logits);
    }
}
