package dev.parlance.app.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.stream.DoubleStream;

class DistributionTest {
    /** By hand: the rank of a percentage p among five values is p / 100 · 4, from 0. */
    @ParameterizedTest
    @CsvSource({"0, 1", "25, 2", "50, 3", "90, 7.6", "95, 8.8", "99, 9.76", "100, 10"})
    void percentilesLieBetweenNeighbours(double percent, double expected) {
        Distribution times = new Distribution(DoubleStream.of(4, 1, 3, 10, 2));
        assertThat(times.percentile(percent)).isEqualTo(expected, offset(1e-12));
        assertThat(times.count()).isEqualTo(5);
    }

    @Test
    void ofNothingThereIsNone() {
        assertThat(Distribution.EMPTY.percentile(50)).isNaN();
        assertThat(new Distribution(DoubleStream.of(7)).percentile(99)).isEqualTo(7);
    }

    @Test
    void mergedCountsEveryValue() {
        Distribution merged =
                Distribution.merged(
                        List.of(
                                new Distribution(DoubleStream.of(5, 1)),
                                Distribution.EMPTY,
                                new Distribution(DoubleStream.of(3))));
        assertThat(merged.count()).isEqualTo(3);
        assertThat(merged.percentile(50)).isEqualTo(3);
    }
}
