package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.Lanes.WORD_BYTES;
import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.FloatVector;
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

    private static final VectorSpecies<Float> F = Lanes.F;
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
            for (int word = 0; word < 5; word++) {
                ShortVector q = ShortVector.fromMemorySegment(S, data, at, LE);
                for (int n = 0; n < 3; n++) {
                    mask.and(q).reinterpretAsInts().intoArray(panel, to);
                    q = q.lanewise(LSHR, 5);
                    to += ROWS;
                }
                at += WORD_BYTES;
            }
            ShortVector r = ShortVector.zero(S);
            for (int word = 5; word > 0; word--) {
                ShortVector q = ShortVector.fromMemorySegment(S, data, at - word * WORD_BYTES, LE);
                r = r.lanewise(LSHL, 1).or(q.lanewise(LSHR, 15));
            }
            for (int n = 0; n < 1; n++) {
                mask.and(r).reinterpretAsInts().intoArray(panel, to);
                r = r.lanewise(LSHR, 5);
                to += ROWS;
            }
        }
    }

    /** Numbers as in {@link Codes#SIX_BITS}: 2 in a half, 3 words, four bits left. */
    private static void sixes(ChunkView chunk, long at, int[] panel, int to) {
        MemorySegment data = chunk.data;
        ShortVector mask = ShortVector.broadcast(S, (short) 63);
        for (int c = 0; c < chunk.cols; c += chunk.blockCols) {
            for (int word = 0; word < 3; word++) {
                ShortVector q = ShortVector.fromMemorySegment(S, data, at, LE);
                for (int n = 0; n < 2; n++) {
                    mask.and(q).reinterpretAsInts().intoArray(panel, to);
                    q = q.lanewise(LSHR, 6);
                    to += ROWS;
                }
                at += WORD_BYTES;
            }
            ShortVector r = ShortVector.zero(S);
            for (int word = 3; word > 0; word--) {
                ShortVector q = ShortVector.fromMemorySegment(S, data, at - word * WORD_BYTES, LE);
                r = r.lanewise(LSHL, 4).or(q.lanewise(LSHR, 12));
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
        // The number of pairs is a constant of each loop: a variable is a tenth slower.
        if (chunk.blockCols == 32) {
            multiplyLong(panel, chunk, inputs);
        } else {
            multiplyShort(panel, chunk, inputs);
        }
        for (int input = 0; input < inputs; input += 2) {
            scale(chunk, input, inputs, row, scales, sums, to);
        }
    }

    /**
     * Multiplies the panel with four inputs: writes the sums of each block, which {@link #scale}
     * adds. Both in one loop would need more registers than there are, and C2 gives up half-way
     * through a longer method and makes objects of vectors.
     */
    private static void multiplyLong(int[] panel, ChunkView chunk, int inputs) {
        int last = inputs - 1;
        int second = Math.min(1, last);
        int third = Math.min(2, last);
        int pair0 = chunk.xAt;
        int pair1 = pair0 + second * chunk.xStride;
        int pair2 = pair0 + third * chunk.xStride;
        int pair3 = pair0 + last * chunk.xStride;
        int[] x = chunk.pairs;
        int[] starts = chunk.starts;
        int[] shortSums = chunk.shortSums;
        int from = 0;
        int to = 0;
        int end = chunk.blockAt + chunk.cols / chunk.blockCols;
        for (int block = chunk.blockAt; block < end; block++) {
            int start0 = starts[block];
            int start1 = starts[block + second * chunk.blockStride];
            int start2 = starts[block + third * chunk.blockStride];
            int start3 = starts[block + last * chunk.blockStride];
            ShortVector s00 = IntVector.broadcast(I, start0).reinterpretAsShorts();
            ShortVector s01 = s00;
            ShortVector s10 = IntVector.broadcast(I, start1).reinterpretAsShorts();
            ShortVector s11 = s10;
            ShortVector s20 = IntVector.broadcast(I, start2).reinterpretAsShorts();
            ShortVector s21 = s20;
            ShortVector s30 = IntVector.broadcast(I, start3).reinterpretAsShorts();
            ShortVector s31 = s30;
            for (int n = 0; n < 16; n++) {
                ShortVector w0 = IntVector.fromArray(I, panel, from).reinterpretAsShorts();
                ShortVector w1 = IntVector.fromArray(I, panel, from + L).reinterpretAsShorts();
                ShortVector v = IntVector.broadcast(I, x[pair0++]).reinterpretAsShorts();
                s00 = w0.mul(v).add(s00);
                s01 = w1.mul(v).add(s01);
                v = IntVector.broadcast(I, x[pair1++]).reinterpretAsShorts();
                s10 = w0.mul(v).add(s10);
                s11 = w1.mul(v).add(s11);
                v = IntVector.broadcast(I, x[pair2++]).reinterpretAsShorts();
                s20 = w0.mul(v).add(s20);
                s21 = w1.mul(v).add(s21);
                v = IntVector.broadcast(I, x[pair3++]).reinterpretAsShorts();
                s30 = w0.mul(v).add(s30);
                s31 = w1.mul(v).add(s31);
                from += ROWS;
            }
            s00.reinterpretAsInts().intoArray(shortSums, to);
            s01.reinterpretAsInts().intoArray(shortSums, to + L);
            s10.reinterpretAsInts().intoArray(shortSums, to + 2 * L);
            s11.reinterpretAsInts().intoArray(shortSums, to + 3 * L);
            s20.reinterpretAsInts().intoArray(shortSums, to + 4 * L);
            s21.reinterpretAsInts().intoArray(shortSums, to + 5 * L);
            s30.reinterpretAsInts().intoArray(shortSums, to + 6 * L);
            s31.reinterpretAsInts().intoArray(shortSums, to + 7 * L);
            to += 8 * L;
        }
    }

    private static void multiplyShort(int[] panel, ChunkView chunk, int inputs) {
        int last = inputs - 1;
        int second = Math.min(1, last);
        int third = Math.min(2, last);
        int pair0 = chunk.xAt;
        int pair1 = pair0 + second * chunk.xStride;
        int pair2 = pair0 + third * chunk.xStride;
        int pair3 = pair0 + last * chunk.xStride;
        int[] x = chunk.pairs;
        int[] starts = chunk.starts;
        int[] shortSums = chunk.shortSums;
        int from = 0;
        int to = 0;
        int end = chunk.blockAt + chunk.cols / chunk.blockCols;
        for (int block = chunk.blockAt; block < end; block++) {
            int start0 = starts[block];
            int start1 = starts[block + second * chunk.blockStride];
            int start2 = starts[block + third * chunk.blockStride];
            int start3 = starts[block + last * chunk.blockStride];
            ShortVector s00 = IntVector.broadcast(I, start0).reinterpretAsShorts();
            ShortVector s01 = s00;
            ShortVector s10 = IntVector.broadcast(I, start1).reinterpretAsShorts();
            ShortVector s11 = s10;
            ShortVector s20 = IntVector.broadcast(I, start2).reinterpretAsShorts();
            ShortVector s21 = s20;
            ShortVector s30 = IntVector.broadcast(I, start3).reinterpretAsShorts();
            ShortVector s31 = s30;
            for (int n = 0; n < 8; n++) {
                ShortVector w0 = IntVector.fromArray(I, panel, from).reinterpretAsShorts();
                ShortVector w1 = IntVector.fromArray(I, panel, from + L).reinterpretAsShorts();
                ShortVector v = IntVector.broadcast(I, x[pair0++]).reinterpretAsShorts();
                s00 = w0.mul(v).add(s00);
                s01 = w1.mul(v).add(s01);
                v = IntVector.broadcast(I, x[pair1++]).reinterpretAsShorts();
                s10 = w0.mul(v).add(s10);
                s11 = w1.mul(v).add(s11);
                v = IntVector.broadcast(I, x[pair2++]).reinterpretAsShorts();
                s20 = w0.mul(v).add(s20);
                s21 = w1.mul(v).add(s21);
                v = IntVector.broadcast(I, x[pair3++]).reinterpretAsShorts();
                s30 = w0.mul(v).add(s30);
                s31 = w1.mul(v).add(s31);
                from += ROWS;
            }
            s00.reinterpretAsInts().intoArray(shortSums, to);
            s01.reinterpretAsInts().intoArray(shortSums, to + L);
            s10.reinterpretAsInts().intoArray(shortSums, to + 2 * L);
            s11.reinterpretAsInts().intoArray(shortSums, to + 3 * L);
            s20.reinterpretAsInts().intoArray(shortSums, to + 4 * L);
            s21.reinterpretAsInts().intoArray(shortSums, to + 5 * L);
            s30.reinterpretAsInts().intoArray(shortSums, to + 6 * L);
            s31.reinterpretAsInts().intoArray(shortSums, to + 7 * L);
            to += 8 * L;
        }
    }

    /** Scales the sums of the blocks of two inputs, or of the last one twice, and adds them. */
    private static void scale(
            ChunkView chunk,
            int input,
            int inputs,
            int row,
            ScaleBuffer scales,
            float[] sums,
            int to) {
        int[] shortSums = chunk.shortSums;
        float[] d = scales.scales;
        float[] m = scales.minimums;
        float[] inputScales = chunk.inputScales;
        float[] blockSums = chunk.blockSums;
        int other = Math.min(1, inputs - 1 - input);
        int block0 = chunk.blockAt + input * chunk.blockStride;
        int block1 = block0 + other * chunk.blockStride;
        int to0 = to + input * GROUP_ROWS;
        int to1 = to0 + other * GROUP_ROWS;
        FloatVector t00 = FloatVector.fromArray(F, sums, to0);
        FloatVector t01 = FloatVector.fromArray(F, sums, to0 + L);
        FloatVector t10 = FloatVector.fromArray(F, sums, to1);
        FloatVector t11 = FloatVector.fromArray(F, sums, to1 + L);
        int scale = row;
        int from = 2 * input * L;
        int count = chunk.cols / chunk.blockCols;
        for (int n = 0; n < count; n++) {
            FloatVector d0 = FloatVector.fromArray(F, d, scale);
            FloatVector d1 = FloatVector.fromArray(F, d, scale + L);
            FloatVector m0 = FloatVector.fromArray(F, m, scale);
            FloatVector m1 = FloatVector.fromArray(F, m, scale + L);
            // Both halves of a word belong to one row.
            FloatVector e0 = FloatVector.broadcast(F, inputScales[block0 + n]);
            FloatVector c0 = e0.mul(QuantisedInputs.LIFTED);
            FloatVector b0 = FloatVector.broadcast(F, blockSums[block0 + n]);
            IntVector i00 = IntVector.fromArray(I, shortSums, from);
            i00 = i00.and(0xFFFF).add(i00.lanewise(ASHR, 16));
            FloatVector f00 = ((FloatVector) i00.convert(I2F, 0)).fma(e0, c0);
            t00 = b0.fma(m0, f00.fma(d0, t00));
            IntVector i01 = IntVector.fromArray(I, shortSums, from + L);
            i01 = i01.and(0xFFFF).add(i01.lanewise(ASHR, 16));
            FloatVector f01 = ((FloatVector) i01.convert(I2F, 0)).fma(e0, c0);
            t01 = b0.fma(m1, f01.fma(d1, t01));
            FloatVector e1 = FloatVector.broadcast(F, inputScales[block1 + n]);
            FloatVector c1 = e1.mul(QuantisedInputs.LIFTED);
            FloatVector b1 = FloatVector.broadcast(F, blockSums[block1 + n]);
            IntVector i10 = IntVector.fromArray(I, shortSums, from + 2 * L);
            i10 = i10.and(0xFFFF).add(i10.lanewise(ASHR, 16));
            FloatVector f10 = ((FloatVector) i10.convert(I2F, 0)).fma(e1, c1);
            t10 = b1.fma(m0, f10.fma(d0, t10));
            IntVector i11 = IntVector.fromArray(I, shortSums, from + 3 * L);
            i11 = i11.and(0xFFFF).add(i11.lanewise(ASHR, 16));
            FloatVector f11 = ((FloatVector) i11.convert(I2F, 0)).fma(e1, c1);
            t11 = b1.fma(m1, f11.fma(d1, t11));
            scale += GROUP_ROWS;
            from += 8 * L;
        }
        t00.intoArray(sums, to0);
        t01.intoArray(sums, to0 + L);
        t10.intoArray(sums, to1);
        t11.intoArray(sums, to1 + L);
    }
}
