package dev.parlance.app.bench.serve;

import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

/**
 * When the requests of an open loop are due: gaps are independent and exponentially distributed.
 */
final class PoissonArrivals {
    private PoissonArrivals() {}

    /**
     * Nanoseconds after the start, in order; the same for the same random numbers.
     *
     * @param perSecond on average
     */
    static LongStream offsets(double perSecond, Limit limit, RandomGenerator random) {
        long end = limit.duration().toNanos();
        return LongStream.iterate(
                        gap(perSecond, random),
                        last -> last < end,
                        last -> last + gap(perSecond, random))
                .limit(limit.requests());
    }

    private static long gap(double perSecond, RandomGenerator random) {
        return (long) (random.nextExponential() / perSecond * 1e9);
    }
}
