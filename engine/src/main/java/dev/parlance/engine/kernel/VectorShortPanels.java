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
            addLong(panel, chunk, inputs, row, scales, sums, to);
        } else {
            addShort(panel, chunk, inputs, row, scales, sums, to);
        }
    }

    private static void addLong(
            int[] panel,
            ChunkView chunk,
            int inputs,
            int row,
            ScaleBuffer scales,
            float[] sums,
            int to) {
        int last = inputs - 1;
        int second = Math.min(1, last);
        int third = Math.min(2, last);
        int pair0 = chunk.xAt;
        int pair1 = pair0 + second * chunk.xStride;
        int pair2 = pair0 + third * chunk.xStride;
        int pair3 = pair0 + last * chunk.xStride;
        int[] x = chunk.pairs;
        int[] starts = chunk.starts;
        short[] blockSums = chunk.shortSums;
        int scale = row;
        int from = 0;
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
            s00.intoArray(blockSums, 0);
            s01.intoArray(blockSums, 2 * L);
            s10.intoArray(blockSums, 4 * L);
            s11.intoArray(blockSums, 6 * L);
            s20.intoArray(blockSums, 8 * L);
            s21.intoArray(blockSums, 10 * L);
            s30.intoArray(blockSums, 12 * L);
            s31.intoArray(blockSums, 14 * L);
            addBlock(chunk, block, inputs, scales, scale, sums, to);
            scale += GROUP_ROWS;
        }
    }

    private static void addShort(
            int[] panel,
            ChunkView chunk,
            int inputs,
            int row,
            ScaleBuffer scales,
            float[] sums,
            int to) {
        int last = inputs - 1;
        int second = Math.min(1, last);
        int third = Math.min(2, last);
        int pair0 = chunk.xAt;
        int pair1 = pair0 + second * chunk.xStride;
        int pair2 = pair0 + third * chunk.xStride;
        int pair3 = pair0 + last * chunk.xStride;
        int[] x = chunk.pairs;
        int[] starts = chunk.starts;
        short[] blockSums = chunk.shortSums;
        int scale = row;
        int from = 0;
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
            s00.intoArray(blockSums, 0);
            s01.intoArray(blockSums, 2 * L);
            s10.intoArray(blockSums, 4 * L);
            s11.intoArray(blockSums, 6 * L);
            s20.intoArray(blockSums, 8 * L);
            s21.intoArray(blockSums, 10 * L);
            s30.intoArray(blockSums, 12 * L);
            s31.intoArray(blockSums, 14 * L);
            addBlock(chunk, block, inputs, scales, scale, sums, to);
            scale += GROUP_ROWS;
        }
    }

    /**
     * Scales the sums of a block and adds them. They come by way of memory: C2 gives up half-way
     * through a longer method and makes objects of vectors.
     *
     * @param block the first input's
     * @param scale where the scale of the first row is
     */
    private static void addBlock(
            ChunkView chunk,
            int block,
            int inputs,
            ScaleBuffer scales,
            int scale,
            float[] sums,
            int to) {
        short[] blockSums = chunk.shortSums;
        FloatVector d0 = FloatVector.fromArray(F, scales.scales, scale);
        FloatVector d1 = FloatVector.fromArray(F, scales.scales, scale + L);
        FloatVector m0 = FloatVector.fromArray(F, scales.minimums, scale);
        FloatVector m1 = FloatVector.fromArray(F, scales.minimums, scale + L);
        for (int i = 0; i < inputs; i++) {
            FloatVector e = FloatVector.broadcast(F, chunk.inputScales[block]);
            FloatVector b = FloatVector.broadcast(F, chunk.blockSums[block]);
            // Both halves of a word belong to one row.
            IntVector i0 = ShortVector.fromArray(S, blockSums, 4 * i * L).reinterpretAsInts();
            i0 = i0.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i0.lanewise(ASHR, 16));
            FloatVector f0 = ((FloatVector) i0.convert(I2F, 0)).mul(e);
            f0 = f0.fma(d0, FloatVector.fromArray(F, sums, to));
            b.fma(m0, f0).intoArray(sums, to);
            IntVector i1 = ShortVector.fromArray(S, blockSums, (4 * i + 2) * L).reinterpretAsInts();
            i1 = i1.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i1.lanewise(ASHR, 16));
            FloatVector f1 = ((FloatVector) i1.convert(I2F, 0)).mul(e);
            f1 = f1.fma(d1, FloatVector.fromArray(F, sums, to + L));
            b.fma(m1, f1).intoArray(sums, to + L);
            block += chunk.blockStride;
            to += GROUP_ROWS;
        }
    }
}
