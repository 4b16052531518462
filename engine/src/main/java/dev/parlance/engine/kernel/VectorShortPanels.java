package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.Lanes.WORD_BYTES;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * For many input vectors: writes the codes of the rows of two registers to a panel, which stays in
 * the first level cache, and multiplies it with four input vectors at once.
 */
final class VectorShortPanels {
    /** Rows of a panel. */
    static final int ROWS = 2 * Lanes.COUNT;

    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final VectorSpecies<Short> S = Lanes.S;
    private static final ByteOrder LE = Lanes.ORDER;
    private static final int L = Lanes.COUNT;

    private VectorShortPanels() {}

    /**
     * @param at where the first word of the first row is
     * @param panel pairs of columns x rows
     * @param to where the first pair of that row goes
     */
    static void unpack(ChunkView chunk, long at, int[] panel, int to) {
        switch (chunk.codes) {
            case TWO_BITS, FOUR_BITS -> whole(chunk, at, panel, to);
            case FIVE_BITS -> fives(chunk, at, panel, to);
            case SIX_BITS -> sixes(chunk, at, panel, to);
            default -> throw new IllegalStateException(chunk.codes + " are multiplied as floats");
        }
    }

    private static void whole(ChunkView chunk, long at, int[] panel, int to) {
        MemorySegment data = chunk.data;
        int bits = chunk.codes.bits;
        int halfCols = chunk.codes.halfCols();
        ShortVector mask = ShortVector.broadcast(S, (short) ((1 << bits) - 1));
        for (int c = 0; c < chunk.cols; c += chunk.codes.wordCols) {
            ShortVector q = ShortVector.fromMemorySegment(S, data, at, LE);
            for (int n = 0; n < halfCols; n++) {
                mask.and(q).reinterpretAsInts().intoArray(panel, to);
                q = q.lanewise(LSHR, bits);
                to += ROWS;
            }
            at += WORD_BYTES;
        }
    }

    /** Numbers as in {@link Codes#FIVE_BITS}: 3 in a half, 5 words, a bit left. */
    private static void fives(ChunkView chunk, long at, int[] panel, int to) {
        MemorySegment data = chunk.data;
        ShortVector mask = ShortVector.broadcast(S, (short) 31);
        for (int c = 0; c < chunk.cols; c += chunk.blockCols) {
            ShortVector r = ShortVector.zero(S);
            for (int word = 0; word < 5; word++) {
                ShortVector q = ShortVector.fromMemorySegment(S, data, at, LE);
                for (int n = 0; n < 3; n++) {
                    mask.and(q).reinterpretAsInts().intoArray(panel, to);
                    q = q.lanewise(LSHR, 5);
                    to += ROWS;
                }
                r = q.lanewise(LSHL, 4 - word).or(r);
                at += WORD_BYTES;
            }
            r.reinterpretAsInts().intoArray(panel, to);
            to += ROWS;
        }
    }

    /** Numbers as in {@link Codes#SIX_BITS}: 2 in a half, 3 words, four bits left. */
    private static void sixes(ChunkView chunk, long at, int[] panel, int to) {
        MemorySegment data = chunk.data;
        ShortVector mask = ShortVector.broadcast(S, (short) 63);
        for (int c = 0; c < chunk.cols; c += chunk.blockCols) {
            ShortVector r = ShortVector.zero(S);
            for (int word = 0; word < 3; word++) {
                ShortVector q = ShortVector.fromMemorySegment(S, data, at, LE);
                for (int n = 0; n < 2; n++) {
                    mask.and(q).reinterpretAsInts().intoArray(panel, to);
                    q = q.lanewise(LSHR, 6);
                    to += ROWS;
                }
                r = q.lanewise(LSHL, 8 - 4 * word).or(r);
                at += WORD_BYTES;
            }
            for (int n = 0; n < 2; n++) {
                mask.and(r).reinterpretAsInts().intoArray(panel, to);
                r = r.lanewise(LSHR, 6);
                to += ROWS;
            }
        }
    }

    /** Parameters as in {@link VectorTiles#add}. */
    static void add(
            int[] panel,
            ChunkView chunk,
            int inputs,
            int row,
            ScaleBuffer scales,
            float[] sums,
            int to) {
        multiply(panel, chunk, inputs);
        VectorShortSums.add(chunk, inputs, row, scales, sums, to);
    }

    private static void multiply(int[] panel, ChunkView chunk, int inputs) {
        int[] x = chunk.pairs;
        int[] starts = chunk.starts;
        int[] shortSums = chunk.shortSums;
        int last = inputs - 1;
        int second = Math.min(1, last);
        int third = Math.min(2, last);
        int x0 = chunk.xAt;
        int x1 = x0 + second * chunk.xStride;
        int x2 = x0 + third * chunk.xStride;
        int x3 = x0 + last * chunk.xStride;
        int block0 = chunk.blockAt;
        int block1 = block0 + second * chunk.blockStride;
        int block2 = block0 + third * chunk.blockStride;
        int block3 = block0 + last * chunk.blockStride;
        int steps = chunk.cols / 16;
        int lastStep = chunk.blockCols / 16 - 1;
        int to = 0;
        ShortVector s00 = IntVector.broadcast(I, starts[block0]).reinterpretAsShorts();
        ShortVector s01 = s00;
        ShortVector s10 = IntVector.broadcast(I, starts[block1]).reinterpretAsShorts();
        ShortVector s11 = s10;
        ShortVector s20 = IntVector.broadcast(I, starts[block2]).reinterpretAsShorts();
        ShortVector s21 = s20;
        ShortVector s30 = IntVector.broadcast(I, starts[block3]).reinterpretAsShorts();
        ShortVector s31 = s30;
        for (int step = 0; step < steps; step++) {
            int pair = step * 8;
            for (int n = 0; n < 8; n++) {
                int from = (pair + n) * ROWS;
                ShortVector w0 = IntVector.fromArray(I, panel, from).reinterpretAsShorts();
                ShortVector w1 = IntVector.fromArray(I, panel, from + L).reinterpretAsShorts();
                ShortVector v = IntVector.broadcast(I, x[x0 + pair + n]).reinterpretAsShorts();
                s00 = w0.mul(v).add(s00);
                s01 = w1.mul(v).add(s01);
                v = IntVector.broadcast(I, x[x1 + pair + n]).reinterpretAsShorts();
                s10 = w0.mul(v).add(s10);
                s11 = w1.mul(v).add(s11);
                v = IntVector.broadcast(I, x[x2 + pair + n]).reinterpretAsShorts();
                s20 = w0.mul(v).add(s20);
                s21 = w1.mul(v).add(s21);
                v = IntVector.broadcast(I, x[x3 + pair + n]).reinterpretAsShorts();
                s30 = w0.mul(v).add(s30);
                s31 = w1.mul(v).add(s31);
            }
            if ((step & lastStep) == lastStep) {
                s00.reinterpretAsInts().intoArray(shortSums, to);
                s01.reinterpretAsInts().intoArray(shortSums, to + L);
                s10.reinterpretAsInts().intoArray(shortSums, to + 2 * L);
                s11.reinterpretAsInts().intoArray(shortSums, to + 3 * L);
                s20.reinterpretAsInts().intoArray(shortSums, to + 4 * L);
                s21.reinterpretAsInts().intoArray(shortSums, to + 5 * L);
                s30.reinterpretAsInts().intoArray(shortSums, to + 6 * L);
                s31.reinterpretAsInts().intoArray(shortSums, to + 7 * L);
                to += 8 * L;
                block0++;
                s00 = IntVector.broadcast(I, starts[block0]).reinterpretAsShorts();
                s01 = s00;
                block1++;
                s10 = IntVector.broadcast(I, starts[block1]).reinterpretAsShorts();
                s11 = s10;
                block2++;
                s20 = IntVector.broadcast(I, starts[block2]).reinterpretAsShorts();
                s21 = s20;
                block3++;
                s30 = IntVector.broadcast(I, starts[block3]).reinterpretAsShorts();
                s31 = s30;
            }
        }
    }
}
