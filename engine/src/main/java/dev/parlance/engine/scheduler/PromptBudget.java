package dev.parlance.engine.scheduler;

/**
 * How many tokens of prompts a step may compute beside sequences that decode and wait for it: as
 * many as the machine was seen to compute in what these leave of {@link #WANTED_NANOS}, and where
 * that is nothing, {@link #LEAST}. It falls at once when prompts have taken longer than was
 * thought, and rises by and by.
 *
 * <p>Threads: the engine thread.
 */
final class PromptBudget {
    /** How long a step may take that somebody who decodes waits for. */
    static final long WANTED_NANOS = 150_000_000;

    /**
     * Computed in every step, for a prompt must get on. Fewer would hardly make a step shorter,
     * since weights are read and unpacked for them anyway; more, in some of the steps only, would
     * make those longer.
     */
    static final int LEAST = 8;

    /** Less of a step than this is never ascribed to a prompt, however steps vary. */
    private static final double LEAST_SHARE = 0.1;

    private final int most;
    private final StepTimes decoding = new StepTimes();

    private double tokenNanos;

    /**
     * @param most what a step may have when nobody decodes
     */
    PromptBudget(int most) {
        this.most = most;
    }

    /**
     * @param rows of those that decode
     */
    int tokens(int rows) {
        double tokens = tokenNanos == 0 ? most / 4.0 : (WANTED_NANOS - nanos(rows)) / tokenNanos;
        return (int) Math.clamp(tokens, Math.min(LEAST, most), most);
    }

    /** What a token of a prompt adds to a step; 0 if that is not known. */
    double tokenNanos() {
        return tokenNanos;
    }

    /** How long the rows of those that decode take. */
    private double nanos(int rows) {
        return rows > 0 && decoding.isKnown() ? decoding.of(rows) : 0;
    }

    /**
     * Learns from a step; small parts of prompts say little.
     *
     * @param rows of those that decode
     */
    void learn(int rows, int promptTokens, long nanos) {
        if (promptTokens == 0) {
            decoding.learn(rows, nanos);
        } else if (promptTokens >= LEAST && nanos > 0) {
            double seen = Math.max(nanos - nanos(rows), LEAST_SHARE * nanos) / promptTokens;
            tokenNanos = Math.max(seen, (tokenNanos + seen) / 2);
        }
    }
}
