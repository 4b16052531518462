package dev.parlance.server.access;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;

import java.time.Duration;
import java.util.Optional;

/**
 * An amount per minute that may be used in one go and grows back evenly: a token bucket.
 *
 * <p>Threads: safe.
 */
final class RateLimit {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Limit limit;
    private final long perMinute;
    private final Bucket bucket;

    RateLimit(Limit limit, long perMinute, TimeMeter clock) {
        this.limit = limit;
        this.perMinute = perMinute;
        this.bucket =
                Bucket.builder()
                        .addLimit(each -> each.capacity(perMinute).refillGreedy(perMinute, MINUTE))
                        .withCustomTimePrecision(clock)
                        .build();
    }

    /**
     * Takes an amount, at most all that there can be.
     *
     * @return how long to wait for it, if there is not so much now; then nothing is taken
     */
    Optional<Duration> tryTake(long amount) {
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(amount);
        return probe.isConsumed()
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }

    /** Takes an amount that has been used already, even if that leaves less than nothing. */
    void takeAnyway(long amount) {
        bucket.consumeIgnoringRateLimits(amount);
    }

    void giveBack(long amount) {
        bucket.addTokens(amount);
    }

    long perMinute() {
        return perMinute;
    }

    LimitState state() {
        long available = bucket.getAvailableTokens();
        Duration untilFull = MINUTE.multipliedBy(perMinute - available).dividedBy(perMinute);
        return new LimitState(limit, perMinute, Math.max(0, available), untilFull);
    }
}
