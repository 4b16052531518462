package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.Lanes.WORD_BYTES;
import static dev.parlance.engine.kernel.PreparedInputs.QUAD;

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
 * Multiplies the rows of two registers and a quad of input vectors, unpacking a value once for all
 * of them, and leaves the sums of blocks. Eight sums keep two FMA units busy; more would not fit
 * the registers of AVX2.
 *
 * <p>The same loops as in {@link VectorProducts}.
 */
final class VectorTiles {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final ByteOrder LE = Lanes.ORDER;
    private static final int L = Lanes.COUNT;
    private static final int B = Lanes.BYTES;

    private VectorTiles() {}

    /**
     * @param row the first row, within the group
     */
    static void multiply(ChunkView chunk, int row) {
        switch (chunk.codes) {
            case FOUR_BITS -> VectorShortTiles.multiply(chunk, row);
            case TWO_BITS, FIVE_BITS, SIX_BITS ->
                    throw new IllegalStateException(chunk.codes + " have panels only");
            case BYTES -> bytes(chunk, row);
            case F16 -> f16(chunk, row);
            case BF16 -> bf16(chunk, row);
            case F32 -> f32(chunk, row);
        }
    }

    private static void bytes(ChunkView chunk, int row) {
        MemorySegment data = chunk.data;
        float[] x = chunk.x;
        float[] blockSums = chunk.blockSums;
        int cols = chunk.cols;
        int from = chunk.xAt;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        int wordCols = Codes.BYTES.wordCols;
        int shift = 2 * Byte.SIZE;
        IntVector mask = IntVector.broadcast(I, 0xFF);
        IntVector upper = IntVector.broadcast(I, 0xFF00);
        int to = 0;
        for (int block = 0; block < cols; block += chunk.blockCols) {
            FloatVector s00 = FloatVector.zero(F);
            FloatVector s01 = s00;
            FloatVector s10 = s00;
            FloatVector s11 = s00;
            FloatVector s20 = s00;
            FloatVector s21 = s00;
            FloatVector s30 = s00;
            FloatVector s31 = s00;
            for (int c = 0; c < chunk.blockCols; c += wordCols) {
                IntVector q0 = IntVector.fromMemorySegment(I, data, at, LE);
                IntVector q1 = IntVector.fromMemorySegment(I, data, at + B, LE);
                for (int n = 0; n < wordCols; n += 2) {
                    FloatVector w0 = (FloatVector) q0.and(mask).convert(I2F, 0);
                    FloatVector w1 = (FloatVector) q1.and(mask).convert(I2F, 0);
                    FloatVector v = FloatVector.broadcast(F, x[from]);
                    s00 = v.fma(w0, s00);
                    s01 = v.fma(w1, s01);
                    v = FloatVector.broadcast(F, x[from + 1]);
                    s10 = v.fma(w0, s10);
                    s11 = v.fma(w1, s11);
                    v = FloatVector.broadcast(F, x[from + 2]);
                    s20 = v.fma(w0, s20);
                    s21 = v.fma(w1, s21);
                    v = FloatVector.broadcast(F, x[from + 3]);
                    s30 = v.fma(w0, s30);
                    s31 = v.fma(w1, s31);
                    w0 = (FloatVector) q0.and(upper).convert(I2F, 0);
                    w1 = (FloatVector) q1.and(upper).convert(I2F, 0);
                    v = FloatVector.broadcast(F, x[from + QUAD]);
                    s00 = v.fma(w0, s00);
                    s01 = v.fma(w1, s01);
                    v = FloatVector.broadcast(F, x[from + QUAD + 1]);
                    s10 = v.fma(w0, s10);
                    s11 = v.fma(w1, s11);
                    v = FloatVector.broadcast(F, x[from + QUAD + 2]);
                    s20 = v.fma(w0, s20);
                    s21 = v.fma(w1, s21);
                    v = FloatVector.broadcast(F, x[from + QUAD + 3]);
                    s30 = v.fma(w0, s30);
                    s31 = v.fma(w1, s31);
                    q0 = q0.lanewise(LSHR, shift);
                    q1 = q1.lanewise(LSHR, shift);
                    from += 2 * QUAD;
                }
                at += WORD_BYTES;
            }
            s00.intoArray(blockSums, to);
            s01.intoArray(blockSums, to + L);
            s10.intoArray(blockSums, to + 2 * L);
            s11.intoArray(blockSums, to + 3 * L);
            s20.intoArray(blockSums, to + 4 * L);
            s21.intoArray(blockSums, to + 5 * L);
            s30.intoArray(blockSums, to + 6 * L);
            s31.intoArray(blockSums, to + 7 * L);
            to += 2 * QUAD * L;
        }
    }

    private static void f16(ChunkView chunk, int row) {
        MemorySegment data = chunk.data;
        float[] x = chunk.x;
        float[] blockSums = chunk.blockSums;
        int cols = chunk.cols;
        int xAt = chunk.xAt;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
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
            q0 = q0.lanewise(ASHR, 3).and(Codes.HALF_MASK);
            FloatVector w0 = q0.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
            IntVector q1 = IntVector.fromMemorySegment(I, data, at + B, LE).lanewise(LSHL, shift);
            q1 = q1.lanewise(ASHR, 3).and(Codes.HALF_MASK);
            FloatVector w1 = q1.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
            int from = xAt + c * QUAD;
            FloatVector v = FloatVector.broadcast(F, x[from]);
            s00 = v.fma(w0, s00);
            s01 = v.fma(w1, s01);
            v = FloatVector.broadcast(F, x[from + 1]);
            s10 = v.fma(w0, s10);
            s11 = v.fma(w1, s11);
            v = FloatVector.broadcast(F, x[from + 2]);
            s20 = v.fma(w0, s20);
            s21 = v.fma(w1, s21);
            v = FloatVector.broadcast(F, x[from + 3]);
            s30 = v.fma(w0, s30);
            s31 = v.fma(w1, s31);
            at += c % 2 * WORD_BYTES;
        }
        s00.intoArray(blockSums, 0);
        s01.intoArray(blockSums, L);
        s10.intoArray(blockSums, 2 * L);
        s11.intoArray(blockSums, 3 * L);
        s20.intoArray(blockSums, 4 * L);
        s21.intoArray(blockSums, 5 * L);
        s30.intoArray(blockSums, 6 * L);
        s31.intoArray(blockSums, 7 * L);
    }

    private static void bf16(ChunkView chunk, int row) {
        MemorySegment data = chunk.data;
        float[] x = chunk.x;
        float[] blockSums = chunk.blockSums;
        int cols = chunk.cols;
        int xAt = chunk.xAt;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
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
            FloatVector w0 = q0.lanewise(LSHL, shift).and(0xFFFF_0000).reinterpretAsFloats();
            FloatVector w1 = q1.lanewise(LSHL, shift).and(0xFFFF_0000).reinterpretAsFloats();
            int from = xAt + c * QUAD;
            FloatVector v = FloatVector.broadcast(F, x[from]);
            s00 = v.fma(w0, s00);
            s01 = v.fma(w1, s01);
            v = FloatVector.broadcast(F, x[from + 1]);
            s10 = v.fma(w0, s10);
            s11 = v.fma(w1, s11);
            v = FloatVector.broadcast(F, x[from + 2]);
            s20 = v.fma(w0, s20);
            s21 = v.fma(w1, s21);
            v = FloatVector.broadcast(F, x[from + 3]);
            s30 = v.fma(w0, s30);
            s31 = v.fma(w1, s31);
            at += c % 2 * WORD_BYTES;
        }
        s00.intoArray(blockSums, 0);
        s01.intoArray(blockSums, L);
        s10.intoArray(blockSums, 2 * L);
        s11.intoArray(blockSums, 3 * L);
        s20.intoArray(blockSums, 4 * L);
        s21.intoArray(blockSums, 5 * L);
        s30.intoArray(blockSums, 6 * L);
        s31.intoArray(blockSums, 7 * L);
    }

    private static void f32(ChunkView chunk, int row) {
        MemorySegment data = chunk.data;
        float[] x = chunk.x;
        float[] blockSums = chunk.blockSums;
        int cols = chunk.cols;
        int xAt = chunk.xAt;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        FloatVector s00 = FloatVector.zero(F);
        FloatVector s01 = s00;
        FloatVector s10 = s00;
        FloatVector s11 = s00;
        FloatVector s20 = s00;
        FloatVector s21 = s00;
        FloatVector s30 = s00;
        FloatVector s31 = s00;
        for (int c = 0; c < cols; c++) {
            FloatVector w0 = FloatVector.fromMemorySegment(F, data, at, LE);
            FloatVector w1 = FloatVector.fromMemorySegment(F, data, at + B, LE);
            int from = xAt + c * QUAD;
            FloatVector v = FloatVector.broadcast(F, x[from]);
            s00 = v.fma(w0, s00);
            s01 = v.fma(w1, s01);
            v = FloatVector.broadcast(F, x[from + 1]);
            s10 = v.fma(w0, s10);
            s11 = v.fma(w1, s11);
            v = FloatVector.broadcast(F, x[from + 2]);
            s20 = v.fma(w0, s20);
            s21 = v.fma(w1, s21);
            v = FloatVector.broadcast(F, x[from + 3]);
            s30 = v.fma(w0, s30);
            s31 = v.fma(w1, s31);
            at += WORD_BYTES;
        }
        s00.intoArray(blockSums, 0);
        s01.intoArray(blockSums, L);
        s10.intoArray(blockSums, 2 * L);
        s11.intoArray(blockSums, 3 * L);
        s20.intoArray(blockSums, 4 * L);
        s21.intoArray(blockSums, 5 * L);
        s30.intoArray(blockSums, 6 * L);
        s31.intoArray(blockSums, 7 * L);
    }
}
