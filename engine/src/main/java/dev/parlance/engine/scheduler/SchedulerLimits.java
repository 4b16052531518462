package dev.parlance.engine.scheduler;

import dev.parlance.engine.generation.AdmissionLimits;
import dev.parlance.engine.kvcache.KvDemand;

/**
 * The bounds within which an engine schedules.
 *
 * @param contextLength most positions of a sequence, prompt and continuation
 * @param maxSequences most sequences that run at once
 * @param maxBatchTokens most rows of one step; at least {@code maxSequences}, so that every
 *     sequence that decodes has its row in every step
 * @param admission how much may wait
 */
public record SchedulerLimits(
        int contextLength, int maxSequences, int maxBatchTokens, AdmissionLimits admission) {
    /**
     * How far ahead of what it still sees a sequence computes, as {@link KvDemand} has it: a step
     * at most, and the token before it, for choices that copy a prompt compute its last one again.
     */
    public static int ahead(int maxBatchTokens) {
        return maxBatchTokens + 1;
    }

    public SchedulerLimits {
        if (contextLength < 1 || maxSequences < 1) {
            throw new IllegalArgumentException(
                    "contextLength and maxSequences must be 1 or more, got "
                            + contextLength
                            + " and "
                            + maxSequences);
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
