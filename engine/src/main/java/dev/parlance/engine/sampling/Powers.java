package dev.parlance.engine.sampling;

/**
 * Powers of e in float64 for a whole vocabulary: {@link Math#exp} takes several times as long,
 * because the JIT compiler makes no vectors of it.
 *
 * <p>Accuracy: within 1e-7 relative, 1e-12 where the exponent is above -64. Exponents are 0 or
 * less; the power of one below -688 counts as 0.
 */
final class Powers {
    /*
     * e^x = (e^(x / 1024))^1024: a Taylor polynomial and ten squarings. Nothing but additions and
     * multiplications, in one loop without a branch, which C2 turns into vectors.
     */

    private static final double LEAST = -690;
    private static final double LEAST_POWER = 1e-299;
    private static final double PART = 1.0 / 1024;

    private static final double C2 = 1.0 / 2;
    private static final double C3 = C2 / 3;
    private static final double C4 = C3 / 4;
    private static final double C5 = C4 / 5;
    private static final double C6 = C5 / 6;
    private static final double C7 = C6 / 7;
    private static final double C8 = C7 / 8;
    private static final double C9 = C8 / 9;
    private static final double C10 = C9 / 10;
    private static final double C11 = C10 / 11;

    private Powers() {}

    static double of(double exponent) {
        double power = power(exponent);
        return power < LEAST_POWER ? 0 : power;
    }

    private static double power(double exponent) {
        double x = Math.max(exponent, LEAST) * PART;
        double p = Math.fma(C11, x, C10);
        p = Math.fma(p, x, C9);
        p = Math.fma(p, x, C8);
        p = Math.fma(p, x, C7);
        p = Math.fma(p, x, C6);
        p = Math.fma(p, x, C5);
        p = Math.fma(p, x, C4);
        p = Math.fma(p, x, C3);
        p = Math.fma(p, x, C2);
        p = Math.fma(p, x, 1);
        p = Math.fma(p, x, 1);
        p *= p;
        p *= p;
        p *= p;
        p *= p;
        p *= p;
        p *= p;
        p *= p;
        p *= p;
        p *= p;
        return p * p;
    }

    /** {@code out[i] = e^((logits[offset + i] - max) / temperature)}. */
    static void of(
            float[] logits, int offset, int length, double max, double temperature, double[] out) {
        for (int i = 0; i < length; i++) {
            out[i] = power((logits[offset + i] - max) / temperature);
        }
        for (int i = 0; i < length; i++) {
            if (out[i] < LEAST_POWER) {
                out[i] = 0;
            }
        }
    }
}
