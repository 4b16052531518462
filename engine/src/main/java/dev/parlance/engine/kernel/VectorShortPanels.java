package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.Lanes.WORD_BYTES;
import static dev.parlance.engine.kernel.PreparedInputs.QUAD;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * For many input vectors: writes codes to a panel, which stays in the first level cache, and
 * multiplies it with a quad of input vectors at once. Two registers of the panel are multiplied
 * with a word of each input: two columns of the rows of two registers, or a column of a strand's
 * rows ({@link Codes#fillLanes}), those of the first register in the lower halves of the first, and
 * so on.
 */
final class VectorShortPanels {
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final VectorSpecies<Short> S = Lanes.S;
    private static final ByteOrder LE = Lanes.ORDER;
    private static final int L = Lanes.COUNT;
    private static final int B = Lanes.BYTES;

    /** Words of a panel that are multiplied with one of each input. */
    private static final int WIDTH = 2 * L;

    private VectorShortPanels() {}

    /**
     * Fills the panel.
     *
     * @param row the first row, within the group
     */
    static void unpack(ChunkView chunk, int row, int[] panel) {
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        switch (chunk.codes) {
            case TWO_BITS, FOUR_BITS -> whole(chunk, at, panel);
            case FIVE_BITS -> {
                fives(chunk, at, panel, 0);
                fives(chunk, at + B, panel, L);
            }
            case SIX_BITS -> {
                sixes(chunk, at, panel, 0);
                sixes(chunk, at + B, panel, L);
            }
            default -> throw new IllegalStateException(chunk.codes + " are multiplied as floats");
        }
    }

    private static void whole(ChunkView chunk, long at, int[] panel) {
        MemorySegment data = chunk.data;
        int bits = chunk.codes.bits;
        int halfCols = chunk.codes.halfCols();
        ShortVector mask = ShortVector.broadcast(S, (short) ((1 << bits) - 1));
        int uppers = halfCols * WIDTH;
        int to = 0;
        for (int c = 0; c < chunk.cols; c += chunk.codes.wordCols) {
            IntVector q0 = IntVector.fromMemorySegment(I, data, at, LE);
            IntVector q1 = IntVector.fromMemorySegment(I, data, at + B, LE);
            IntVector q2 = IntVector.fromMemorySegment(I, data, at + 2 * B, LE);
            IntVector q3 = IntVector.fromMemorySegment(I, data, at + 3 * B, LE);
            ShortVector lower0 = q1.lanewise(LSHL, 16).or(q0.and(0xFFFF)).reinterpretAsShorts();
            ShortVector lower1 = q3.lanewise(LSHL, 16).or(q2.and(0xFFFF)).reinterpretAsShorts();
            ShortVector upper0 =
                    q0.lanewise(LSHR, 16).or(q1.and(0xFFFF_0000)).reinterpretAsShorts();
            ShortVector upper1 =
                    q2.lanewise(LSHR, 16).or(q3.and(0xFFFF_0000)).reinterpretAsShorts();
            for (int n = 0; n < halfCols; n++) {
                mask.and(lower0).reinterpretAsInts().intoArray(panel, to);
                mask.and(lower1).reinterpretAsInts().intoArray(panel, to + L);
                mask.and(upper0).reinterpretAsInts().intoArray(panel, to + uppers);
                mask.and(upper1).reinterpretAsInts().intoArray(panel, to + uppers + L);
                lower0 = lower0.lanewise(LSHR, bits);
                lower1 = lower1.lanewise(LSHR, bits);
                upper0 = upper0.lanewise(LSHR, bits);
                upper1 = upper1.lanewise(LSHR, bits);
                to += WIDTH;
            }
            to += uppers;
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
                    to += WIDTH;
                }
                r = q.lanewise(LSHL, 4 - word).or(r);
                at += WORD_BYTES;
            }
            r.reinterpretAsInts().intoArray(panel, to);
            to += WIDTH;
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
                    to += WIDTH;
                }
                r = q.lanewise(LSHL, 8 - 4 * word).or(r);
                at += WORD_BYTES;
            }
            for (int n = 0; n < 2; n++) {
                mask.and(r).reinterpretAsInts().intoArray(panel, to);
                r = r.lanewise(LSHR, 6);
                to += WIDTH;
            }
        }
    }

    /** Leaves the sums of blocks. */
    static void multiply(ChunkView chunk, int[] panel) {
        int[] x = chunk.pairs;
        int[] starts = chunk.starts;
        int[] shortSums = chunk.shortSums;
        int xAt = chunk.xAt;
        int block = chunk.blockAt;
        int wordCols = chunk.codes.fillLanes() ? 1 : 2;
        int steps = chunk.cols / (8 * wordCols);
        int lastStep = chunk.blockCols / (8 * wordCols) - 1;
        int to = 0;
        ShortVector s00 = IntVector.broadcast(I, starts[block]).reinterpretAsShorts();
        ShortVector s01 = s00;
        ShortVector s10 = IntVector.broadcast(I, starts[block + 1]).reinterpretAsShorts();
        ShortVector s11 = s10;
        ShortVector s20 = IntVector.broadcast(I, starts[block + 2]).reinterpretAsShorts();
        ShortVector s21 = s20;
        ShortVector s30 = IntVector.broadcast(I, starts[block + 3]).reinterpretAsShorts();
        ShortVector s31 = s30;
        for (int step = 0; step < steps; step++) {
            int word = step * 8;
            for (int n = 0; n < 8; n++) {
                int from = (word + n) * WIDTH;
                ShortVector w0 = IntVector.fromArray(I, panel, from).reinterpretAsShorts();
                ShortVector w1 = IntVector.fromArray(I, panel, from + L).reinterpretAsShorts();
                int at = xAt + (word + n) * QUAD;
                ShortVector v = IntVector.broadcast(I, x[at]).reinterpretAsShorts();
                s00 = w0.mul(v).add(s00);
                s01 = w1.mul(v).add(s01);
                v = IntVector.broadcast(I, x[at + 1]).reinterpretAsShorts();
                s10 = w0.mul(v).add(s10);
                s11 = w1.mul(v).add(s11);
                v = IntVector.broadcast(I, x[at + 2]).reinterpretAsShorts();
                s20 = w0.mul(v).add(s20);
                s21 = w1.mul(v).add(s21);
                v = IntVector.broadcast(I, x[at + 3]).reinterpretAsShorts();
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
                to += 2 * QUAD * L;
                block += QUAD;
                s00 = IntVector.broadcast(I, starts[block]).reinterpretAsShorts();
                s01 = s00;
                s10 = IntVector.broadcast(I, starts[block + 1]).reinterpretAsShorts();
                s11 = s10;
                s20 = IntVector.broadcast(I, starts[block + 2]).reinterpretAsShorts();
                s21 = s20;
                s30 = IntVector.broadcast(I, starts[block + 3]).reinterpretAsShorts();
                s31 = s30;
            }
        }
    }
}
