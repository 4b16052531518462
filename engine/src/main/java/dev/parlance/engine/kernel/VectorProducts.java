package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.Lanes.WORD_BYTES;
import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * Adds the products of the rows of four registers and one input vector, unpacking the values on the
 * way; so a weight is read once and nothing but sums is written.
 *
 * <p>Every method is one loop, because a vector must not cross the border of a method, and four
 * registers, because each waits for its last addition. What the numbers of bits mean: {@link
 * Codes}.
 */
final class VectorProducts {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final ByteOrder LE = Lanes.ORDER;
    private static final int L = Lanes.COUNT;
    private static final int B = Lanes.BYTES;

    private VectorProducts() {}

    /**
     * @param row the first row, within the group
     * @param to where its sum is
     */
    static void add(ChunkView chunk, int row, ScaleBuffer scales, float[] sums, int to) {
        switch (chunk.codes) {
            case TWO_BITS, FOUR_BITS, FIVE_BITS, SIX_BITS ->
                    VectorShortProducts.add(chunk, row, scales, sums, to);
            case BYTES -> bytes(chunk, row, scales, sums, to);
            case F16 -> f16(chunk, row, sums, to);
            case BF16 -> bf16(chunk, row, sums, to);
            case F32 -> f32(chunk, row, sums, to);
        }
    }

    private static void bytes(ChunkView chunk, int row, ScaleBuffer scales, float[] sums, int to) {
        MemorySegment data = chunk.data;
        float[] x = chunk.x;
        int cols = chunk.cols;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        int xAt = chunk.xAt;
        float[] d = scales.scales;
        float[] m = scales.minimums;
        float[] inputSums = chunk.inputSums;
        int block = chunk.blockAt;
        int wordCols = Codes.BYTES.wordCols;
        int shift = 2 * Byte.SIZE;
        IntVector mask = IntVector.broadcast(I, 0xFF);
        IntVector upper = IntVector.broadcast(I, 0xFF00);
        int scale = row;
        for (int from = 0; from < cols; from += chunk.blockCols) {
            FloatVector s0 = FloatVector.zero(F);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int c = from; c < from + chunk.blockCols; c += wordCols) {
                IntVector q0 = IntVector.fromMemorySegment(I, data, at, LE);
                IntVector q1 = IntVector.fromMemorySegment(I, data, at + B, LE);
                IntVector q2 = IntVector.fromMemorySegment(I, data, at + 2 * B, LE);
                IntVector q3 = IntVector.fromMemorySegment(I, data, at + 3 * B, LE);
                for (int n = c; n < c + wordCols; n += 2) {
                    FloatVector v0 = FloatVector.broadcast(F, x[xAt + n]);
                    s0 = v0.fma((FloatVector) q0.and(mask).convert(I2F, 0), s0);
                    s1 = v0.fma((FloatVector) q1.and(mask).convert(I2F, 0), s1);
                    s2 = v0.fma((FloatVector) q2.and(mask).convert(I2F, 0), s2);
                    s3 = v0.fma((FloatVector) q3.and(mask).convert(I2F, 0), s3);
                    FloatVector v1 = FloatVector.broadcast(F, x[xAt + n + 1]);
                    s0 = v1.fma((FloatVector) q0.and(upper).convert(I2F, 0), s0);
                    s1 = v1.fma((FloatVector) q1.and(upper).convert(I2F, 0), s1);
                    s2 = v1.fma((FloatVector) q2.and(upper).convert(I2F, 0), s2);
                    s3 = v1.fma((FloatVector) q3.and(upper).convert(I2F, 0), s3);
                    q0 = q0.lanewise(LSHR, shift);
                    q1 = q1.lanewise(LSHR, shift);
                    q2 = q2.lanewise(LSHR, shift);
                    q3 = q3.lanewise(LSHR, shift);
                }
                at += WORD_BYTES;
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

    private static void f16(ChunkView chunk, int row, float[] sums, int to) {
        MemorySegment data = chunk.data;
        float[] x = chunk.x;
        int cols = chunk.cols;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        int xAt = chunk.xAt;
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int c = 0; c < cols; c++) {
            int shift = 16 - c % 2 * 16;
            IntVector q0 = IntVector.fromMemorySegment(I, data, at, LE).lanewise(LSHL, shift);
            q0 = q0.lanewise(ASHR, 3).and(Codes.HALF_MASK);
            FloatVector w0 = q0.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
            IntVector q1 = IntVector.fromMemorySegment(I, data, at + B, LE).lanewise(LSHL, shift);
            q1 = q1.lanewise(ASHR, 3).and(Codes.HALF_MASK);
            FloatVector w1 = q1.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
            IntVector q2 =
                    IntVector.fromMemorySegment(I, data, at + 2 * B, LE).lanewise(LSHL, shift);
            q2 = q2.lanewise(ASHR, 3).and(Codes.HALF_MASK);
            FloatVector w2 = q2.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
            IntVector q3 =
                    IntVector.fromMemorySegment(I, data, at + 3 * B, LE).lanewise(LSHL, shift);
            q3 = q3.lanewise(ASHR, 3).and(Codes.HALF_MASK);
            FloatVector w3 = q3.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
            FloatVector v = FloatVector.broadcast(F, x[xAt + c]);
            s0 = v.fma(w0, s0);
            s1 = v.fma(w1, s1);
            s2 = v.fma(w2, s2);
            s3 = v.fma(w3, s3);
            at += c % 2 * WORD_BYTES;
        }
        FloatVector.fromArray(F, sums, to).add(s0).intoArray(sums, to);
        FloatVector.fromArray(F, sums, to + L).add(s1).intoArray(sums, to + L);
        FloatVector.fromArray(F, sums, to + 2 * L).add(s2).intoArray(sums, to + 2 * L);
        FloatVector.fromArray(F, sums, to + 3 * L).add(s3).intoArray(sums, to + 3 * L);
    }

    private static void bf16(ChunkView chunk, int row, float[] sums, int to) {
        MemorySegment data = chunk.data;
        float[] x = chunk.x;
        int cols = chunk.cols;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        int xAt = chunk.xAt;
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int c = 0; c < cols; c++) {
            int shift = 16 - c % 2 * 16;
            IntVector q0 = IntVector.fromMemorySegment(I, data, at, LE);
            IntVector q1 = IntVector.fromMemorySegment(I, data, at + B, LE);
            IntVector q2 = IntVector.fromMemorySegment(I, data, at + 2 * B, LE);
            IntVector q3 = IntVector.fromMemorySegment(I, data, at + 3 * B, LE);
            FloatVector v = FloatVector.broadcast(F, x[xAt + c]);
            s0 = v.fma(q0.lanewise(LSHL, shift).and(0xFFFF_0000).reinterpretAsFloats(), s0);
            s1 = v.fma(q1.lanewise(LSHL, shift).and(0xFFFF_0000).reinterpretAsFloats(), s1);
            s2 = v.fma(q2.lanewise(LSHL, shift).and(0xFFFF_0000).reinterpretAsFloats(), s2);
            s3 = v.fma(q3.lanewise(LSHL, shift).and(0xFFFF_0000).reinterpretAsFloats(), s3);
            at += c % 2 * WORD_BYTES;
        }
        FloatVector.fromArray(F, sums, to).add(s0).intoArray(sums, to);
        FloatVector.fromArray(F, sums, to + L).add(s1).intoArray(sums, to + L);
        FloatVector.fromArray(F, sums, to + 2 * L).add(s2).intoArray(sums, to + 2 * L);
        FloatVector.fromArray(F, sums, to + 3 * L).add(s3).intoArray(sums, to + 3 * L);
    }

    private static void f32(ChunkView chunk, int row, float[] sums, int to) {
        MemorySegment data = chunk.data;
        float[] x = chunk.x;
        int cols = chunk.cols;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        int xAt = chunk.xAt;
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int c = 0; c < cols; c++) {
            FloatVector v = FloatVector.broadcast(F, x[xAt + c]);
            s0 = v.fma(FloatVector.fromMemorySegment(F, data, at, LE), s0);
            s1 = v.fma(FloatVector.fromMemorySegment(F, data, at + B, LE), s1);
            s2 = v.fma(FloatVector.fromMemorySegment(F, data, at + 2 * B, LE), s2);
            s3 = v.fma(FloatVector.fromMemorySegment(F, data, at + 3 * B, LE), s3);
            at += WORD_BYTES;
        }
        FloatVector.fromArray(F, sums, to).add(s0).intoArray(sums, to);
        FloatVector.fromArray(F, sums, to + L).add(s1).intoArray(sums, to + L);
        FloatVector.fromArray(F, sums, to + 2 * L).add(s2).intoArray(sums, to + 2 * L);
        FloatVector.fromArray(F, sums, to + 3 * L).add(s3).intoArray(sums, to + 3 * L);
    }
}
