package dev.parlance.engine.generation;

import dev.parlance.engine.sampling.LogprobParams;
import dev.parlance.engine.sampling.SamplingParams;

import java.util.Set;

/**
 * A valid piece of work for an engine: a prompt and how to continue it. Everything in it has been
 * checked.
 *
 * @param promptTokens at least one token; not to be changed after the request is made
 * @param maxTokens most tokens to generate per choice, 0 or more; prompt and this together fit the
 *     context
 * @param minTokens end tokens are ruled out until this many tokens have been generated; 0: no
 *     minimum
 * @param endTokens tokens that end a choice; empty: only {@code maxTokens} ends it
 * @param choices how many continuations, 1 or more; the prompt is computed once
 * @param sampling how tokens are chosen
 * @param logprobs which log probabilities to report
 * @param sharing with whom keys and values are shared
 * @param terms for whom and how urgently it runs
 * @param prediction what the caller thinks the continuation will be, to make it faster; changes
 *     nothing of it. May be empty; not to be changed after the request is made.
 */
public record GenerationRequest(
        int[] promptTokens,
        int maxTokens,
        int minTokens,
        Set<Integer> endTokens,
        int choices,
        SamplingParams sampling,
        LogprobParams logprobs,
        KvSharing sharing,
        ServiceTerms terms,
        int[] prediction) {
    /** A request without a prediction that shares with all, on the default terms. */
    public GenerationRequest(
            int[] promptTokens,
            int maxTokens,
            int minTokens,
            Set<Integer> endTokens,
            int choices,
            SamplingParams sampling,
            int topLogprobs,
            boolean promptLogprobs) {
        this(
                promptTokens,
                maxTokens,
                minTokens,
                endTokens,
                choices,
                sampling,
                new LogprobParams(topLogprobs, promptLogprobs),
                KvSharing.WITH_ALL,
                ServiceTerms.DEFAULT,
                new int[0]);
    }

    public GenerationRequest {
        if (promptTokens.length == 0) {
            throw new IllegalArgumentException("promptTokens must not be empty");
        }
        if (maxTokens < 0 || minTokens < 0 || minTokens > maxTokens) {
            throw new IllegalArgumentException(
                    "maxTokens must be 0 or more and minTokens within it, got "
                            + maxTokens
                            + " and "
                            + minTokens);
        }
        if (choices < 1) {
            throw new IllegalArgumentException("choices must be 1 or more, got " + choices);
        }
        endTokens = Set.copyOf(endTokens);
    }

    public GenerationRequest withSharing(KvSharing newSharing) {
        return new GenerationRequest(
                promptTokens,
                maxTokens,
                minTokens,
                endTokens,
                choices,
                sampling,
                logprobs,
                newSharing,
                terms,
                prediction);
    }

    public GenerationRequest withLogprobs(LogprobParams newLogprobs) {
        return new GenerationRequest(
                promptTokens,
                maxTokens,
                minTokens,
                endTokens,
                choices,
                sampling,
                newLogprobs,
                sharing,
                terms,
                prediction);
    }

    /** The same work with another number of choices. */
    public GenerationRequest withChoices(int newChoices) {
        return new GenerationRequest(
                promptTokens,
                maxTokens,
                minTokens,
                endTokens,
                newChoices,
                sampling,
                logprobs,
                sharing,
                terms,
                prediction);
    }

    /** The same work with a prediction. */
    public GenerationRequest withPrediction(int[] newPrediction) {
        return new GenerationRequest(
                promptTokens,
                maxTokens,
                minTokens,
                endTokens,
                choices,
                sampling,
                logprobs,
                sharing,
                terms,
                newPrediction);
    }
}
