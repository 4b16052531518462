package dev.parlance.app.bench.serve;

import java.util.OptionalDouble;

/**
 * What an answer must keep to be a good one: a service level objective. Units: milliseconds.
 *
 * @param firstToken most time until the first token
 * @param perToken most time for each token after it
 */
public record Objective(double firstToken, double perToken) {
    public Objective {
        if (!(firstToken > 0 && perToken > 0)) {
            throw new IllegalArgumentException(
                    "bounds must be above 0, got " + firstToken + " and " + perToken);
        }
    }

    boolean isMetBy(Exchange exchange) {
        OptionalDouble first = exchange.timeToFirstToken();
        return exchange.isAnswered()
                && first.isPresent()
                && first.getAsDouble() <= firstToken
                && exchange.timePerOutputToken().orElse(0) <= perToken;
    }
}
