package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;
import static dev.parlance.engine.kernel.PackedMatrix.WORD_BYTES;

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
 *
 * <p>These methods are about as long as C2 compiles them well: in a JVM in which other code has
 * used vectors of many kinds before, it may make objects of the last ones, which {@link
 * KernelCheck} reports.
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
        // The number of pairs is a constant of each loop: C2 keeps sums in registers only so.
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
        int to1 = to + second * GROUP_ROWS;
        int to2 = to + third * GROUP_ROWS;
        int to3 = to + last * GROUP_ROWS;
        int block0 = chunk.blockAt;
        int block1 = block0 + second * chunk.blockStride;
        int block2 = block0 + third * chunk.blockStride;
        int block3 = block0 + last * chunk.blockStride;
        int[] x = chunk.pairs;
        int[] starts = chunk.starts;
        float[] inputScales = chunk.inputScales;
        float[] blockSums = chunk.blockSums;
        float[] d = scales.scales;
        float[] m = scales.minimums;
        FloatVector t00 = FloatVector.fromArray(F, sums, to);
        FloatVector t01 = FloatVector.fromArray(F, sums, to + L);
        FloatVector t10 = FloatVector.fromArray(F, sums, to1);
        FloatVector t11 = FloatVector.fromArray(F, sums, to1 + L);
        FloatVector t20 = FloatVector.fromArray(F, sums, to2);
        FloatVector t21 = FloatVector.fromArray(F, sums, to2 + L);
        FloatVector t30 = FloatVector.fromArray(F, sums, to3);
        FloatVector t31 = FloatVector.fromArray(F, sums, to3 + L);
        int scale = row;
        int from = 0;
        for (int end = block0 + chunk.cols / chunk.blockCols; block0 < end; ) {
            ShortVector s00 = IntVector.broadcast(I, starts[block0]).reinterpretAsShorts();
            ShortVector s01 = s00;
            ShortVector s10 = IntVector.broadcast(I, starts[block1]).reinterpretAsShorts();
            ShortVector s11 = s10;
            ShortVector s20 = IntVector.broadcast(I, starts[block2]).reinterpretAsShorts();
            ShortVector s21 = s20;
            ShortVector s30 = IntVector.broadcast(I, starts[block3]).reinterpretAsShorts();
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
            FloatVector d0 = FloatVector.fromArray(F, d, scale);
            FloatVector d1 = FloatVector.fromArray(F, d, scale + L);
            FloatVector m0 = FloatVector.fromArray(F, m, scale);
            FloatVector m1 = FloatVector.fromArray(F, m, scale + L);
            FloatVector e = FloatVector.broadcast(F, inputScales[block0]);
            FloatVector b = FloatVector.broadcast(F, blockSums[block0++]);
            IntVector i = s00.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            FloatVector f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            t00 = b.fma(m0, f.fma(d0, t00));
            i = s01.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            t01 = b.fma(m1, f.fma(d1, t01));
            e = FloatVector.broadcast(F, inputScales[block1]);
            b = FloatVector.broadcast(F, blockSums[block1++]);
            i = s10.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            t10 = b.fma(m0, f.fma(d0, t10));
            i = s11.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            t11 = b.fma(m1, f.fma(d1, t11));
            e = FloatVector.broadcast(F, inputScales[block2]);
            b = FloatVector.broadcast(F, blockSums[block2++]);
            i = s20.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            t20 = b.fma(m0, f.fma(d0, t20));
            i = s21.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            t21 = b.fma(m1, f.fma(d1, t21));
            e = FloatVector.broadcast(F, inputScales[block3]);
            b = FloatVector.broadcast(F, blockSums[block3++]);
            i = s30.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            t30 = b.fma(m0, f.fma(d0, t30));
            i = s31.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            t31 = b.fma(m1, f.fma(d1, t31));
            scale += GROUP_ROWS;
        }
        t00.intoArray(sums, to);
        t01.intoArray(sums, to + L);
        t10.intoArray(sums, to1);
        t11.intoArray(sums, to1 + L);
        t20.intoArray(sums, to2);
        t21.intoArray(sums, to2 + L);
        t30.intoArray(sums, to3);
        t31.intoArray(sums, to3 + L);
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
        int to1 = to + second * GROUP_ROWS;
        int to2 = to + third * GROUP_ROWS;
        int to3 = to + last * GROUP_ROWS;
        int block0 = chunk.blockAt;
        int block1 = block0 + second * chunk.blockStride;
        int block2 = block0 + third * chunk.blockStride;
        int block3 = block0 + last * chunk.blockStride;
        int[] x = chunk.pairs;
        int[] starts = chunk.starts;
        float[] inputScales = chunk.inputScales;
        float[] blockSums = chunk.blockSums;
        float[] d = scales.scales;
        float[] m = scales.minimums;
        FloatVector t00 = FloatVector.fromArray(F, sums, to);
        FloatVector t01 = FloatVector.fromArray(F, sums, to + L);
        FloatVector t10 = FloatVector.fromArray(F, sums, to1);
        FloatVector t11 = FloatVector.fromArray(F, sums, to1 + L);
        FloatVector t20 = FloatVector.fromArray(F, sums, to2);
        FloatVector t21 = FloatVector.fromArray(F, sums, to2 + L);
        FloatVector t30 = FloatVector.fromArray(F, sums, to3);
        FloatVector t31 = FloatVector.fromArray(F, sums, to3 + L);
        int scale = row;
        int from = 0;
        for (int end = block0 + chunk.cols / chunk.blockCols; block0 < end; ) {
            ShortVector s00 = IntVector.broadcast(I, starts[block0]).reinterpretAsShorts();
            ShortVector s01 = s00;
            ShortVector s10 = IntVector.broadcast(I, starts[block1]).reinterpretAsShorts();
            ShortVector s11 = s10;
            ShortVector s20 = IntVector.broadcast(I, starts[block2]).reinterpretAsShorts();
            ShortVector s21 = s20;
            ShortVector s30 = IntVector.broadcast(I, starts[block3]).reinterpretAsShorts();
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
            FloatVector d0 = FloatVector.fromArray(F, d, scale);
            FloatVector d1 = FloatVector.fromArray(F, d, scale + L);
            FloatVector m0 = FloatVector.fromArray(F, m, scale);
            FloatVector m1 = FloatVector.fromArray(F, m, scale + L);
            FloatVector e = FloatVector.broadcast(F, inputScales[block0]);
            FloatVector b = FloatVector.broadcast(F, blockSums[block0++]);
            IntVector i = s00.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            FloatVector f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            t00 = b.fma(m0, f.fma(d0, t00));
            i = s01.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            t01 = b.fma(m1, f.fma(d1, t01));
            e = FloatVector.broadcast(F, inputScales[block1]);
            b = FloatVector.broadcast(F, blockSums[block1++]);
            i = s10.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            t10 = b.fma(m0, f.fma(d0, t10));
            i = s11.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            t11 = b.fma(m1, f.fma(d1, t11));
            e = FloatVector.broadcast(F, inputScales[block2]);
            b = FloatVector.broadcast(F, blockSums[block2++]);
            i = s20.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            t20 = b.fma(m0, f.fma(d0, t20));
            i = s21.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            t21 = b.fma(m1, f.fma(d1, t21));
            e = FloatVector.broadcast(F, inputScales[block3]);
            b = FloatVector.broadcast(F, blockSums[block3++]);
            i = s30.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            t30 = b.fma(m0, f.fma(d0, t30));
            i = s31.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            t31 = b.fma(m1, f.fma(d1, t31));
            scale += GROUP_ROWS;
        }
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
