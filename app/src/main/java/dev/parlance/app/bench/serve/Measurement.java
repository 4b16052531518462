package dev.parlance.app.bench.serve;

/**
 * What all scenarios have in common.
 *
 * @param promptTokens of a request, what the server adds included
 * @param outputTokens of an answer
 * @param limit of one run
 * @param objective what makes an answer a good one
 */
public record Measurement(
        LengthRange promptTokens, LengthRange outputTokens, Limit limit, Objective objective) {}
