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
 * Adds the products of the rows of two registers and four input vectors, unpacking a code once for
 * all of them.
 *
 * <p>The same loops as in {@link VectorShortProducts}.
 */
final class VectorShortTiles {
    /** Rows that are computed at once. */
    static final int ROWS = 2 * Lanes.COUNT;

    private static final VectorSpecies<Float> F = Lanes.F;
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final VectorSpecies<Short> S = Lanes.S;
    private static final ByteOrder LE = Lanes.ORDER;
    private static final int L = Lanes.COUNT;

    private VectorShortTiles() {}

    /** Parameters as in {@link VectorTiles#add}. */
    static void add(
            ChunkView chunk, int inputs, int row, ScaleBuffer scales, float[] sums, int to) {
        if (chunk.codes.leftBits() == 0) {
            whole(chunk, inputs, row, scales, sums, to);
        } else {
            split(chunk, inputs, row, scales, sums, to);
        }
    }

    private static void whole(
            ChunkView chunk, int inputs, int row, ScaleBuffer scales, float[] sums, int to) {
        MemorySegment data = chunk.data;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        long o1 = Lanes.bytesTo(L, chunk.strand);
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
        int bits = chunk.codes.bits;
        int halfCols = chunk.codes.halfCols();
        int words = chunk.blockCols / chunk.codes.wordCols;
        ShortVector mask = ShortVector.broadcast(S, (short) ((1 << bits) - 1));
        int scale = row;
        for (int end = block0 + chunk.cols / chunk.blockCols; block0 < end; ) {
            ShortVector s00 = IntVector.broadcast(I, starts[block0]).reinterpretAsShorts();
            ShortVector s01 = s00;
            ShortVector s10 = IntVector.broadcast(I, starts[block1]).reinterpretAsShorts();
            ShortVector s11 = s10;
            ShortVector s20 = IntVector.broadcast(I, starts[block2]).reinterpretAsShorts();
            ShortVector s21 = s20;
            ShortVector s30 = IntVector.broadcast(I, starts[block3]).reinterpretAsShorts();
            ShortVector s31 = s30;
            for (int word = 0; word < words; word++) {
                ShortVector q0 = ShortVector.fromMemorySegment(S, data, at, LE);
                ShortVector q1 = ShortVector.fromMemorySegment(S, data, at + o1, LE);
                for (int n = 0; n < halfCols; n++) {
                    ShortVector w0 = q0.and(mask);
                    ShortVector w1 = q1.and(mask);
                    ShortVector v = IntVector.broadcast(I, x[pair0++]).reinterpretAsShorts();
                    s00 = s00.add(w0.mul(v));
                    s01 = s01.add(w1.mul(v));
                    v = IntVector.broadcast(I, x[pair1++]).reinterpretAsShorts();
                    s10 = s10.add(w0.mul(v));
                    s11 = s11.add(w1.mul(v));
                    v = IntVector.broadcast(I, x[pair2++]).reinterpretAsShorts();
                    s20 = s20.add(w0.mul(v));
                    s21 = s21.add(w1.mul(v));
                    v = IntVector.broadcast(I, x[pair3++]).reinterpretAsShorts();
                    s30 = s30.add(w0.mul(v));
                    s31 = s31.add(w1.mul(v));
                    q0 = q0.lanewise(LSHR, bits);
                    q1 = q1.lanewise(LSHR, bits);
                }
                at += WORD_BYTES;
            }
            FloatVector d0 = FloatVector.fromArray(F, d, scale);
            FloatVector d1 = FloatVector.fromArray(F, d, scale + L);
            FloatVector m0 = FloatVector.fromArray(F, m, scale);
            FloatVector m1 = FloatVector.fromArray(F, m, scale + L);
            // All before the first is written: the last input may be there more than once.
            FloatVector t00 = FloatVector.fromArray(F, sums, to);
            FloatVector t01 = FloatVector.fromArray(F, sums, to + L);
            FloatVector t10 = FloatVector.fromArray(F, sums, to1);
            FloatVector t11 = FloatVector.fromArray(F, sums, to1 + L);
            FloatVector t20 = FloatVector.fromArray(F, sums, to2);
            FloatVector t21 = FloatVector.fromArray(F, sums, to2 + L);
            FloatVector t30 = FloatVector.fromArray(F, sums, to3);
            FloatVector t31 = FloatVector.fromArray(F, sums, to3 + L);
            FloatVector e = FloatVector.broadcast(F, inputScales[block0]);
            FloatVector b = FloatVector.broadcast(F, blockSums[block0++]);
            IntVector i = s00.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            FloatVector f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            b.fma(m0, f.fma(d0, t00)).intoArray(sums, to);
            i = s01.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            b.fma(m1, f.fma(d1, t01)).intoArray(sums, to + L);
            e = FloatVector.broadcast(F, inputScales[block1]);
            b = FloatVector.broadcast(F, blockSums[block1++]);
            i = s10.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            b.fma(m0, f.fma(d0, t10)).intoArray(sums, to1);
            i = s11.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            b.fma(m1, f.fma(d1, t11)).intoArray(sums, to1 + L);
            e = FloatVector.broadcast(F, inputScales[block2]);
            b = FloatVector.broadcast(F, blockSums[block2++]);
            i = s20.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            b.fma(m0, f.fma(d0, t20)).intoArray(sums, to2);
            i = s21.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            b.fma(m1, f.fma(d1, t21)).intoArray(sums, to2 + L);
            e = FloatVector.broadcast(F, inputScales[block3]);
            b = FloatVector.broadcast(F, blockSums[block3++]);
            i = s30.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            b.fma(m0, f.fma(d0, t30)).intoArray(sums, to3);
            i = s31.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            b.fma(m1, f.fma(d1, t31)).intoArray(sums, to3 + L);
            scale += GROUP_ROWS;
        }
    }

    private static void split(
            ChunkView chunk, int inputs, int row, ScaleBuffer scales, float[] sums, int to) {
        MemorySegment data = chunk.data;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        long o1 = Lanes.bytesTo(L, chunk.strand);
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
        int bits = chunk.codes.bits;
        int halfCols = chunk.codes.halfCols();
        int words = chunk.codes.blockWords;
        int restCols = chunk.codes.restCols();
        int left = chunk.codes.leftBits();
        int spent = halfCols * bits;
        short[] rest = chunk.rest;
        ShortVector mask = ShortVector.broadcast(S, (short) ((1 << bits) - 1));
        int scale = row;
        for (int end = block0 + chunk.cols / chunk.blockCols; block0 < end; ) {
            ShortVector s00 = IntVector.broadcast(I, starts[block0]).reinterpretAsShorts();
            ShortVector s01 = s00;
            ShortVector s10 = IntVector.broadcast(I, starts[block1]).reinterpretAsShorts();
            ShortVector s11 = s10;
            ShortVector s20 = IntVector.broadcast(I, starts[block2]).reinterpretAsShorts();
            ShortVector s21 = s20;
            ShortVector s30 = IntVector.broadcast(I, starts[block3]).reinterpretAsShorts();
            ShortVector s31 = s30;
            for (int word = 0; word < words; word++) {
                ShortVector q0 = ShortVector.fromMemorySegment(S, data, at, LE);
                ShortVector q1 = ShortVector.fromMemorySegment(S, data, at + o1, LE);
                for (int n = 0; n < halfCols; n++) {
                    ShortVector w0 = q0.and(mask);
                    ShortVector w1 = q1.and(mask);
                    ShortVector v = IntVector.broadcast(I, x[pair0++]).reinterpretAsShorts();
                    s00 = s00.add(w0.mul(v));
                    s01 = s01.add(w1.mul(v));
                    v = IntVector.broadcast(I, x[pair1++]).reinterpretAsShorts();
                    s10 = s10.add(w0.mul(v));
                    s11 = s11.add(w1.mul(v));
                    v = IntVector.broadcast(I, x[pair2++]).reinterpretAsShorts();
                    s20 = s20.add(w0.mul(v));
                    s21 = s21.add(w1.mul(v));
                    v = IntVector.broadcast(I, x[pair3++]).reinterpretAsShorts();
                    s30 = s30.add(w0.mul(v));
                    s31 = s31.add(w1.mul(v));
                    q0 = q0.lanewise(LSHR, bits);
                    q1 = q1.lanewise(LSHR, bits);
                }
                // Read again, since C2 may make objects of what a loop leaves behind.
                q0 = ShortVector.fromMemorySegment(S, data, at, LE).lanewise(LSHR, spent);
                ShortVector r0 = ShortVector.fromArray(S, rest, 0);
                r0.lanewise(LSHL, left).or(q0).intoArray(rest, 0);
                q1 = ShortVector.fromMemorySegment(S, data, at + o1, LE).lanewise(LSHR, spent);
                ShortVector r1 = ShortVector.fromArray(S, rest, 2 * L);
                r1.lanewise(LSHL, left).or(q1).intoArray(rest, 2 * L);
                at += WORD_BYTES;
            }
            ShortVector r0 = ShortVector.fromArray(S, rest, 0);
            ShortVector r1 = ShortVector.fromArray(S, rest, 2 * L);
            for (int n = 0; n < restCols; n++) {
                ShortVector w0 = r0.and(mask);
                ShortVector w1 = r1.and(mask);
                ShortVector v = IntVector.broadcast(I, x[pair0++]).reinterpretAsShorts();
                s00 = s00.add(w0.mul(v));
                s01 = s01.add(w1.mul(v));
                v = IntVector.broadcast(I, x[pair1++]).reinterpretAsShorts();
                s10 = s10.add(w0.mul(v));
                s11 = s11.add(w1.mul(v));
                v = IntVector.broadcast(I, x[pair2++]).reinterpretAsShorts();
                s20 = s20.add(w0.mul(v));
                s21 = s21.add(w1.mul(v));
                v = IntVector.broadcast(I, x[pair3++]).reinterpretAsShorts();
                s30 = s30.add(w0.mul(v));
                s31 = s31.add(w1.mul(v));
                r0 = r0.lanewise(LSHR, bits);
                r1 = r1.lanewise(LSHR, bits);
            }
            FloatVector d0 = FloatVector.fromArray(F, d, scale);
            FloatVector d1 = FloatVector.fromArray(F, d, scale + L);
            FloatVector m0 = FloatVector.fromArray(F, m, scale);
            FloatVector m1 = FloatVector.fromArray(F, m, scale + L);
            // All before the first is written: the last input may be there more than once.
            FloatVector t00 = FloatVector.fromArray(F, sums, to);
            FloatVector t01 = FloatVector.fromArray(F, sums, to + L);
            FloatVector t10 = FloatVector.fromArray(F, sums, to1);
            FloatVector t11 = FloatVector.fromArray(F, sums, to1 + L);
            FloatVector t20 = FloatVector.fromArray(F, sums, to2);
            FloatVector t21 = FloatVector.fromArray(F, sums, to2 + L);
            FloatVector t30 = FloatVector.fromArray(F, sums, to3);
            FloatVector t31 = FloatVector.fromArray(F, sums, to3 + L);
            FloatVector e = FloatVector.broadcast(F, inputScales[block0]);
            FloatVector b = FloatVector.broadcast(F, blockSums[block0++]);
            IntVector i = s00.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            FloatVector f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            b.fma(m0, f.fma(d0, t00)).intoArray(sums, to);
            i = s01.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            b.fma(m1, f.fma(d1, t01)).intoArray(sums, to + L);
            e = FloatVector.broadcast(F, inputScales[block1]);
            b = FloatVector.broadcast(F, blockSums[block1++]);
            i = s10.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            b.fma(m0, f.fma(d0, t10)).intoArray(sums, to1);
            i = s11.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            b.fma(m1, f.fma(d1, t11)).intoArray(sums, to1 + L);
            e = FloatVector.broadcast(F, inputScales[block2]);
            b = FloatVector.broadcast(F, blockSums[block2++]);
            i = s20.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            b.fma(m0, f.fma(d0, t20)).intoArray(sums, to2);
            i = s21.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            b.fma(m1, f.fma(d1, t21)).intoArray(sums, to2 + L);
            e = FloatVector.broadcast(F, inputScales[block3]);
            b = FloatVector.broadcast(F, blockSums[block3++]);
            i = s30.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            b.fma(m0, f.fma(d0, t30)).intoArray(sums, to3);
            i = s31.reinterpretAsInts();
            i = i.lanewise(LSHL, 16).lanewise(ASHR, 16).add(i.lanewise(ASHR, 16));
            f = ((FloatVector) i.convert(I2F, 0)).mul(e);
            b.fma(m1, f.fma(d1, t31)).intoArray(sums, to3 + L);
            scale += GROUP_ROWS;
        }
    }
}
