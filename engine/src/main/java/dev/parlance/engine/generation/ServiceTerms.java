package dev.parlance.engine.generation;

import java.time.Duration;

/**
 * For whom and how urgently a request runs; nothing of it changes what the request answers.
 *
 * @param tenant among whom work is shared fairly and whose requests are limited; any text
 * @param priority lower runs first
 * @param timeout most time from submission to the end, waiting included, up to a year; zero: no
 *     limit
 */
public record ServiceTerms(String tenant, int priority, Duration timeout) {
    private static final Duration MOST = Duration.ofDays(365);

    /** Those of a program that has one user. */
    public static final ServiceTerms DEFAULT = new ServiceTerms("", 0, Duration.ZERO);

    public ServiceTerms {
        if (timeout.isNegative() || timeout.compareTo(MOST) > 0) {
            throw new IllegalArgumentException(
                    "timeout must be between zero and a year, got " + timeout);
        }
    }
}
