package dev.parlance.engine.scheduler;

/**
 * How many tokens of prompts a step may compute beside somebody who decodes and waits for it: as
 * many as the machine was seen to compute in {@link #WANTED_NANOS}. It falls at once when a step
 * has taken too long, and rises by and by.
 *
 * <p>Threads: the engine thread.
 */
final class PromptBudget {
    /** The stall that whoever decodes is asked to bear. */
    static final long WANTED_NANOS = 150_000_000;

    /** Fewer hardly make a step shorter, for the weights are read anyway. */
    static final int LEAST = 16;

    private final int most;
    private double tokens;

    /**
     * @param most what a step may have when nobody decodes
     */
    PromptBudget(int most) {
        this.most = most;
        this.tokens = Math.clamp(most / 4, Math.min(LEAST, most), most);
    }

    int tokens() {
        return (int) tokens;
    }

    /** Learns from a step, of which small ones say little. */
    void learn(int promptTokens, long nanos) {
        if (promptTokens >= LEAST && nanos > 0) {
            double wanted = (double) promptTokens * WANTED_NANOS / nanos;
            tokens =
                    Math.clamp(
                            Math.min(wanted, (tokens + wanted) / 2), LEAST, Math.max(LEAST, most));
        }
    }
}
