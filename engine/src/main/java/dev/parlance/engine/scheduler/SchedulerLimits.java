package dev.parlance.engine.scheduler;

/**
 * The bounds within which an engine schedules.
 *
 * @param contextLength most positions of a sequence, prompt and continuation
 * @param maxSequences most sequences that run at once
 * @param maxWaitingRequests most requests that wait for their first sequence to run
 * @param maxBatchTokens most rows of one step; at least {@code maxSequences}, so that every
 *     sequence that decodes has its row in every step
 */
public record SchedulerLimits(
        int contextLength, int maxSequences, int maxWaitingRequests, int maxBatchTokens) {
    public SchedulerLimits {
        if (contextLength < 1 || maxSequences < 1 || maxWaitingRequests < 1) {
            throw new IllegalArgumentException(
                    "contextLength, maxSequences and maxWaitingRequests must be 1 or more, got "
                            + contextLength
                            + ", "
                            + maxSequences
                            + " and "
                            + maxWaitingRequests);
        }
        if (maxBatchTokens < maxSequences) {
            throw new IllegalArgumentException(
                    "maxBatchTokens must be at least maxSequences ("
                            + maxSequences
                            + "), got "
                            + maxBatchTokens);
        }
    }
}
