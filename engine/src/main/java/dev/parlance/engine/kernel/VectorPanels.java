package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.Lanes.WORD_BYTES;
import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * For many input vectors: writes the values of the rows of two registers to a panel, which stays in
 * the first level cache, and multiplies it with four input vectors at once.
 */
final class VectorPanels {
    /** Rows of a panel. */
    static final int ROWS = 2 * Lanes.COUNT;

    private static final VectorSpecies<Float> F = Lanes.F;
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final ByteOrder LE = Lanes.ORDER;
    private static final int L = Lanes.COUNT;

    private VectorPanels() {}

    /**
     * Fills the panel.
     *
     * @param row the first row, within the group
     */
    static void unpack(ChunkView chunk, int row, Scratch scratch) {
        float[] panel = scratch.panel;
        for (int to = 0; to < ROWS; to += L) {
            long at = chunk.codesAt + Lanes.bytesTo(row + to, chunk.strand);
            switch (chunk.codes) {
                case TWO_BITS, FOUR_BITS, FIVE_BITS, SIX_BITS ->
                        VectorShortPanels.unpack(chunk, at, scratch.shortPanel, to);
                case BYTES -> bytes(chunk, at, panel, to);
                case F16 -> f16(chunk, at, panel, to);
                case BF16 -> bf16(chunk, at, panel, to);
                case F32 -> f32(chunk, at, panel, to);
            }
        }
    }

    private static void bytes(ChunkView chunk, long at, float[] panel, int to) {
        MemorySegment data = chunk.data;
        int wordCols = Codes.BYTES.wordCols;
        int shift = 2 * Byte.SIZE;
        IntVector mask = IntVector.broadcast(I, 0xFF);
        IntVector upper = IntVector.broadcast(I, 0xFF00);
        for (int c = 0; c < chunk.cols; c += wordCols) {
            IntVector q = IntVector.fromMemorySegment(I, data, at, LE);
            for (int n = 0; n < wordCols; n += 2) {
                FloatVector v = (FloatVector) q.and(mask).convert(I2F, 0);
                v.intoArray(panel, to);
                v = (FloatVector) q.and(upper).convert(I2F, 0);
                v.intoArray(panel, to + ROWS);
                q = q.lanewise(LSHR, shift);
                to += 2 * ROWS;
            }
            at += WORD_BYTES;
        }
    }

    private static void f16(ChunkView chunk, long at, float[] panel, int to) {
        MemorySegment data = chunk.data;
        for (int c = 0; c < chunk.cols; c++) {
            IntVector q = IntVector.fromMemorySegment(I, data, at, LE);
            q = q.lanewise(LSHL, 16 - c % 2 * 16);
            IntVector size = q.and(0x7FFF_0000).lanewise(LSHR, 3);
            IntVector v = size.reinterpretAsFloats().mul(Codes.HALF_EXPONENT).reinterpretAsInts();
            v.or(q.and(0x8000_0000)).reinterpretAsFloats().intoArray(panel, to);
            at += c % 2 * WORD_BYTES;
            to += ROWS;
        }
    }

    private static void bf16(ChunkView chunk, long at, float[] panel, int to) {
        MemorySegment data = chunk.data;
        for (int c = 0; c < chunk.cols; c++) {
            IntVector q = IntVector.fromMemorySegment(I, data, at, LE);
            q = q.lanewise(LSHL, 16 - c % 2 * 16).and(0xFFFF_0000);
            q.reinterpretAsFloats().intoArray(panel, to);
            at += c % 2 * WORD_BYTES;
            to += ROWS;
        }
    }

    private static void f32(ChunkView chunk, long at, float[] panel, int to) {
        MemorySegment data = chunk.data;
        for (int c = 0; c < chunk.cols; c++) {
            FloatVector.fromMemorySegment(F, data, at, LE).intoArray(panel, to);
            at += WORD_BYTES;
            to += ROWS;
        }
    }

    /**
     * Multiplies what is in the panel.
     *
     * @param inputs how many, 1 to 4; what is missing to four is computed as the last once more
     * @param row the first row, within the group
     * @param to where the first input's sum of that row is; the others follow at {@value
     *     PackedMatrix#GROUP_ROWS}
     */
    static void add(ChunkView chunk, int inputs, int row, Scratch scratch, int to) {
        if (chunk.codes.areQuantised()) {
            VectorShortPanels.add(
                    scratch.shortPanel, chunk, inputs, row, scratch.scales, scratch.sums, to);
        } else {
            add(scratch.panel, chunk, inputs, row, scratch.scales, scratch.sums, to);
        }
    }

    private static void add(
            float[] panel,
            ChunkView chunk,
            int inputs,
            int row,
            ScaleBuffer scales,
            float[] sums,
            int to) {
        float[] x = chunk.x;
        int cols = chunk.cols;
        int xAt = chunk.xAt;
        int last = inputs - 1;
        int second = Math.min(1, last);
        int third = Math.min(2, last);
        int x1 = xAt + second * chunk.xStride;
        int x2 = xAt + third * chunk.xStride;
        int x3 = xAt + last * chunk.xStride;
        int to1 = to + second * GROUP_ROWS;
        int to2 = to + third * GROUP_ROWS;
        int to3 = to + last * GROUP_ROWS;
        float[] d = scales.scales;
        float[] m = scales.minimums;
        float[] blockSums = chunk.blockSums;
        int blockSum = chunk.blockAt;
        int blockSum1 = blockSum + second * chunk.blockStride;
        int blockSum2 = blockSum + third * chunk.blockStride;
        int blockSum3 = blockSum + last * chunk.blockStride;
        int scale = row;
        for (int from = 0; from < cols; from += chunk.blockCols) {
            FloatVector s00 = FloatVector.zero(F);
            FloatVector s01 = s00;
            FloatVector s10 = s00;
            FloatVector s11 = s00;
            FloatVector s20 = s00;
            FloatVector s21 = s00;
            FloatVector s30 = s00;
            FloatVector s31 = s00;
            int end = Math.min(cols, from + chunk.blockCols);
            for (int c = from; c < end; c++) {
                FloatVector w0 = FloatVector.fromArray(F, panel, c * ROWS);
                FloatVector w1 = FloatVector.fromArray(F, panel, c * ROWS + L);
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
            FloatVector d0 = FloatVector.fromArray(F, d, scale);
            FloatVector d1 = FloatVector.fromArray(F, d, scale + L);
            FloatVector m0 = FloatVector.fromArray(F, m, scale);
            FloatVector m1 = FloatVector.fromArray(F, m, scale + L);
            // All are read before one is written: several may be the same.
            FloatVector t00 = FloatVector.fromArray(F, sums, to);
            FloatVector t01 = FloatVector.fromArray(F, sums, to + L);
            FloatVector t10 = FloatVector.fromArray(F, sums, to1);
            FloatVector t11 = FloatVector.fromArray(F, sums, to1 + L);
            FloatVector t20 = FloatVector.fromArray(F, sums, to2);
            FloatVector t21 = FloatVector.fromArray(F, sums, to2 + L);
            FloatVector t30 = FloatVector.fromArray(F, sums, to3);
            FloatVector t31 = FloatVector.fromArray(F, sums, to3 + L);
            FloatVector b = FloatVector.broadcast(F, blockSums[blockSum++]);
            b.fma(m0, d0.fma(s00, t00)).intoArray(sums, to);
            b.fma(m1, d1.fma(s01, t01)).intoArray(sums, to + L);
            b = FloatVector.broadcast(F, blockSums[blockSum1++]);
            b.fma(m0, d0.fma(s10, t10)).intoArray(sums, to1);
            b.fma(m1, d1.fma(s11, t11)).intoArray(sums, to1 + L);
            b = FloatVector.broadcast(F, blockSums[blockSum2++]);
            b.fma(m0, d0.fma(s20, t20)).intoArray(sums, to2);
            b.fma(m1, d1.fma(s21, t21)).intoArray(sums, to2 + L);
            b = FloatVector.broadcast(F, blockSums[blockSum3++]);
            b.fma(m0, d0.fma(s30, t30)).intoArray(sums, to3);
            b.fma(m1, d1.fma(s31, t31)).intoArray(sums, to3 + L);
            scale += GROUP_ROWS;
        }
    }
}
