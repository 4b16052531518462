package dev.parlance.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import org.junit.jupiter.api.Test;

import java.util.Random;

class StepTimesTest {
    private final StepTimes times = new StepTimes();

    @Test
    void aLineIsFoundInNoise() {
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            int rows = 1 + random.nextInt(9);
            times.learn(
                    rows, (long) ((40_000 + 9_000 * rows) * (0.95 + 0.1 * random.nextDouble())));
        }
        assertThat(times.of(1)).isCloseTo(49_000, withPercentage(5));
        assertThat(times.of(9)).isCloseTo(121_000, withPercentage(5));
    }

    @Test
    void aRowIsThoughtCheapUntilItIsMeasured() {
        assertThat(times.isKnown()).isFalse();
        for (int i = 0; i < 20; i++) {
            times.learn(1, 1000);
        }
        assertThat(times.isKnown()).isTrue();
        assertThat(times.of(9)).isCloseTo(1800, withPercentage(1));
        times.learn(9, 6000);
        times.learn(9, 6000);
        assertThat(times.of(9)).isGreaterThan(4000);
    }

    @Test
    void oneSlowStepChangesLittle() {
        for (int i = 0; i < 100; i++) {
            times.learn(1 + i % 9, 1000 + i % 9 * 100);
        }
        times.learn(9, 1_000_000);
        assertThat(times.of(9)).isCloseTo(1800, withPercentage(10));
        assertThat(times.of(1)).isCloseTo(1000, withPercentage(10));
    }

    @Test
    void whatIsNotSeenForLongIsForgotten() {
        for (int i = 0; i < 20; i++) {
            times.learn(1 + i % 9, 1000 + i % 9 * 900);
        }
        assertThat(times.of(9)).isGreaterThan(7000);
        int steps = 0;
        while (times.of(9) > 2500) {
            times.learn(1, 1000);
            steps++;
        }
        assertThat(steps).isBetween(100, 400);
    }

    @Test
    void aRowNeverCostsMoreThanAStepNorLessThanNothing() {
        times.learn(4, 1000);
        times.learn(5, 100_000);
        assertThat(times.of(1)).isPositive();
        StepTimes falling = new StepTimes();
        falling.learn(1, 9000);
        falling.learn(9, 100);
        assertThat(falling.of(9)).isPositive().isEqualTo(falling.of(1));
    }
}
