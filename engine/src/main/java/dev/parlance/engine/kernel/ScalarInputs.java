package dev.parlance.engine.kernel;

/** The definition of what the preparation of inputs computes. */
final class ScalarInputs implements PreparedInputs.Functions {
    @Override
    public float sum(float[] x, int offset, int length) {
        return ScalarKernels.sum(x, offset, length);
    }

    @Override
    public float greatest(float[] x, int offset, int length) {
        float greatest = 0;
        for (int i = offset; i < offset + length; i++) {
            greatest = Math.max(greatest, Math.abs(x[i]));
        }
        return greatest;
    }

    @Override
    public int quantise(float[] x, int offset, float factor, int[] pairs, int to, int length) {
        int half = length / 2;
        int lowerSum = 0;
        int upperSum = 0;
        for (int i = 0; i < half; i++) {
            int lower = (int) Math.rint(x[offset + i] * factor);
            int upper = (int) Math.rint(x[offset + half + i] * factor);
            pairs[to + i] = QuantisedInputs.pair(lower, upper);
            lowerSum += lower;
            upperSum += upper;
        }
        return QuantisedInputs.pair(lowerSum, upperSum);
    }
}
