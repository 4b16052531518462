package dev.parlance.app.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

import java.util.Arrays;

class SpeedsTest {
    @Test
    void meanDeviationAndMedian() {
        Speeds three = speeds(2.0, 9.0, 4.0);
        assertThat(three.mean()).isEqualTo(5);
        assertThat(three.deviation()).isCloseTo(Math.sqrt(13), within(1e-12));
        assertThat(three.median()).isEqualTo(4);
        assertThat(speeds(4.0, 1.0, 2.0, 8.0).median()).isEqualTo(3);
        assertThat(speeds(7.0).deviation()).isZero();
    }

    @Test
    void noSampleIsNoSpeed() {
        assertThatThrownBy(() -> speeds()).hasMessage("there must be one sample at least");
    }

    private static Speeds speeds(Double... samples) {
        return new Speeds(new Workload.Prefill(1), Arrays.asList(samples));
    }
}
