package dev.parlance.app.bench.serve;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A request and what came of it.
 *
 * @param part of the scenario that it belongs to; empty if there is only one
 * @param dueNanos when it was to be sent, so that a late sender shows as latency
 * @param endNanos when its answer had ended
 * @param pieces of text
 * @param events of any kind, those without text included
 * @param askedTokens length of the answer that was asked for
 * @param usage absent if the server told none
 * @param failure absent if it was answered
 */
record Exchange(
        String part,
        long dueNanos,
        long endNanos,
        Timeline pieces,
        int events,
        int askedTokens,
        Optional<Usage> usage,
        Optional<Failure> failure,
        String text) {

    /**
     * Why a request was not answered.
     *
     * @param kind to count by, such as {@code HTTP 429}
     * @param detail what the server or the system said
     */
    record Failure(String kind, String detail) {}

    boolean isAnswered() {
        return failure.isEmpty();
    }

    /** Tokens of the answer: as the server counted them, else one for every piece. */
    int outputTokens() {
        return usage.map(Usage::completionTokens).orElse(pieces.pieces());
    }

    /** Milliseconds until the first piece of text. */
    OptionalDouble timeToFirstToken() {
        return pieces.isEmpty() ? OptionalDouble.empty() : millisSinceDue(pieces.first());
    }

    /** Milliseconds for each token after the first: what vLLM calls TPOT. */
    OptionalDouble timePerOutputToken() {
        return outputTokens() < 2 || pieces.pieces() < 2
                ? OptionalDouble.empty()
                : OptionalDouble.of((pieces.last() - pieces.first()) / 1e6 / (outputTokens() - 1));
    }

    /** Milliseconds until the answer had ended. */
    OptionalDouble totalTime() {
        return millisSinceDue(endNanos);
    }

    private OptionalDouble millisSinceDue(long nanos) {
        return OptionalDouble.of((nanos - dueNanos) / 1e6);
    }
}
