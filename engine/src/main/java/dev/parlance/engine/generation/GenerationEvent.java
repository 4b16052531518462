package dev.parlance.engine.generation;

import dev.parlance.engine.sampling.TokenLogprobs;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What an engine says about one request, in this order: {@link Started} once, {@link
 * PromptProgress} perhaps several times, {@link PromptComputed} once, then {@link TokenGenerated}
 * and {@link ChoiceFinished} of the choices, interleaved, then exactly one of {@link Finished} and
 * {@link Failed}. A failure or a cancellation may come at any point.
 */
public sealed interface GenerationEvent {
    /**
     * The request no longer waits.
     *
     * @param waited since it was submitted
     */
    record Started(Duration waited) implements GenerationEvent {}

    /**
     * The prompt is being computed.
     *
     * @param cachedTokens how many of its tokens were reused rather than computed
     * @param readyTokens how many have been computed or reused; not all of them
     */
    record PromptProgress(int cachedTokens, int readyTokens) implements GenerationEvent {}

    /**
     * The prompt has been computed.
     *
     * @param cachedTokens how many of its tokens were reused rather than computed
     * @param logprobs one entry per prompt token from the second on, if asked for; otherwise empty
     */
    record PromptComputed(int cachedTokens, List<TokenLogprobs> logprobs)
            implements GenerationEvent {
        public PromptComputed {
            logprobs = List.copyOf(logprobs);
        }
    }

    /** One more token of a choice; an end token is reported too, before {@link ChoiceFinished}. */
    record TokenGenerated(int choice, int tokenId, Optional<TokenLogprobs> logprobs)
            implements GenerationEvent {}

    /** A choice is complete. */
    record ChoiceFinished(int choice, FinishReason reason) implements GenerationEvent {}

    /** The request is complete; nothing follows. */
    record Finished(TokenUsage usage) implements GenerationEvent {}

    /** The request ended early; nothing follows. */
    record Failed(Cause cause, String message) implements GenerationEvent {
        /** Why a request ended early. */
        public enum Cause {
            /** The caller closed the stream. */
            CANCELLED,
            /** The time of its {@link ServiceTerms} was over. */
            TIMEOUT,
            /** The engine is shutting down. */
            SHUTDOWN,
            /** A defect or a lack of memory; the message says more. */
            ERROR
        }
    }
}
