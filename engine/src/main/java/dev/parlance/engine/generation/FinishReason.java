package dev.parlance.engine.generation;

/** Why a choice ended. */
public enum FinishReason {
    /** The model said an end token. */
    STOP_TOKEN,
    /** A stop sequence of the request appeared in the text. */
    STOP_SEQUENCE,
    /** The request's limit of tokens, or the end of the context, was reached. */
    LENGTH
}
