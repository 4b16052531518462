package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.ScalarKernels.LANES;
import static dev.parlance.engine.kernel.Scratch.PANEL_STRIDE;
import static dev.parlance.engine.kernel.Scratch.SUMS_STRIDE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loops of matrix multiplication: rows of a weight panel times input vectors, added to
 * partial sums in memory.
 *
 * <p>Both tiles treat an output alike, one register of partial sums in order of columns; they
 * differ only in what they load once for several outputs. Eight accumulators keep two FMA units
 * busy and leave registers for the operands; more spill.
 */
final class VectorTiles {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_256;

    private VectorTiles() {}

    /** Eight rows, one input vector. {@code length} is a multiple of 8. */
    static void eightRows(float[] w, float[] x, int xAt, int length, float[] sums, int sumsAt) {
        FloatVector s0 = FloatVector.fromArray(F, sums, sumsAt);
        FloatVector s1 = FloatVector.fromArray(F, sums, sumsAt + LANES);
        FloatVector s2 = FloatVector.fromArray(F, sums, sumsAt + 2 * LANES);
        FloatVector s3 = FloatVector.fromArray(F, sums, sumsAt + 3 * LANES);
        FloatVector s4 = FloatVector.fromArray(F, sums, sumsAt + 4 * LANES);
        FloatVector s5 = FloatVector.fromArray(F, sums, sumsAt + 5 * LANES);
        FloatVector s6 = FloatVector.fromArray(F, sums, sumsAt + 6 * LANES);
        FloatVector s7 = FloatVector.fromArray(F, sums, sumsAt + 7 * LANES);
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(F, x, xAt + i);
            s0 = v.fma(FloatVector.fromArray(F, w, i), s0);
            s1 = v.fma(FloatVector.fromArray(F, w, i + PANEL_STRIDE), s1);
            s2 = v.fma(FloatVector.fromArray(F, w, i + 2 * PANEL_STRIDE), s2);
            s3 = v.fma(FloatVector.fromArray(F, w, i + 3 * PANEL_STRIDE), s3);
            s4 = v.fma(FloatVector.fromArray(F, w, i + 4 * PANEL_STRIDE), s4);
            s5 = v.fma(FloatVector.fromArray(F, w, i + 5 * PANEL_STRIDE), s5);
            s6 = v.fma(FloatVector.fromArray(F, w, i + 6 * PANEL_STRIDE), s6);
            s7 = v.fma(FloatVector.fromArray(F, w, i + 7 * PANEL_STRIDE), s7);
        }
        s0.intoArray(sums, sumsAt);
        s1.intoArray(sums, sumsAt + LANES);
        s2.intoArray(sums, sumsAt + 2 * LANES);
        s3.intoArray(sums, sumsAt + 3 * LANES);
        s4.intoArray(sums, sumsAt + 4 * LANES);
        s5.intoArray(sums, sumsAt + 5 * LANES);
        s6.intoArray(sums, sumsAt + 6 * LANES);
        s7.intoArray(sums, sumsAt + 7 * LANES);
    }

    /**
     * Two rows, from {@code w[wAt]} on, and four input vectors {@code stride} apart. {@code length}
     * is a multiple of 8.
     */
    static void twoRowsFourInputs(
            float[] w,
            int wAt,
            float[] x,
            int xAt,
            int stride,
            int length,
            float[] sums,
            int sumsAt) {
        int second = sumsAt + SUMS_STRIDE;
        int third = sumsAt + 2 * SUMS_STRIDE;
        int fourth = sumsAt + 3 * SUMS_STRIDE;
        FloatVector s00 = FloatVector.fromArray(F, sums, sumsAt);
        FloatVector s01 = FloatVector.fromArray(F, sums, sumsAt + LANES);
        FloatVector s10 = FloatVector.fromArray(F, sums, second);
        FloatVector s11 = FloatVector.fromArray(F, sums, second + LANES);
        FloatVector s20 = FloatVector.fromArray(F, sums, third);
        FloatVector s21 = FloatVector.fromArray(F, sums, third + LANES);
        FloatVector s30 = FloatVector.fromArray(F, sums, fourth);
        FloatVector s31 = FloatVector.fromArray(F, sums, fourth + LANES);
        for (int i = 0; i < length; i += LANES) {
            FloatVector w0 = FloatVector.fromArray(F, w, wAt + i);
            FloatVector w1 = FloatVector.fromArray(F, w, wAt + i + PANEL_STRIDE);
            FloatVector v = FloatVector.fromArray(F, x, xAt + i);
            s00 = v.fma(w0, s00);
            s01 = v.fma(w1, s01);
            v = FloatVector.fromArray(F, x, xAt + i + stride);
            s10 = v.fma(w0, s10);
            s11 = v.fma(w1, s11);
            v = FloatVector.fromArray(F, x, xAt + i + 2 * stride);
            s20 = v.fma(w0, s20);
            s21 = v.fma(w1, s21);
            v = FloatVector.fromArray(F, x, xAt + i + 3 * stride);
            s30 = v.fma(w0, s30);
            s31 = v.fma(w1, s31);
        }
        s00.intoArray(sums, sumsAt);
        s01.intoArray(sums, sumsAt + LANES);
        s10.intoArray(sums, second);
        s11.intoArray(sums, second + LANES);
        s20.intoArray(sums, third);
        s21.intoArray(sums, third + LANES);
        s30.intoArray(sums, fourth);
        s31.intoArray(sums, fourth + LANES);
    }
}
