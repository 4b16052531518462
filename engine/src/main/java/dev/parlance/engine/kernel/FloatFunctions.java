package dev.parlance.engine.kernel;

/**
 * Elementary functions in float32, written so that a vector version can repeat every rounding.
 *
 * <p>Accuracy: {@link #exp} within 1e-7 relative, 0 where the result is below 3e-38.
 */
final class FloatFunctions {
    static final float LOG2_E = 1.44269504f;

    /** Adding it rounds a float of at most 2^22 to a whole number, held in the lowest bits. */
    static final float ROUNDER = 0x1.8p23f;

    /** ln 2 as a sum; the first has so few bits that a small whole multiple is exact. */
    static final float LN2_UPPER = 0x1.62e4p-1f;

    static final float LN2_LOWER = (float) (Math.log(2) - LN2_UPPER);

    /** Below it the result counts as 0, above it as infinite. */
    static final float EXP_MIN = -86.5f;

    static final float EXP_MAX = 88.72284f;

    // Taylor coefficients; on |r| <= ln(2) / 2 the first one left out adds less than 6e-9.
    static final float C2 = 1f / 2;
    static final float C3 = 1f / 6;
    static final float C4 = 1f / 24;
    static final float C5 = 1f / 120;
    static final float C6 = 1f / 720;
    static final float C7 = 1f / 5040;

    /** {@code 2 · sqrt(2 / π)} and that times 0.044715, of GELU's tanh form. */
    static final float GELU_LINEAR = (float) (2 * Math.sqrt(2 / Math.PI));

    static final float GELU_CUBIC = (float) (2 * Math.sqrt(2 / Math.PI) * 0.044715);

    private FloatFunctions() {}

    /** {@code e^x} as {@code 2^n · e^r} with the whole number n nearest to {@code x / ln 2}. */
    static float exp(float x) {
        if (x < EXP_MIN) {
            return 0;
        }
        if (x > EXP_MAX) {
            return Float.POSITIVE_INFINITY;
        }
        float rounded = Math.fma(x, LOG2_E, ROUNDER);
        float n = rounded - ROUNDER;
        float r = Math.fma(n, -LN2_LOWER, Math.fma(n, -LN2_UPPER, x));
        float p = Math.fma(C7, r, C6);
        p = Math.fma(p, r, C5);
        p = Math.fma(p, r, C4);
        p = Math.fma(p, r, C3);
        p = Math.fma(p, r, C2);
        p = Math.fma(p, r, 1);
        p = Math.fma(p, r, 1);
        // n may be 128, one more than a float's exponent; so 2^(n - 1), and the other 2 below.
        float power = Float.intBitsToFloat(Float.floatToRawIntBits(rounded) + 126 << 23);
        return p * power * 2;
    }

    /** {@code (1 - e^-2|x|) / (1 + e^-2|x|)}, with the sign of x. */
    static float tanh(float x) {
        float decay = exp(-2 * Math.abs(x));
        return Math.copySign((1 - decay) / (1 + decay), x);
    }

    /** {@code x / (1 + e^-x)}. */
    static float silu(float x) {
        return x / (1 + exp(-x));
    }

    /**
     * {@code x / 2 · (1 + tanh(sqrt(2 / π) · (x + 0.044715 · x³)))}, as the logistic function of
     * twice tanh's argument.
     */
    static float gelu(float x) {
        float twice = x * Math.fma(x * x, GELU_CUBIC, GELU_LINEAR);
        return x / (1 + exp(-twice));
    }
}
