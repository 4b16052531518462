package dev.parlance.engine.generation;

import dev.parlance.engine.sampling.TokenLogprobs;

import java.util.List;
import java.util.Optional;

/**
 * What a {@link TextGeneration} says, in this order: {@link PromptProgress} perhaps several times,
 * the first of them when the request no longer waits, {@link Prompt} once, then {@link Delta}s and
 * one {@link ChoiceDone} for each choice, the choices interleaved, then exactly one of {@link Done}
 * and {@link Failed}. A failure may come at any point.
 */
public sealed interface TextEvent {
    /**
     * The prompt is being computed.
     *
     * @param cachedTokens how many of its tokens were reused rather than computed
     * @param readyTokens how many have been computed or reused; not all of them
     */
    record PromptProgress(int cachedTokens, int readyTokens) implements TextEvent {}

    /**
     * The prompt has been computed.
     *
     * @param cachedTokens how many of its tokens were reused rather than computed
     * @param logprobs one entry per prompt token from the second on, if asked for; otherwise empty
     */
    record Prompt(int cachedTokens, List<TokenLogprobs> logprobs) implements TextEvent {
        public Prompt {
            logprobs = List.copyOf(logprobs);
        }
    }

    /**
     * More text of a choice, and the tokens whose text begins in it or ended before it. Either may
     * be empty, not both. Where one delta ends and the next begins means nothing; joined, they are
     * the same for the same request.
     */
    record Delta(int choice, String text, List<GeneratedToken> tokens) implements TextEvent {
        public Delta {
            tokens = List.copyOf(tokens);
        }
    }

    /**
     * A choice is complete; all its text has been given.
     *
     * @param stopSequence the stop sequence that was met, when the reason is {@link
     *     FinishReason#STOP_SEQUENCE}
     * @param cutTokenIds the last tokens of the choice, in order, whose text begins at the stop
     *     sequence or behind its beginning: they were generated and count, but have no part in the
     *     text and its log probabilities
     */
    record ChoiceDone(
            int choice,
            FinishReason reason,
            Optional<String> stopSequence,
            List<Integer> cutTokenIds)
            implements TextEvent {
        public ChoiceDone {
            cutTokenIds = List.copyOf(cutTokenIds);
        }
    }

    /**
     * All choices are complete; nothing follows.
     *
     * @param usage counts, for each choice, the tokens up to and including the one that completed
     *     it, whether or not the engine was further by then
     */
    record Done(TokenUsage usage) implements TextEvent {}

    /** The request ended early; nothing follows. */
    record Failed(GenerationEvent.Failed.Cause cause, String message) implements TextEvent {}
}
