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
 * For many input vectors: writes the values of the rows of two registers to a panel, which stays in
 * the first level cache, and multiplies it with a quad of input vectors at once.
 */
final class VectorPanels {
    /** Rows of a panel of floats. */
    private static final int ROWS = 2 * Lanes.COUNT;

    private static final VectorSpecies<Float> F = Lanes.F;
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final ByteOrder LE = Lanes.ORDER;
    private static final int L = Lanes.COUNT;
    private static final int B = Lanes.BYTES;

    private VectorPanels() {}

    /**
     * Fills the panel.
     *
     * @param row the first row, within the group
     */
    static void unpack(ChunkView chunk, int row, Scratch scratch) {
        if (chunk.codes.areQuantised()) {
            VectorShortPanels.unpack(chunk, row, scratch.shortPanel);
            return;
        }
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        switch (chunk.codes) {
            case TWO_BITS, FOUR_BITS, FIVE_BITS, SIX_BITS ->
                    throw new IllegalStateException(chunk.codes + " are whole numbers");
            case BYTES -> bytes(chunk, at, scratch.panel);
            case F16 -> f16(chunk, at, scratch.panel);
            case BF16 -> bf16(chunk, at, scratch.panel);
            case F32 -> f32(chunk, at, scratch.panel);
        }
    }

    private static void bytes(ChunkView chunk, long at, float[] panel) {
        MemorySegment data = chunk.data;
        int wordCols = Codes.BYTES.wordCols;
        int shift = 2 * Byte.SIZE;
        IntVector mask = IntVector.broadcast(I, 0xFF);
        IntVector upper = IntVector.broadcast(I, 0xFF00);
        int to = 0;
        for (int c = 0; c < chunk.cols; c += wordCols) {
            IntVector q0 = IntVector.fromMemorySegment(I, data, at, LE);
            IntVector q1 = IntVector.fromMemorySegment(I, data, at + B, LE);
            for (int n = 0; n < wordCols; n += 2) {
                ((FloatVector) q0.and(mask).convert(I2F, 0)).intoArray(panel, to);
                ((FloatVector) q1.and(mask).convert(I2F, 0)).intoArray(panel, to + L);
                ((FloatVector) q0.and(upper).convert(I2F, 0)).intoArray(panel, to + ROWS);
                ((FloatVector) q1.and(upper).convert(I2F, 0)).intoArray(panel, to + ROWS + L);
                q0 = q0.lanewise(LSHR, shift);
                q1 = q1.lanewise(LSHR, shift);
                to += 2 * ROWS;
            }
            at += WORD_BYTES;
        }
    }

    private static void f16(ChunkView chunk, long at, float[] panel) {
        MemorySegment data = chunk.data;
        for (int c = 0; c < chunk.cols; c++) {
            int shift = 16 - c % 2 * 16;
            IntVector q0 = IntVector.fromMemorySegment(I, data, at, LE).lanewise(LSHL, shift);
            q0 = q0.lanewise(ASHR, 3).and(Codes.HALF_MASK);
            q0.reinterpretAsFloats().mul(Codes.HALF_EXPONENT).intoArray(panel, c * ROWS);
            IntVector q1 = IntVector.fromMemorySegment(I, data, at + B, LE).lanewise(LSHL, shift);
            q1 = q1.lanewise(ASHR, 3).and(Codes.HALF_MASK);
            q1.reinterpretAsFloats().mul(Codes.HALF_EXPONENT).intoArray(panel, c * ROWS + L);
            at += c % 2 * WORD_BYTES;
        }
    }

    private static void bf16(ChunkView chunk, long at, float[] panel) {
        MemorySegment data = chunk.data;
        for (int c = 0; c < chunk.cols; c++) {
            int shift = 16 - c % 2 * 16;
            IntVector q0 = IntVector.fromMemorySegment(I, data, at, LE).lanewise(LSHL, shift);
            q0.and(0xFFFF_0000).reinterpretAsFloats().intoArray(panel, c * ROWS);
            IntVector q1 = IntVector.fromMemorySegment(I, data, at + B, LE).lanewise(LSHL, shift);
            q1.and(0xFFFF_0000).reinterpretAsFloats().intoArray(panel, c * ROWS + L);
            at += c % 2 * WORD_BYTES;
        }
    }

    private static void f32(ChunkView chunk, long at, float[] panel) {
        MemorySegment data = chunk.data;
        for (int c = 0; c < chunk.cols; c++) {
            FloatVector.fromMemorySegment(F, data, at, LE).intoArray(panel, c * ROWS);
            FloatVector.fromMemorySegment(F, data, at + B, LE).intoArray(panel, c * ROWS + L);
            at += WORD_BYTES;
        }
    }

    /** Multiplies what is in the panel and leaves the sums of blocks. */
    static void multiply(ChunkView chunk, Scratch scratch) {
        if (chunk.codes.areQuantised()) {
            VectorShortPanels.multiply(chunk, scratch.shortPanel);
        } else {
            multiply(chunk, scratch.panel);
        }
    }

    private static void multiply(ChunkView chunk, float[] panel) {
        float[] x = chunk.x;
        float[] blockSums = chunk.blockSums;
        int cols = chunk.cols;
        int xAt = chunk.xAt;
        int to = 0;
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
                int at = xAt + c * QUAD;
                FloatVector v = FloatVector.broadcast(F, x[at]);
                s00 = v.fma(w0, s00);
                s01 = v.fma(w1, s01);
                v = FloatVector.broadcast(F, x[at + 1]);
                s10 = v.fma(w0, s10);
                s11 = v.fma(w1, s11);
                v = FloatVector.broadcast(F, x[at + 2]);
                s20 = v.fma(w0, s20);
                s21 = v.fma(w1, s21);
                v = FloatVector.broadcast(F, x[at + 3]);
                s30 = v.fma(w0, s30);
                s31 = v.fma(w1, s31);
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
}
