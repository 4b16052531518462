package dev.parlance.app.bench.serve;

import dev.parlance.app.bench.serve.Exchange.Failure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a server did in some time. An answer that goes on behind its end counts for the tokens that
 * came before, and not for the answers per second.
 *
 * @param seconds of it
 * @param answered requests, late ones too
 * @param answeredPerSecond those that ended in time
 * @param goodPerSecond of these, those that kept to the objective
 * @param good of all answered, those that kept to it
 * @param outputTokensPerSecond of requests that were answered
 * @param promptTokensPerSecond of prompts whose first token came in time, cached ones included
 * @param promptTokens of an answered request whose usage was told, on average
 * @param cachedTokens of these, on average
 * @param outputTokens of an answered request, on average
 * @param shortAnswers with fewer tokens than asked for
 * @param failures by kind, in order of the kinds
 * @param events that were read, of all streams
 */
record Tally(
        double seconds,
        int answered,
        double answeredPerSecond,
        double goodPerSecond,
        int good,
        double outputTokensPerSecond,
        double promptTokensPerSecond,
        double promptTokens,
        double cachedTokens,
        double outputTokens,
        int shortAnswers,
        Map<String, List<Failure>> failures,
        long events) {

    static Tally of(LoadGenerator.Result result, Objective objective) {
        double seconds = Math.max((result.endNanos() - result.startNanos()) / 1e9, 1e-9);
        Map<String, List<Failure>> failures = new TreeMap<>();
        int answered = 0;
        int told = 0;
        int inTime = 0;
        int goodInTime = 0;
        int good = 0;
        int shortAnswers = 0;
        double tokensInTime = 0;
        double promptsInTime = 0;
        long prompts = 0;
        long cached = 0;
        long tokens = 0;
        for (Exchange exchange : result.exchanges()) {
            exchange.failure()
                    .ifPresent(failure ->
                            failures.computeIfAbsent(failure.kind(), _ -> new ArrayList<>())
                                    .add(failure));
            if (!exchange.isAnswered()) {
                continue;
            }
            boolean ended = exchange.endNanos() <= result.endNanos();
            boolean isGood = objective.isMetBy(exchange);
            int promptTokens = exchange.usage().map(Usage::promptTokens).orElse(0);
            answered++;
            told += exchange.usage().isPresent() ? 1 : 0;
            inTime += ended ? 1 : 0;
            good += isGood ? 1 : 0;
            goodInTime += ended && isGood ? 1 : 0;
            shortAnswers += exchange.outputTokens() < exchange.askedTokens() ? 1 : 0;
            tokensInTime += exchange.outputTokens() * partBy(exchange, result.endNanos());
            promptsInTime += begunBy(exchange, result.endNanos()) ? promptTokens : 0;
            prompts += promptTokens;
            cached += exchange.usage().map(Usage::cachedTokens).orElse(0);
            tokens += exchange.outputTokens();
        }
        int someAnswered = Math.max(answered, 1);
        int someTold = Math.max(told, 1);
        return new Tally(
                seconds,
                answered,
                inTime / seconds,
                goodInTime / seconds,
                good,
                tokensInTime / seconds,
                promptsInTime / seconds,
                (double) prompts / someTold,
                (double) cached / someTold,
                (double) tokens / someAnswered,
                shortAnswers,
                failures,
                result.exchanges().stream().mapToLong(Exchange::events).sum());
    }

    /** Which part of an answer had come by then. */
    private static double partBy(Exchange exchange, long nanos) {
        if (exchange.pieces().isEmpty()) {
            return exchange.endNanos() <= nanos ? 1 : 0;
        }
        return (double) exchange.pieces().piecesBy(nanos) / exchange.pieces().pieces();
    }

    private static boolean begunBy(Exchange exchange, long nanos) {
        return exchange.pieces().isEmpty()
                ? exchange.endNanos() <= nanos
                : exchange.pieces().first() <= nanos;
    }
}
