package dev.parlance.app.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

class PoissonArrivalsTest {
    private static long[] offsets(double perSecond, Limit limit, long seed) {
        return PoissonArrivals.offsets(perSecond, limit, new SplittableRandom(seed)).toArray();
    }

    @Test
    void gapsHaveTheMeanAndTheSpreadOfAnExponentialDistribution() {
        int count = 50_000;
        long[] offsets = offsets(20, new Limit(count, Limit.ANY_DURATION), 1);
        assertThat(offsets).hasSize(count).isSorted();
        double[] gaps =
                IntStream.range(1, count)
                        .mapToDouble(i -> (offsets[i] - offsets[i - 1]) / 1e9)
                        .toArray();
        double mean = IntStream.range(0, gaps.length).mapToDouble(i -> gaps[i]).average().orElse(0);
        double square =
                IntStream.range(0, gaps.length)
                        .mapToDouble(i -> (gaps[i] - mean) * (gaps[i] - mean))
                        .average()
                        .orElse(0);
        // Of an exponential distribution, mean and deviation are the same.
        assertThat(mean).isEqualTo(0.05, offset(0.001));
        assertThat(Math.sqrt(square)).isEqualTo(0.05, offset(0.001));
    }

    @Test
    void theSeedDecides() {
        Limit limit = new Limit(100, Limit.ANY_DURATION);
        assertThat(offsets(5, limit, 7)).isEqualTo(offsets(5, limit, 7));
        assertThat(offsets(5, limit, 7)).isNotEqualTo(offsets(5, limit, 8));
    }

    @Test
    void timeEndsThem() {
        long[] offsets = offsets(100, Limit.of(Duration.ofSeconds(10)), 1);
        assertThat(Arrays.stream(offsets).filter(each -> each < 0 || each >= 10_000_000_000L))
                .isEmpty();
        assertThat(offsets.length).isBetween(900, 1100);
    }
}
