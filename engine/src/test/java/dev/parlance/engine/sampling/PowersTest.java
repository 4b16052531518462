package dev.parlance.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PowersTest {
    @Test
    void powersAreWithinTheirStatedError() {
        for (double x = 0; x > -688; x -= 0.0137) {
            double exact = Math.exp(x);
            assertThat(Math.abs(Powers.of(x) - exact) / exact).isLessThan(x > -64 ? 1e-12 : 1e-7);
        }
        assertThat(Powers.of(0)).isEqualTo(1);
        assertThat(Powers.of(-1e9)).isZero();
        assertThat(Powers.of(Double.NEGATIVE_INFINITY)).isZero();
        assertThat(Powers.of(Double.NaN)).isNaN();
    }

    @Test
    void manyAreEachTheSame() {
        float[] logits = new float[1001];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = i;
        }
        double[] out = new double[1000];
        for (int round = 0; round < 200; round++) {
            Powers.of(logits, 1, 1000, logits[1000], 0.7, out);
        }
        for (int i = 0; i < 1000; i++) {
            assertThat(out[i]).isEqualTo(Powers.of((logits[1 + i] - (double) logits[1000]) / 0.7));
        }
    }
}
