package dev.parlance.engine.model;

import dev.parlance.engine.kvcache.BlockTable;

import java.util.List;

/**
 * The rows of one step: a run of consecutive tokens from each of several sequences, some
 * prefilling, some decoding.
 */
public record Batch(List<Run> runs) {
    /** Of which rows the logits are wanted. */
    public enum LogitsWanted {
        NONE,
        LAST,
        ALL
    }

    /**
     * Tokens of one sequence that are computed in this step.
     *
     * @param blocks the sequence's KV blocks, with room for all its positions in this step
     * @param startPosition position of the first token; all before it have been computed
     * @param tokens token ids, at least one
     * @param promptLength positions of the sequence's whole prompt, whichever part of it this run
     *     is; families with two lists of rotation factors choose by it
     */
    public record Run(
            BlockTable blocks,
            int startPosition,
            int[] tokens,
            LogitsWanted wanted,
            int promptLength) {}

    public Batch {
        runs = List.copyOf(runs);
    }

    public int rowCount() {
        return runs.stream().mapToInt(run -> run.tokens().length).sum();
    }
}
