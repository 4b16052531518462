package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Adds the products of a panel's rows, two registers side by side, and input vectors.
 *
 * <p>Both tiles treat an output alike; they differ only in what they load once for several outputs.
 * Eight sums keep two FMA units busy; more would not fit the registers of AVX2.
 */
final class VectorTiles {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.COUNT;

    /** Columns between two looks at where a block ends: so many are unrolled well. */
    static final int STEP = 16;

    private VectorTiles() {}

    /**
     * Four input vectors; columns are a multiple of {@value #STEP}.
     *
     * @param panel columns x rows
     * @param xAt of the first input's first column; the others follow at {@code stride}
     * @param blockSumAt of the first input's first block; the others follow at {@code blockStride}
     * @param row the panel's first row in {@code scales}
     * @param at the first input's sum of that row; the others follow at {@value
     *     PackedMatrix#GROUP_ROWS}
     */
    static void addFourInputs(
            float[] panel,
            int cols,
            int blockCols,
            float[] x,
            int xAt,
            int stride,
            float[] blockSums,
            int blockSumAt,
            int blockStride,
            ScaleBuffer scales,
            int row,
            float[] sums,
            int at) {
        int second = at + GROUP_ROWS;
        int third = second + GROUP_ROWS;
        int fourth = third + GROUP_ROWS;
        int x1 = xAt + stride;
        int x2 = x1 + stride;
        int x3 = x2 + stride;
        FloatVector t00 = FloatVector.fromArray(F, sums, at);
        FloatVector t01 = FloatVector.fromArray(F, sums, at + L);
        FloatVector t10 = FloatVector.fromArray(F, sums, second);
        FloatVector t11 = FloatVector.fromArray(F, sums, second + L);
        FloatVector t20 = FloatVector.fromArray(F, sums, third);
        FloatVector t21 = FloatVector.fromArray(F, sums, third + L);
        FloatVector t30 = FloatVector.fromArray(F, sums, fourth);
        FloatVector t31 = FloatVector.fromArray(F, sums, fourth + L);
        for (int from = 0; from < cols; from += blockCols) {
            FloatVector s00 = FloatVector.zero(F);
            FloatVector s01 = s00;
            FloatVector s10 = s00;
            FloatVector s11 = s00;
            FloatVector s20 = s00;
            FloatVector s21 = s00;
            FloatVector s30 = s00;
            FloatVector s31 = s00;
            int end = Math.min(cols, from + blockCols);
            for (int first = from; first < end; first += STEP) {
                for (int c = first; c < first + STEP; c++) {
                    FloatVector w0 = FloatVector.fromArray(F, panel, c * 2 * L);
                    FloatVector w1 = FloatVector.fromArray(F, panel, c * 2 * L + L);
                    FloatVector v = FloatVector.broadcast(F, x[xAt + c]);
                    s00 = v.fma(w0, s00);
                    s01 = v.fma(w1, s01);
                    v = FloatVector.broadcast(F, x[x1 + c]);
                    s10 = v.fma(w0, s10);
                    s11 = v.fma(w1, s11);
                    v = FloatVector.broadcast(F, x[x2 + c]);
                    s20 = v.fma(w0, s20);
                    s21 = v.fma(w1, s21);
                    v = FloatVector.broadcast(F, x[x3 + c]);
                    s30 = v.fma(w0, s30);
                    s31 = v.fma(w1, s31);
                }
            }
            FloatVector d0 = FloatVector.fromArray(F, scales.scales, row);
            FloatVector d1 = FloatVector.fromArray(F, scales.scales, row + L);
            FloatVector m0 = FloatVector.fromArray(F, scales.minimums, row);
            FloatVector m1 = FloatVector.fromArray(F, scales.minimums, row + L);
            FloatVector b = FloatVector.broadcast(F, blockSums[blockSumAt]);
            t00 = b.fma(m0, s00.fma(d0, t00));
            t01 = b.fma(m1, s01.fma(d1, t01));
            b = FloatVector.broadcast(F, blockSums[blockSumAt + blockStride]);
            t10 = b.fma(m0, s10.fma(d0, t10));
            t11 = b.fma(m1, s11.fma(d1, t11));
            b = FloatVector.broadcast(F, blockSums[blockSumAt + 2 * blockStride]);
            t20 = b.fma(m0, s20.fma(d0, t20));
            t21 = b.fma(m1, s21.fma(d1, t21));
            b = FloatVector.broadcast(F, blockSums[blockSumAt + 3 * blockStride]);
            t30 = b.fma(m0, s30.fma(d0, t30));
            t31 = b.fma(m1, s31.fma(d1, t31));
            blockSumAt++;
            row += GROUP_ROWS;
        }
        t00.intoArray(sums, at);
        t01.intoArray(sums, at + L);
        t10.intoArray(sums, second);
        t11.intoArray(sums, second + L);
        t20.intoArray(sums, third);
        t21.intoArray(sums, third + L);
        t30.intoArray(sums, fourth);
        t31.intoArray(sums, fourth + L);
    }

    /** One input vector; parameters as above. */
    static void addOneInput(
            float[] panel,
            int cols,
            int blockCols,
            float[] x,
            int xAt,
            float[] blockSums,
            int blockSumAt,
            ScaleBuffer scales,
            int row,
            float[] sums,
            int at) {
        FloatVector t0 = FloatVector.fromArray(F, sums, at);
        FloatVector t1 = FloatVector.fromArray(F, sums, at + L);
        for (int from = 0; from < cols; from += blockCols) {
            FloatVector s0 = FloatVector.zero(F);
            FloatVector s1 = s0;
            int end = Math.min(cols, from + blockCols);
            for (int c = from; c < end; c++) {
                FloatVector v = FloatVector.broadcast(F, x[xAt + c]);
                s0 = v.fma(FloatVector.fromArray(F, panel, c * 2 * L), s0);
                s1 = v.fma(FloatVector.fromArray(F, panel, c * 2 * L + L), s1);
            }
            FloatVector b = FloatVector.broadcast(F, blockSums[blockSumAt++]);
            t0 = s0.fma(FloatVector.fromArray(F, scales.scales, row), t0);
            t1 = s1.fma(FloatVector.fromArray(F, scales.scales, row + L), t1);
            t0 = b.fma(FloatVector.fromArray(F, scales.minimums, row), t0);
            t1 = b.fma(FloatVector.fromArray(F, scales.minimums, row + L), t1);
            row += GROUP_ROWS;
        }
        t0.intoArray(sums, at);
        t1.intoArray(sums, at + L);
    }
}
