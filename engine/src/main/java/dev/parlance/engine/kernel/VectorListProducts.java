package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.Lanes.WORD_BYTES;
import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * {@link VectorProducts} of codes that are indexes into a list, without expanding them first: for
 * one input that would cost a third of the time.
 */
final class VectorListProducts {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final ByteOrder LE = Lanes.ORDER;
    private static final int L = Lanes.COUNT;
    private static final int B = Lanes.BYTES;

    private static final int[] NON_LINEAR = Compaction.NON_LINEAR.floats();
    private static final int[] E2M1 = Compaction.E2M1.floats();

    private VectorListProducts() {}

    /** Whether codes are read like this; a list of values must fit a register. */
    static boolean reads(Compaction compaction) {
        return switch (compaction) {
            case NONE, THREE_BITS -> false;
            case NON_LINEAR, E2M1 -> L == 16;
        };
    }

    /** Parameters as in {@link VectorProducts#add}. */
    static void add(
            Compaction compaction,
            ChunkView chunk,
            int row,
            ScaleBuffer scales,
            float[] sums,
            int to) {
        switch (compaction) {
            case NON_LINEAR -> listed(NON_LINEAR, chunk, row, scales, sums, to);
            case E2M1 -> listed(E2M1, chunk, row, scales, sums, to);
            case NONE, THREE_BITS -> throw new IllegalStateException(compaction + " is expanded");
        }
    }

    /** For registers of 16 numbers. */
    private static void listed(
            int[] values, ChunkView chunk, int row, ScaleBuffer scales, float[] sums, int to) {
        MemorySegment data = chunk.data;
        float[] x = chunk.x;
        int cols = chunk.cols;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        int xAt = chunk.xAt;
        float[] d = scales.scales;
        float[] m = scales.minimums;
        float[] inputSums = chunk.inputSums;
        int block = chunk.blockAt;
        IntVector even = IntVector.fromArray(I, values, 0);
        IntVector odd = IntVector.fromArray(I, values, L);
        int scale = row;
        for (int c = 0; c < cols; ) {
            FloatVector s0 = FloatVector.zero(F);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            int end = c + chunk.blockCols;
            for (int half = 0; c < end; half ^= 4) {
                IntVector q0 = IntVector.fromMemorySegment(I, data, at, LE).lanewise(LSHR, half);
                IntVector q1 =
                        IntVector.fromMemorySegment(I, data, at + B, LE).lanewise(LSHR, half);
                IntVector q2 =
                        IntVector.fromMemorySegment(I, data, at + 2 * B, LE).lanewise(LSHR, half);
                IntVector q3 =
                        IntVector.fromMemorySegment(I, data, at + 3 * B, LE).lanewise(LSHR, half);
                for (int n = c; n < c + 4; n += 2) {
                    FloatVector v0 = FloatVector.broadcast(F, x[xAt + n]);
                    s0 = v0.fma(q0.selectFrom(even).reinterpretAsFloats(), s0);
                    s1 = v0.fma(q1.selectFrom(even).reinterpretAsFloats(), s1);
                    s2 = v0.fma(q2.selectFrom(even).reinterpretAsFloats(), s2);
                    s3 = v0.fma(q3.selectFrom(even).reinterpretAsFloats(), s3);
                    FloatVector v1 = FloatVector.broadcast(F, x[xAt + n + 1]);
                    s0 = v1.fma(q0.lanewise(LSHR, 8).selectFrom(odd).reinterpretAsFloats(), s0);
                    s1 = v1.fma(q1.lanewise(LSHR, 8).selectFrom(odd).reinterpretAsFloats(), s1);
                    s2 = v1.fma(q2.lanewise(LSHR, 8).selectFrom(odd).reinterpretAsFloats(), s2);
                    s3 = v1.fma(q3.lanewise(LSHR, 8).selectFrom(odd).reinterpretAsFloats(), s3);
                    q0 = q0.lanewise(LSHR, 16);
                    q1 = q1.lanewise(LSHR, 16);
                    q2 = q2.lanewise(LSHR, 16);
                    q3 = q3.lanewise(LSHR, 16);
                }
                c += 4;
                at += half / 4 * WORD_BYTES;
            }
            FloatVector b = FloatVector.broadcast(F, inputSums[block++]);
            FloatVector t0 = FloatVector.fromArray(F, sums, to);
            t0 = FloatVector.fromArray(F, d, scale).fma(s0, t0);
            FloatVector t1 = FloatVector.fromArray(F, sums, to + L);
            t1 = FloatVector.fromArray(F, d, scale + L).fma(s1, t1);
            FloatVector t2 = FloatVector.fromArray(F, sums, to + 2 * L);
            t2 = FloatVector.fromArray(F, d, scale + 2 * L).fma(s2, t2);
            FloatVector t3 = FloatVector.fromArray(F, sums, to + 3 * L);
            t3 = FloatVector.fromArray(F, d, scale + 3 * L).fma(s3, t3);
            b.fma(FloatVector.fromArray(F, m, scale), t0).intoArray(sums, to);
            b.fma(FloatVector.fromArray(F, m, scale + L), t1).intoArray(sums, to + L);
            b.fma(FloatVector.fromArray(F, m, scale + 2 * L), t2).intoArray(sums, to + 2 * L);
            b.fma(FloatVector.fromArray(F, m, scale + 3 * L), t3).intoArray(sums, to + 3 * L);
            scale += GROUP_ROWS;
        }
    }
}
