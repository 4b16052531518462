package dev.parlance.engine.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Kernels#multiplyAdd} with the registers this machine prefers, of 512 bits at most. Every
 * lane is one element of the result, so the width does not show in it.
 *
 * <p>A tile has eight sums, few enough for AVX2's sixteen registers and enough to hide the latency
 * of the additions: four rows of two registers, or where the columns fill but one of 512 bits,
 * eight rows of one. Four rows of one are what may be left over then.
 */
final class AttentionTiles {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int LANES = Lanes.COUNT;
    private static final boolean TWO_BESIDE = 2 * LANES <= Kernels.TILE_COLUMNS;

    private AttentionTiles() {}

    static void multiplyAdd(
            int rows,
            int length,
            int columns,
            float[] a,
            int aOffset,
            int aStride,
            float[] b,
            int bOffset,
            int bStride,
            float[] c,
            int cOffset,
            int cStride) {
        int row = 0;
        if (!TWO_BESIDE) {
            for (; row + 8 <= rows; row += 8) {
                int from = aOffset + row * aStride;
                int to = cOffset + row * cStride;
                for (int j = 0; j < columns; j += LANES) {
                    eight(length, a, from, aStride, b, bOffset + j, bStride, c, to + j, cStride);
                }
            }
        }
        for (; row < rows; row += 4) {
            int from = aOffset + row * aStride;
            int to = cOffset + row * cStride;
            if (TWO_BESIDE) {
                for (int j = 0; j < columns; j += 2 * LANES) {
                    fourByTwo(
                            length, a, from, aStride, b, bOffset + j, bStride, c, to + j, cStride);
                }
            } else {
                for (int j = 0; j < columns; j += LANES) {
                    four(length, a, from, aStride, b, bOffset + j, bStride, c, to + j, cStride);
                }
            }
        }
    }

    private static void eight(
            int length,
            float[] a,
            int aOffset,
            int aStride,
            float[] b,
            int bOffset,
            int bStride,
            float[] c,
            int cOffset,
            int cStride) {
        int a1 = aOffset + aStride;
        int a2 = a1 + aStride;
        int a3 = a2 + aStride;
        int a4 = a3 + aStride;
        int a5 = a4 + aStride;
        int a6 = a5 + aStride;
        int a7 = a6 + aStride;
        FloatVector s0 = FloatVector.fromArray(F, c, cOffset);
        FloatVector s1 = FloatVector.fromArray(F, c, cOffset + cStride);
        FloatVector s2 = FloatVector.fromArray(F, c, cOffset + 2 * cStride);
        FloatVector s3 = FloatVector.fromArray(F, c, cOffset + 3 * cStride);
        FloatVector s4 = FloatVector.fromArray(F, c, cOffset + 4 * cStride);
        FloatVector s5 = FloatVector.fromArray(F, c, cOffset + 5 * cStride);
        FloatVector s6 = FloatVector.fromArray(F, c, cOffset + 6 * cStride);
        FloatVector s7 = FloatVector.fromArray(F, c, cOffset + 7 * cStride);
        for (int k = 0; k < length; k++) {
            FloatVector v = FloatVector.fromArray(F, b, bOffset + k * bStride);
            s0 = v.fma(FloatVector.broadcast(F, a[aOffset + k]), s0);
            s1 = v.fma(FloatVector.broadcast(F, a[a1 + k]), s1);
            s2 = v.fma(FloatVector.broadcast(F, a[a2 + k]), s2);
            s3 = v.fma(FloatVector.broadcast(F, a[a3 + k]), s3);
            s4 = v.fma(FloatVector.broadcast(F, a[a4 + k]), s4);
            s5 = v.fma(FloatVector.broadcast(F, a[a5 + k]), s5);
            s6 = v.fma(FloatVector.broadcast(F, a[a6 + k]), s6);
            s7 = v.fma(FloatVector.broadcast(F, a[a7 + k]), s7);
        }
        s0.intoArray(c, cOffset);
        s1.intoArray(c, cOffset + cStride);
        s2.intoArray(c, cOffset + 2 * cStride);
        s3.intoArray(c, cOffset + 3 * cStride);
        s4.intoArray(c, cOffset + 4 * cStride);
        s5.intoArray(c, cOffset + 5 * cStride);
        s6.intoArray(c, cOffset + 6 * cStride);
        s7.intoArray(c, cOffset + 7 * cStride);
    }

    private static void fourByTwo(
            int length,
            float[] a,
            int aOffset,
            int aStride,
            float[] b,
            int bOffset,
            int bStride,
            float[] c,
            int cOffset,
            int cStride) {
        int a1 = aOffset + aStride;
        int a2 = a1 + aStride;
        int a3 = a2 + aStride;
        int c1 = cOffset + cStride;
        int c2 = c1 + cStride;
        int c3 = c2 + cStride;
        FloatVector s0 = FloatVector.fromArray(F, c, cOffset);
        FloatVector s1 = FloatVector.fromArray(F, c, c1);
        FloatVector s2 = FloatVector.fromArray(F, c, c2);
        FloatVector s3 = FloatVector.fromArray(F, c, c3);
        FloatVector t0 = FloatVector.fromArray(F, c, cOffset + LANES);
        FloatVector t1 = FloatVector.fromArray(F, c, c1 + LANES);
        FloatVector t2 = FloatVector.fromArray(F, c, c2 + LANES);
        FloatVector t3 = FloatVector.fromArray(F, c, c3 + LANES);
        for (int k = 0; k < length; k++) {
            FloatVector v = FloatVector.fromArray(F, b, bOffset + k * bStride);
            FloatVector w = FloatVector.fromArray(F, b, bOffset + k * bStride + LANES);
            FloatVector x0 = FloatVector.broadcast(F, a[aOffset + k]);
            FloatVector x1 = FloatVector.broadcast(F, a[a1 + k]);
            FloatVector x2 = FloatVector.broadcast(F, a[a2 + k]);
            FloatVector x3 = FloatVector.broadcast(F, a[a3 + k]);
            s0 = v.fma(x0, s0);
            s1 = v.fma(x1, s1);
            s2 = v.fma(x2, s2);
            s3 = v.fma(x3, s3);
            t0 = w.fma(x0, t0);
            t1 = w.fma(x1, t1);
            t2 = w.fma(x2, t2);
            t3 = w.fma(x3, t3);
        }
        s0.intoArray(c, cOffset);
        s1.intoArray(c, c1);
        s2.intoArray(c, c2);
        s3.intoArray(c, c3);
        t0.intoArray(c, cOffset + LANES);
        t1.intoArray(c, c1 + LANES);
        t2.intoArray(c, c2 + LANES);
        t3.intoArray(c, c3 + LANES);
    }

    private static void four(
            int length,
            float[] a,
            int aOffset,
            int aStride,
            float[] b,
            int bOffset,
            int bStride,
            float[] c,
            int cOffset,
            int cStride) {
        int a1 = aOffset + aStride;
        int a2 = a1 + aStride;
        int a3 = a2 + aStride;
        FloatVector s0 = FloatVector.fromArray(F, c, cOffset);
        FloatVector s1 = FloatVector.fromArray(F, c, cOffset + cStride);
        FloatVector s2 = FloatVector.fromArray(F, c, cOffset + 2 * cStride);
        FloatVector s3 = FloatVector.fromArray(F, c, cOffset + 3 * cStride);
        for (int k = 0; k < length; k++) {
            FloatVector v = FloatVector.fromArray(F, b, bOffset + k * bStride);
            s0 = v.fma(FloatVector.broadcast(F, a[aOffset + k]), s0);
            s1 = v.fma(FloatVector.broadcast(F, a[a1 + k]), s1);
            s2 = v.fma(FloatVector.broadcast(F, a[a2 + k]), s2);
            s3 = v.fma(FloatVector.broadcast(F, a[a3 + k]), s3);
        }
        s0.intoArray(c, cOffset);
        s1.intoArray(c, cOffset + cStride);
        s2.intoArray(c, cOffset + 2 * cStride);
        s3.intoArray(c, cOffset + 3 * cStride);
    }
}
