package dev.parlance.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FloatFunctionsTest {
    @Test
    void expIsWithinItsStatedError() {
        double worst = 0;
        for (float x = -86.4f; x < 88.7f; x += 0.00037f) {
            double exact = Math.exp(x);
            worst = Math.max(worst, Math.abs(FloatFunctions.exp(x) - exact) / exact);
        }
        assertThat(worst).isLessThan(1e-7);
    }

    @Test
    void expAtItsEnds() {
        assertThat(FloatFunctions.exp(0)).isEqualTo(1);
        assertThat(FloatFunctions.exp(-0f)).isEqualTo(1);
        assertThat(FloatFunctions.exp(Float.NEGATIVE_INFINITY)).isZero();
        assertThat(FloatFunctions.exp(-87)).isZero();
        assertThat(FloatFunctions.exp(-Float.MAX_VALUE)).isZero();
        assertThat(FloatFunctions.exp(88.72f)).isFinite().isGreaterThan(3e38f);
        assertThat(FloatFunctions.exp(88.73f)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(FloatFunctions.exp(Float.POSITIVE_INFINITY)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(FloatFunctions.exp(Float.NaN)).isNaN();
    }
}
