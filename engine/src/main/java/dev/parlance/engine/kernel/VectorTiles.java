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

    private VectorTiles() {}

    /**
     * Two to four input vectors. What is missing to four is computed as the last one once more.
     *
     * @param panel columns x rows
     * @param xAt of the first input's first column; the others follow at {@code stride}
     * @param inputs how many, 2 to 4
     * @param blockSumAt of the first input's first block; the others follow at {@code blockStride}
     * @param row the panel's first row in {@code scales}
     * @param at the first input's sum of that row; the others follow at {@value
     *     PackedMatrix#GROUP_ROWS}
     */
    static void addInputs(
            float[] panel,
            int cols,
            int blockCols,
            float[] x,
            int xAt,
            int stride,
            int inputs,
            float[] blockSums,
            int blockSumAt,
            int blockStride,
            ScaleBuffer scales,
            int row,
            float[] sums,
            int at) {
        int last = inputs - 1;
        int third = Math.min(2, last);
        int x1 = xAt + stride;
        int x2 = xAt + third * stride;
        int x3 = xAt + last * stride;
        int at1 = at + GROUP_ROWS;
        int at2 = at + third * GROUP_ROWS;
        int at3 = at + last * GROUP_ROWS;
        int blockSumAt1 = blockSumAt + blockStride;
        int blockSumAt2 = blockSumAt + third * blockStride;
        int blockSumAt3 = blockSumAt + last * blockStride;
        FloatVector t00 = FloatVector.fromArray(F, sums, at);
        FloatVector t01 = FloatVector.fromArray(F, sums, at + L);
        FloatVector t10 = FloatVector.fromArray(F, sums, at1);
        FloatVector t11 = FloatVector.fromArray(F, sums, at1 + L);
        FloatVector t20 = FloatVector.fromArray(F, sums, at2);
        FloatVector t21 = FloatVector.fromArray(F, sums, at2 + L);
        FloatVector t30 = FloatVector.fromArray(F, sums, at3);
        FloatVector t31 = FloatVector.fromArray(F, sums, at3 + L);
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
            for (int c = from; c < end; c++) {
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
            FloatVector d0 = FloatVector.fromArray(F, scales.scales, row);
            FloatVector d1 = FloatVector.fromArray(F, scales.scales, row + L);
            FloatVector m0 = FloatVector.fromArray(F, scales.minimums, row);
            FloatVector m1 = FloatVector.fromArray(F, scales.minimums, row + L);
            FloatVector b = FloatVector.broadcast(F, blockSums[blockSumAt++]);
            t00 = b.fma(m0, s00.fma(d0, t00));
            t01 = b.fma(m1, s01.fma(d1, t01));
            b = FloatVector.broadcast(F, blockSums[blockSumAt1++]);
            t10 = b.fma(m0, s10.fma(d0, t10));
            t11 = b.fma(m1, s11.fma(d1, t11));
            b = FloatVector.broadcast(F, blockSums[blockSumAt2++]);
            t20 = b.fma(m0, s20.fma(d0, t20));
            t21 = b.fma(m1, s21.fma(d1, t21));
            b = FloatVector.broadcast(F, blockSums[blockSumAt3++]);
            t30 = b.fma(m0, s30.fma(d0, t30));
            t31 = b.fma(m1, s31.fma(d1, t31));
            row += GROUP_ROWS;
        }
        t00.intoArray(sums, at);
        t01.intoArray(sums, at + L);
        t10.intoArray(sums, at1);
        t11.intoArray(sums, at1 + L);
        t20.intoArray(sums, at2);
        t21.intoArray(sums, at2 + L);
        t30.intoArray(sums, at3);
        t31.intoArray(sums, at3 + L);
    }

    /** One input vector; parameters as above. */
    static void addInput(
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
