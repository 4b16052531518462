package dev.parlance.engine.model;

/** Bounds values smoothly: {@code x = cap · tanh(x / cap)}. Source: Gemma 2, arXiv 2408.00118. */
final class Softcap {
    private Softcap() {}

    /**
     * Replaces values in place.
     *
     * @param cap 0 for leaving them as they are
     */
    static void apply(float cap, float[] x, int offset, int length) {
        if (cap == 0) {
            return;
        }
        for (int i = offset; i < offset + length; i++) {
            x[i] = (float) (cap * tanh(x[i] / cap));
        }
    }

    /** By way of exp, which the JIT compiler knows; in double, so that rounding does not show. */
    private static double tanh(double x) {
        double decay = Math.exp(-2 * Math.abs(x));
        return Math.copySign((1 - decay) / (1 + decay), x);
    }
}
