package dev.parlance.engine.model;

import dev.parlance.engine.kernel.Kernels;

import java.util.Arrays;

/** What attention to a span of positions gives, for each query; see {@link SpanAttention}. */
final class SpanResult {
    private static final int QUERIES = SpanAttention.MAX_QUERIES;

    /** The greatest score; -infinity of a query that sees none of the positions. */
    final float[] greatest = new float[QUERIES];

    /** {@code Σ exp(score - greatest)}. */
    final float[] sums = new float[QUERIES];

    /** queries x stride: {@code Σ exp(score - greatest) · value}. */
    final float[] values;

    private final int stride;

    SpanResult(int stride) {
        this.stride = stride;
        this.values = new float[Math.multiplyExact(QUERIES, stride)];
    }

    /** Makes it the result of no positions; divided by its sums it is not a number. */
    void clear() {
        Arrays.fill(greatest, Float.NEGATIVE_INFINITY);
        Arrays.fill(sums, 0);
        Arrays.fill(values, 0);
    }

    /** Adds the result of positions further on. */
    void add(SpanResult next, int count, Kernels kernels) {
        for (int i = 0; i < count; i++) {
            if (next.greatest[i] == Float.NEGATIVE_INFINITY) {
                continue;
            }
            int at = i * stride;
            if (greatest[i] == Float.NEGATIVE_INFINITY) {
                System.arraycopy(next.values, at, values, at, stride);
                greatest[i] = next.greatest[i];
                sums[i] = next.sums[i];
                continue;
            }
            float both = Math.max(greatest[i], next.greatest[i]);
            float factor = power(greatest[i], both);
            float nextFactor = power(next.greatest[i], both);
            if (factor != 1) {
                kernels.scale(factor, values, at, stride);
            }
            kernels.addScaled(nextFactor, next.values, at, values, at, stride);
            greatest[i] = both;
            sums[i] = Math.fma(nextFactor, next.sums[i], factor * sums[i]);
        }
    }

    private static float power(float score, float greatest) {
        return score == greatest ? 1 : (float) Math.exp((double) score - greatest);
    }

    void save(int count, float[] to, int offset) {
        System.arraycopy(greatest, 0, to, offset, count);
        System.arraycopy(sums, 0, to, offset + count, count);
        System.arraycopy(values, 0, to, offset + 2 * count, count * stride);
    }

    void restore(int count, float[] from, int offset) {
        System.arraycopy(from, offset, greatest, 0, count);
        System.arraycopy(from, offset + count, sums, 0, count);
        System.arraycopy(from, offset + 2 * count, values, 0, count * stride);
    }
}
