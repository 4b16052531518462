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
 * Adds the products of the rows of two registers and four input vectors, unpacking a value once for
 * all of them. Eight sums keep two FMA units busy; more would not fit the registers of AVX2.
 *
 * <p>The same loops as in {@link VectorProducts}.
 */
final class VectorTiles {
    /** Rows that are computed at once. */
    static final int ROWS = 2 * Lanes.COUNT;

    private static final VectorSpecies<Float> F = Lanes.F;
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final ByteOrder LE = Lanes.ORDER;
    private static final int L = Lanes.COUNT;
    private static final int B = Lanes.BYTES;

    private VectorTiles() {}

    /**
     * @param inputs how many, 1 to 4; what is missing to four is computed as the last once more
     * @param row the first row, within the group
     * @param to where the first input's sum of that row is; the others follow at {@value
     *     PackedMatrix#GROUP_ROWS}
     */
    static void add(
            ChunkView chunk, int inputs, int row, ScaleBuffer scales, float[] sums, int to) {
        switch (chunk.codes) {
            case FOUR_BITS -> VectorShortTiles.add(chunk, inputs, row, scales, sums, to);
            case TWO_BITS, FIVE_BITS, SIX_BITS ->
                    throw new IllegalStateException(chunk.codes + " have panels only");
            case BYTES -> bytes(chunk, inputs, row, scales, sums, to);
            case F16 -> f16(chunk, inputs, row, sums, to);
            case BF16 -> bf16(chunk, inputs, row, sums, to);
            case F32 -> f32(chunk, inputs, row, sums, to);
        }
    }

    private static void bytes(
            ChunkView chunk, int inputs, int row, ScaleBuffer scales, float[] sums, int to) {
        MemorySegment data = chunk.data;
        float[] x = chunk.x;
        int cols = chunk.cols;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
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
        int wordCols = Codes.BYTES.wordCols;
        int shift = 2 * Byte.SIZE;
        IntVector mask = IntVector.broadcast(I, 0xFF);
        IntVector upper = IntVector.broadcast(I, 0xFF00);
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
            for (int c = from; c < from + chunk.blockCols; c += wordCols) {
                IntVector q0 = IntVector.fromMemorySegment(I, data, at, LE);
                IntVector q1 = IntVector.fromMemorySegment(I, data, at + B, LE);
                for (int n = c; n < c + wordCols; n += 2) {
                    FloatVector w00 = (FloatVector) q0.and(mask).convert(I2F, 0);
                    FloatVector w01 = (FloatVector) q1.and(mask).convert(I2F, 0);
                    FloatVector v0 = FloatVector.broadcast(F, x[xAt + n]);
                    s00 = v0.fma(w00, s00);
                    s01 = v0.fma(w01, s01);
                    v0 = FloatVector.broadcast(F, x[x1 + n]);
                    s10 = v0.fma(w00, s10);
                    s11 = v0.fma(w01, s11);
                    v0 = FloatVector.broadcast(F, x[x2 + n]);
                    s20 = v0.fma(w00, s20);
                    s21 = v0.fma(w01, s21);
                    v0 = FloatVector.broadcast(F, x[x3 + n]);
                    s30 = v0.fma(w00, s30);
                    s31 = v0.fma(w01, s31);
                    FloatVector w10 = (FloatVector) q0.and(upper).convert(I2F, 0);
                    FloatVector w11 = (FloatVector) q1.and(upper).convert(I2F, 0);
                    FloatVector v1 = FloatVector.broadcast(F, x[xAt + n + 1]);
                    s00 = v1.fma(w10, s00);
                    s01 = v1.fma(w11, s01);
                    v1 = FloatVector.broadcast(F, x[x1 + n + 1]);
                    s10 = v1.fma(w10, s10);
                    s11 = v1.fma(w11, s11);
                    v1 = FloatVector.broadcast(F, x[x2 + n + 1]);
                    s20 = v1.fma(w10, s20);
                    s21 = v1.fma(w11, s21);
                    v1 = FloatVector.broadcast(F, x[x3 + n + 1]);
                    s30 = v1.fma(w10, s30);
                    s31 = v1.fma(w11, s31);
                    q0 = q0.lanewise(LSHR, shift);
                    q1 = q1.lanewise(LSHR, shift);
                }
                at += WORD_BYTES;
            }
            FloatVector d0 = FloatVector.fromArray(F, d, scale);
            FloatVector d1 = FloatVector.fromArray(F, d, scale + L);
            FloatVector m0 = FloatVector.fromArray(F, m, scale);
            FloatVector m1 = FloatVector.fromArray(F, m, scale + L);
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

    private static void f16(ChunkView chunk, int inputs, int row, float[] sums, int to) {
        MemorySegment data = chunk.data;
        float[] x = chunk.x;
        int cols = chunk.cols;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
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
        FloatVector s00 = FloatVector.zero(F);
        FloatVector s01 = s00;
        FloatVector s10 = s00;
        FloatVector s11 = s00;
        FloatVector s20 = s00;
        FloatVector s21 = s00;
        FloatVector s30 = s00;
        FloatVector s31 = s00;
        for (int c = 0; c < cols; c++) {
            int shift = 16 - c % 2 * 16;
            IntVector q0 = IntVector.fromMemorySegment(I, data, at, LE).lanewise(LSHL, shift);
            IntVector w0 = q0.and(0x7FFF_0000).lanewise(LSHR, 3);
            w0 = w0.reinterpretAsFloats().mul(Codes.HALF_EXPONENT).reinterpretAsInts();
            IntVector q1 = IntVector.fromMemorySegment(I, data, at + B, LE).lanewise(LSHL, shift);
            IntVector w1 = q1.and(0x7FFF_0000).lanewise(LSHR, 3);
            w1 = w1.reinterpretAsFloats().mul(Codes.HALF_EXPONENT).reinterpretAsInts();
            FloatVector f0 = w0.or(q0.and(0x8000_0000)).reinterpretAsFloats();
            FloatVector f1 = w1.or(q1.and(0x8000_0000)).reinterpretAsFloats();
            FloatVector v = FloatVector.broadcast(F, x[xAt + c]);
            s00 = v.fma(f0, s00);
            s01 = v.fma(f1, s01);
            v = FloatVector.broadcast(F, x[x1 + c]);
            s10 = v.fma(f0, s10);
            s11 = v.fma(f1, s11);
            v = FloatVector.broadcast(F, x[x2 + c]);
            s20 = v.fma(f0, s20);
            s21 = v.fma(f1, s21);
            v = FloatVector.broadcast(F, x[x3 + c]);
            s30 = v.fma(f0, s30);
            s31 = v.fma(f1, s31);
            at += c % 2 * WORD_BYTES;
        }
        FloatVector t00 = FloatVector.fromArray(F, sums, to).add(s00);
        FloatVector t01 = FloatVector.fromArray(F, sums, to + L).add(s01);
        FloatVector t10 = FloatVector.fromArray(F, sums, to1).add(s10);
        FloatVector t11 = FloatVector.fromArray(F, sums, to1 + L).add(s11);
        FloatVector t20 = FloatVector.fromArray(F, sums, to2).add(s20);
        FloatVector t21 = FloatVector.fromArray(F, sums, to2 + L).add(s21);
        FloatVector t30 = FloatVector.fromArray(F, sums, to3).add(s30);
        FloatVector t31 = FloatVector.fromArray(F, sums, to3 + L).add(s31);
        t00.intoArray(sums, to);
        t01.intoArray(sums, to + L);
        t10.intoArray(sums, to1);
        t11.intoArray(sums, to1 + L);
        t20.intoArray(sums, to2);
        t21.intoArray(sums, to2 + L);
        t30.intoArray(sums, to3);
        t31.intoArray(sums, to3 + L);
    }

    private static void bf16(ChunkView chunk, int inputs, int row, float[] sums, int to) {
        MemorySegment data = chunk.data;
        float[] x = chunk.x;
        int cols = chunk.cols;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
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
        FloatVector s00 = FloatVector.zero(F);
        FloatVector s01 = s00;
        FloatVector s10 = s00;
        FloatVector s11 = s00;
        FloatVector s20 = s00;
        FloatVector s21 = s00;
        FloatVector s30 = s00;
        FloatVector s31 = s00;
        for (int c = 0; c < cols; c++) {
            int shift = 16 - c % 2 * 16;
            IntVector q0 = IntVector.fromMemorySegment(I, data, at, LE);
            IntVector q1 = IntVector.fromMemorySegment(I, data, at + B, LE);
            FloatVector f0 = q0.lanewise(LSHL, shift).and(0xFFFF_0000).reinterpretAsFloats();
            FloatVector f1 = q1.lanewise(LSHL, shift).and(0xFFFF_0000).reinterpretAsFloats();
            FloatVector v = FloatVector.broadcast(F, x[xAt + c]);
            s00 = v.fma(f0, s00);
            s01 = v.fma(f1, s01);
            v = FloatVector.broadcast(F, x[x1 + c]);
            s10 = v.fma(f0, s10);
            s11 = v.fma(f1, s11);
            v = FloatVector.broadcast(F, x[x2 + c]);
            s20 = v.fma(f0, s20);
            s21 = v.fma(f1, s21);
            v = FloatVector.broadcast(F, x[x3 + c]);
            s30 = v.fma(f0, s30);
            s31 = v.fma(f1, s31);
            at += c % 2 * WORD_BYTES;
        }
        FloatVector t00 = FloatVector.fromArray(F, sums, to).add(s00);
        FloatVector t01 = FloatVector.fromArray(F, sums, to + L).add(s01);
        FloatVector t10 = FloatVector.fromArray(F, sums, to1).add(s10);
        FloatVector t11 = FloatVector.fromArray(F, sums, to1 + L).add(s11);
        FloatVector t20 = FloatVector.fromArray(F, sums, to2).add(s20);
        FloatVector t21 = FloatVector.fromArray(F, sums, to2 + L).add(s21);
        FloatVector t30 = FloatVector.fromArray(F, sums, to3).add(s30);
        FloatVector t31 = FloatVector.fromArray(F, sums, to3 + L).add(s31);
        t00.intoArray(sums, to);
        t01.intoArray(sums, to + L);
        t10.intoArray(sums, to1);
        t11.intoArray(sums, to1 + L);
        t20.intoArray(sums, to2);
        t21.intoArray(sums, to2 + L);
        t30.intoArray(sums, to3);
        t31.intoArray(sums, to3 + L);
    }

    private static void f32(ChunkView chunk, int inputs, int row, float[] sums, int to) {
        MemorySegment data = chunk.data;
        float[] x = chunk.x;
        int cols = chunk.cols;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
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
        FloatVector s00 = FloatVector.zero(F);
        FloatVector s01 = s00;
        FloatVector s10 = s00;
        FloatVector s11 = s00;
        FloatVector s20 = s00;
        FloatVector s21 = s00;
        FloatVector s30 = s00;
        FloatVector s31 = s00;
        for (int c = 0; c < cols; c++) {
            FloatVector f0 = FloatVector.fromMemorySegment(F, data, at, LE);
            FloatVector f1 = FloatVector.fromMemorySegment(F, data, at + B, LE);
            FloatVector v = FloatVector.broadcast(F, x[xAt + c]);
            s00 = v.fma(f0, s00);
            s01 = v.fma(f1, s01);
            v = FloatVector.broadcast(F, x[x1 + c]);
            s10 = v.fma(f0, s10);
            s11 = v.fma(f1, s11);
            v = FloatVector.broadcast(F, x[x2 + c]);
            s20 = v.fma(f0, s20);
            s21 = v.fma(f1, s21);
            v = FloatVector.broadcast(F, x[x3 + c]);
            s30 = v.fma(f0, s30);
            s31 = v.fma(f1, s31);
            at += WORD_BYTES;
        }
        FloatVector t00 = FloatVector.fromArray(F, sums, to).add(s00);
        FloatVector t01 = FloatVector.fromArray(F, sums, to + L).add(s01);
        FloatVector t10 = FloatVector.fromArray(F, sums, to1).add(s10);
        FloatVector t11 = FloatVector.fromArray(F, sums, to1 + L).add(s11);
        FloatVector t20 = FloatVector.fromArray(F, sums, to2).add(s20);
        FloatVector t21 = FloatVector.fromArray(F, sums, to2 + L).add(s21);
        FloatVector t30 = FloatVector.fromArray(F, sums, to3).add(s30);
        FloatVector t31 = FloatVector.fromArray(F, sums, to3 + L).add(s31);
        t00.intoArray(sums, to);
        t01.intoArray(sums, to + L);
        t10.intoArray(sums, to1);
        t11.intoArray(sums, to1 + L);
        t20.intoArray(sums, to2);
        t21.intoArray(sums, to2 + L);
        t30.intoArray(sums, to3);
        t31.intoArray(sums, to3 + L);
    }
}
