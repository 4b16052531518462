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
 * Adds the products of the rows of four registers and one input vector, in lanes of 16 bits: see
 * {@link QuantisedInputs}. Twice as many products an instruction as with floats.
 *
 * <p>Every method is one loop, because a vector must not cross the border of a method, and four
 * registers, because each waits for its last addition. What the numbers of bits mean: {@link
 * Codes}.
 */
final class VectorShortProducts {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final VectorSpecies<Short> S = Lanes.S;
    private static final ByteOrder LE = Lanes.ORDER;
    private static final int L = Lanes.COUNT;
    private static final int B = Lanes.BYTES;

    private VectorShortProducts() {}

    /** Parameters as in {@link VectorProducts#add}. */
    static void add(ChunkView chunk, int row, ScaleBuffer scales, float[] sums, int to) {
        switch (chunk.codes) {
            case TWO_BITS -> whole(chunk, row, scales, sums, to);
            case FOUR_BITS -> fours(chunk, row, scales, sums, to);
            case FIVE_BITS -> fives(chunk, row, scales, sums, to);
            case SIX_BITS -> sixes(chunk, row, scales, sums, to);
            default -> throw new IllegalStateException(chunk.codes + " are multiplied as floats");
        }
    }

    /**
     * One loop over all words: with one of its own for each block, C2 would find another plan for
     * it in every second start of the program, at 256 bits one of two thirds of the speed.
     */
    private static void fours(ChunkView chunk, int row, ScaleBuffer scales, float[] sums, int to) {
        MemorySegment data = chunk.data;
        int[] x = chunk.pairs;
        int xAt = chunk.xAt;
        int[] starts = chunk.starts;
        float[] inputScales = chunk.inputScales;
        float[] blockSums = chunk.blockSums;
        int block = chunk.blockAt;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        float[] d = scales.scales;
        float[] m = scales.minimums;
        int words = chunk.cols / 8;
        int last = chunk.blockCols / 8 - 1;
        FloatVector t0 = FloatVector.fromArray(F, sums, to);
        FloatVector t1 = FloatVector.fromArray(F, sums, to + L);
        FloatVector t2 = FloatVector.fromArray(F, sums, to + 2 * L);
        FloatVector t3 = FloatVector.fromArray(F, sums, to + 3 * L);
        ShortVector s0 = IntVector.broadcast(I, starts[block]).reinterpretAsShorts();
        ShortVector s1 = s0;
        ShortVector s2 = s0;
        ShortVector s3 = s0;
        int scale = row;
        // Of both halves, which a shift of whole words does not mix below the mask.
        IntVector mask = IntVector.broadcast(I, 0x000F000F);
        for (int word = 0; word < words; word++) {
            long from = at + (long) word * WORD_BYTES;
            int pair = xAt + word * 4;
            IntVector q0 = IntVector.fromMemorySegment(I, data, from, LE);
            IntVector q1 = IntVector.fromMemorySegment(I, data, from + B, LE);
            IntVector q2 = IntVector.fromMemorySegment(I, data, from + 2 * B, LE);
            IntVector q3 = IntVector.fromMemorySegment(I, data, from + 3 * B, LE);
            ShortVector v = IntVector.broadcast(I, x[pair]).reinterpretAsShorts();
            s0 = mask.and(q0).reinterpretAsShorts().mul(v).add(s0);
            s1 = mask.and(q1).reinterpretAsShorts().mul(v).add(s1);
            s2 = mask.and(q2).reinterpretAsShorts().mul(v).add(s2);
            s3 = mask.and(q3).reinterpretAsShorts().mul(v).add(s3);
            v = IntVector.broadcast(I, x[pair + 1]).reinterpretAsShorts();
            s0 = q0.lanewise(LSHR, 4).and(mask).reinterpretAsShorts().mul(v).add(s0);
            s1 = q1.lanewise(LSHR, 4).and(mask).reinterpretAsShorts().mul(v).add(s1);
            s2 = q2.lanewise(LSHR, 4).and(mask).reinterpretAsShorts().mul(v).add(s2);
            s3 = q3.lanewise(LSHR, 4).and(mask).reinterpretAsShorts().mul(v).add(s3);
            v = IntVector.broadcast(I, x[pair + 2]).reinterpretAsShorts();
            s0 = q0.lanewise(LSHR, 8).and(mask).reinterpretAsShorts().mul(v).add(s0);
            s1 = q1.lanewise(LSHR, 8).and(mask).reinterpretAsShorts().mul(v).add(s1);
            s2 = q2.lanewise(LSHR, 8).and(mask).reinterpretAsShorts().mul(v).add(s2);
            s3 = q3.lanewise(LSHR, 8).and(mask).reinterpretAsShorts().mul(v).add(s3);
            v = IntVector.broadcast(I, x[pair + 3]).reinterpretAsShorts();
            s0 = q0.lanewise(LSHR, 12).and(mask).reinterpretAsShorts().mul(v).add(s0);
            s1 = q1.lanewise(LSHR, 12).and(mask).reinterpretAsShorts().mul(v).add(s1);
            s2 = q2.lanewise(LSHR, 12).and(mask).reinterpretAsShorts().mul(v).add(s2);
            s3 = q3.lanewise(LSHR, 12).and(mask).reinterpretAsShorts().mul(v).add(s3);
            if ((word & last) == last) {
                FloatVector e = FloatVector.broadcast(F, inputScales[block]);
                FloatVector c = e.mul(QuantisedInputs.LIFTED);
                FloatVector b = FloatVector.broadcast(F, blockSums[block]);
                IntVector i0 = s0.reinterpretAsInts();
                i0 = i0.and(0xFFFF).add(i0.lanewise(ASHR, 16));
                FloatVector f0 = ((FloatVector) i0.convert(I2F, 0)).fma(e, c);
                t0 = f0.fma(FloatVector.fromArray(F, d, scale), t0);
                t0 = b.fma(FloatVector.fromArray(F, m, scale), t0);
                IntVector i1 = s1.reinterpretAsInts();
                i1 = i1.and(0xFFFF).add(i1.lanewise(ASHR, 16));
                FloatVector f1 = ((FloatVector) i1.convert(I2F, 0)).fma(e, c);
                t1 = f1.fma(FloatVector.fromArray(F, d, scale + L), t1);
                t1 = b.fma(FloatVector.fromArray(F, m, scale + L), t1);
                IntVector i2 = s2.reinterpretAsInts();
                i2 = i2.and(0xFFFF).add(i2.lanewise(ASHR, 16));
                FloatVector f2 = ((FloatVector) i2.convert(I2F, 0)).fma(e, c);
                t2 = f2.fma(FloatVector.fromArray(F, d, scale + 2 * L), t2);
                t2 = b.fma(FloatVector.fromArray(F, m, scale + 2 * L), t2);
                IntVector i3 = s3.reinterpretAsInts();
                i3 = i3.and(0xFFFF).add(i3.lanewise(ASHR, 16));
                FloatVector f3 = ((FloatVector) i3.convert(I2F, 0)).fma(e, c);
                t3 = f3.fma(FloatVector.fromArray(F, d, scale + 3 * L), t3);
                t3 = b.fma(FloatVector.fromArray(F, m, scale + 3 * L), t3);
                scale += GROUP_ROWS;
                block++;
                s0 = IntVector.broadcast(I, starts[block]).reinterpretAsShorts();
                s1 = s0;
                s2 = s0;
                s3 = s0;
            }
        }
        t0.intoArray(sums, to);
        t1.intoArray(sums, to + L);
        t2.intoArray(sums, to + 2 * L);
        t3.intoArray(sums, to + 3 * L);
    }

    private static void whole(ChunkView chunk, int row, ScaleBuffer scales, float[] sums, int to) {
        MemorySegment data = chunk.data;
        int[] x = chunk.pairs;
        int pair = chunk.xAt;
        int block = chunk.blockAt;
        int end = block + chunk.cols / chunk.blockCols;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        float[] d = scales.scales;
        float[] m = scales.minimums;
        int bits = chunk.codes.bits;
        int halfCols = chunk.codes.halfCols();
        int words = chunk.blockCols / chunk.codes.wordCols;
        ShortVector mask = ShortVector.broadcast(S, (short) ((1 << bits) - 1));
        FloatVector t0 = FloatVector.fromArray(F, sums, to);
        FloatVector t1 = FloatVector.fromArray(F, sums, to + L);
        FloatVector t2 = FloatVector.fromArray(F, sums, to + 2 * L);
        FloatVector t3 = FloatVector.fromArray(F, sums, to + 3 * L);
        int scale = row;
        for (; block < end; block++) {
            ShortVector s0 = IntVector.broadcast(I, chunk.starts[block]).reinterpretAsShorts();
            ShortVector s1 = s0;
            ShortVector s2 = s0;
            ShortVector s3 = s0;
            for (int word = 0; word < words; word++) {
                ShortVector q0 = ShortVector.fromMemorySegment(S, data, at, LE);
                ShortVector q1 = ShortVector.fromMemorySegment(S, data, at + B, LE);
                ShortVector q2 = ShortVector.fromMemorySegment(S, data, at + 2 * B, LE);
                ShortVector q3 = ShortVector.fromMemorySegment(S, data, at + 3 * B, LE);
                for (int n = 0; n < halfCols; n++) {
                    ShortVector v = IntVector.broadcast(I, x[pair++]).reinterpretAsShorts();
                    s0 = mask.and(q0).mul(v).add(s0);
                    s1 = mask.and(q1).mul(v).add(s1);
                    s2 = mask.and(q2).mul(v).add(s2);
                    s3 = mask.and(q3).mul(v).add(s3);
                    q0 = q0.lanewise(LSHR, bits);
                    q1 = q1.lanewise(LSHR, bits);
                    q2 = q2.lanewise(LSHR, bits);
                    q3 = q3.lanewise(LSHR, bits);
                }
                at += WORD_BYTES;
            }
            FloatVector e = FloatVector.broadcast(F, chunk.inputScales[block]);
            FloatVector c = e.mul(QuantisedInputs.LIFTED);
            FloatVector b = FloatVector.broadcast(F, chunk.blockSums[block]);
            IntVector i0 = s0.reinterpretAsInts();
            i0 = i0.and(0xFFFF).add(i0.lanewise(ASHR, 16));
            FloatVector f0 = ((FloatVector) i0.convert(I2F, 0)).fma(e, c);
            t0 = f0.fma(FloatVector.fromArray(F, d, scale), t0);
            t0 = b.fma(FloatVector.fromArray(F, m, scale), t0);
            IntVector i1 = s1.reinterpretAsInts();
            i1 = i1.and(0xFFFF).add(i1.lanewise(ASHR, 16));
            FloatVector f1 = ((FloatVector) i1.convert(I2F, 0)).fma(e, c);
            t1 = f1.fma(FloatVector.fromArray(F, d, scale + L), t1);
            t1 = b.fma(FloatVector.fromArray(F, m, scale + L), t1);
            IntVector i2 = s2.reinterpretAsInts();
            i2 = i2.and(0xFFFF).add(i2.lanewise(ASHR, 16));
            FloatVector f2 = ((FloatVector) i2.convert(I2F, 0)).fma(e, c);
            t2 = f2.fma(FloatVector.fromArray(F, d, scale + 2 * L), t2);
            t2 = b.fma(FloatVector.fromArray(F, m, scale + 2 * L), t2);
            IntVector i3 = s3.reinterpretAsInts();
            i3 = i3.and(0xFFFF).add(i3.lanewise(ASHR, 16));
            FloatVector f3 = ((FloatVector) i3.convert(I2F, 0)).fma(e, c);
            t3 = f3.fma(FloatVector.fromArray(F, d, scale + 3 * L), t3);
            t3 = b.fma(FloatVector.fromArray(F, m, scale + 3 * L), t3);
            scale += GROUP_ROWS;
        }
        t0.intoArray(sums, to);
        t1.intoArray(sums, to + L);
        t2.intoArray(sums, to + 2 * L);
        t3.intoArray(sums, to + 3 * L);
    }

    /** Numbers as in {@link Codes#FIVE_BITS}: 3 in a half, 5 words, a bit left. */
    private static void fives(ChunkView chunk, int row, ScaleBuffer scales, float[] sums, int to) {
        MemorySegment data = chunk.data;
        int[] x = chunk.pairs;
        int pair = chunk.xAt;
        int block = chunk.blockAt;
        int end = block + chunk.cols / chunk.blockCols;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        float[] d = scales.scales;
        float[] m = scales.minimums;
        ShortVector mask = ShortVector.broadcast(S, (short) 31);
        FloatVector t0 = FloatVector.fromArray(F, sums, to);
        FloatVector t1 = FloatVector.fromArray(F, sums, to + L);
        FloatVector t2 = FloatVector.fromArray(F, sums, to + 2 * L);
        FloatVector t3 = FloatVector.fromArray(F, sums, to + 3 * L);
        int scale = row;
        for (; block < end; block++) {
            ShortVector s0 = IntVector.broadcast(I, chunk.starts[block]).reinterpretAsShorts();
            ShortVector s1 = s0;
            ShortVector s2 = s0;
            ShortVector s3 = s0;
            for (int word = 0; word < 5; word++) {
                ShortVector q0 = ShortVector.fromMemorySegment(S, data, at, LE);
                ShortVector q1 = ShortVector.fromMemorySegment(S, data, at + B, LE);
                ShortVector q2 = ShortVector.fromMemorySegment(S, data, at + 2 * B, LE);
                ShortVector q3 = ShortVector.fromMemorySegment(S, data, at + 3 * B, LE);
                for (int n = 0; n < 3; n++) {
                    ShortVector v = IntVector.broadcast(I, x[pair++]).reinterpretAsShorts();
                    s0 = mask.and(q0).mul(v).add(s0);
                    s1 = mask.and(q1).mul(v).add(s1);
                    s2 = mask.and(q2).mul(v).add(s2);
                    s3 = mask.and(q3).mul(v).add(s3);
                    q0 = q0.lanewise(LSHR, 5);
                    q1 = q1.lanewise(LSHR, 5);
                    q2 = q2.lanewise(LSHR, 5);
                    q3 = q3.lanewise(LSHR, 5);
                }
                at += WORD_BYTES;
            }
            ShortVector r0 = ShortVector.zero(S);
            ShortVector r1 = ShortVector.zero(S);
            ShortVector r2 = ShortVector.zero(S);
            ShortVector r3 = ShortVector.zero(S);
            for (int word = 5; word > 0; word--) {
                ShortVector q0 = ShortVector.fromMemorySegment(S, data, at - word * WORD_BYTES, LE);
                r0 = r0.lanewise(LSHL, 1).or(q0.lanewise(LSHR, 15));
                ShortVector q1 =
                        ShortVector.fromMemorySegment(S, data, at + B - word * WORD_BYTES, LE);
                r1 = r1.lanewise(LSHL, 1).or(q1.lanewise(LSHR, 15));
                ShortVector q2 =
                        ShortVector.fromMemorySegment(S, data, at + 2 * B - word * WORD_BYTES, LE);
                r2 = r2.lanewise(LSHL, 1).or(q2.lanewise(LSHR, 15));
                ShortVector q3 =
                        ShortVector.fromMemorySegment(S, data, at + 3 * B - word * WORD_BYTES, LE);
                r3 = r3.lanewise(LSHL, 1).or(q3.lanewise(LSHR, 15));
            }
            for (int n = 0; n < 1; n++) {
                ShortVector v = IntVector.broadcast(I, x[pair++]).reinterpretAsShorts();
                s0 = mask.and(r0).mul(v).add(s0);
                s1 = mask.and(r1).mul(v).add(s1);
                s2 = mask.and(r2).mul(v).add(s2);
                s3 = mask.and(r3).mul(v).add(s3);
                r0 = r0.lanewise(LSHR, 5);
                r1 = r1.lanewise(LSHR, 5);
                r2 = r2.lanewise(LSHR, 5);
                r3 = r3.lanewise(LSHR, 5);
            }
            FloatVector e = FloatVector.broadcast(F, chunk.inputScales[block]);
            FloatVector c = e.mul(QuantisedInputs.LIFTED);
            FloatVector b = FloatVector.broadcast(F, chunk.blockSums[block]);
            IntVector i0 = s0.reinterpretAsInts();
            i0 = i0.and(0xFFFF).add(i0.lanewise(ASHR, 16));
            FloatVector f0 = ((FloatVector) i0.convert(I2F, 0)).fma(e, c);
            t0 = f0.fma(FloatVector.fromArray(F, d, scale), t0);
            t0 = b.fma(FloatVector.fromArray(F, m, scale), t0);
            IntVector i1 = s1.reinterpretAsInts();
            i1 = i1.and(0xFFFF).add(i1.lanewise(ASHR, 16));
            FloatVector f1 = ((FloatVector) i1.convert(I2F, 0)).fma(e, c);
            t1 = f1.fma(FloatVector.fromArray(F, d, scale + L), t1);
            t1 = b.fma(FloatVector.fromArray(F, m, scale + L), t1);
            IntVector i2 = s2.reinterpretAsInts();
            i2 = i2.and(0xFFFF).add(i2.lanewise(ASHR, 16));
            FloatVector f2 = ((FloatVector) i2.convert(I2F, 0)).fma(e, c);
            t2 = f2.fma(FloatVector.fromArray(F, d, scale + 2 * L), t2);
            t2 = b.fma(FloatVector.fromArray(F, m, scale + 2 * L), t2);
            IntVector i3 = s3.reinterpretAsInts();
            i3 = i3.and(0xFFFF).add(i3.lanewise(ASHR, 16));
            FloatVector f3 = ((FloatVector) i3.convert(I2F, 0)).fma(e, c);
            t3 = f3.fma(FloatVector.fromArray(F, d, scale + 3 * L), t3);
            t3 = b.fma(FloatVector.fromArray(F, m, scale + 3 * L), t3);
            scale += GROUP_ROWS;
        }
        t0.intoArray(sums, to);
        t1.intoArray(sums, to + L);
        t2.intoArray(sums, to + 2 * L);
        t3.intoArray(sums, to + 3 * L);
    }

    /** Numbers as in {@link Codes#SIX_BITS}: 2 in a half, 3 words, four bits left. */
    private static void sixes(ChunkView chunk, int row, ScaleBuffer scales, float[] sums, int to) {
        MemorySegment data = chunk.data;
        int[] x = chunk.pairs;
        int pair = chunk.xAt;
        int block = chunk.blockAt;
        int end = block + chunk.cols / chunk.blockCols;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        float[] d = scales.scales;
        float[] m = scales.minimums;
        ShortVector mask = ShortVector.broadcast(S, (short) 63);
        FloatVector t0 = FloatVector.fromArray(F, sums, to);
        FloatVector t1 = FloatVector.fromArray(F, sums, to + L);
        FloatVector t2 = FloatVector.fromArray(F, sums, to + 2 * L);
        FloatVector t3 = FloatVector.fromArray(F, sums, to + 3 * L);
        int scale = row;
        for (; block < end; block++) {
            ShortVector s0 = IntVector.broadcast(I, chunk.starts[block]).reinterpretAsShorts();
            ShortVector s1 = s0;
            ShortVector s2 = s0;
            ShortVector s3 = s0;
            for (int word = 0; word < 3; word++) {
                ShortVector q0 = ShortVector.fromMemorySegment(S, data, at, LE);
                ShortVector q1 = ShortVector.fromMemorySegment(S, data, at + B, LE);
                ShortVector q2 = ShortVector.fromMemorySegment(S, data, at + 2 * B, LE);
                ShortVector q3 = ShortVector.fromMemorySegment(S, data, at + 3 * B, LE);
                for (int n = 0; n < 2; n++) {
                    ShortVector v = IntVector.broadcast(I, x[pair++]).reinterpretAsShorts();
                    s0 = mask.and(q0).mul(v).add(s0);
                    s1 = mask.and(q1).mul(v).add(s1);
                    s2 = mask.and(q2).mul(v).add(s2);
                    s3 = mask.and(q3).mul(v).add(s3);
                    q0 = q0.lanewise(LSHR, 6);
                    q1 = q1.lanewise(LSHR, 6);
                    q2 = q2.lanewise(LSHR, 6);
                    q3 = q3.lanewise(LSHR, 6);
                }
                at += WORD_BYTES;
            }
            ShortVector r0 = ShortVector.zero(S);
            ShortVector r1 = ShortVector.zero(S);
            ShortVector r2 = ShortVector.zero(S);
            ShortVector r3 = ShortVector.zero(S);
            for (int word = 3; word > 0; word--) {
                ShortVector q0 = ShortVector.fromMemorySegment(S, data, at - word * WORD_BYTES, LE);
                r0 = r0.lanewise(LSHL, 4).or(q0.lanewise(LSHR, 12));
                ShortVector q1 =
                        ShortVector.fromMemorySegment(S, data, at + B - word * WORD_BYTES, LE);
                r1 = r1.lanewise(LSHL, 4).or(q1.lanewise(LSHR, 12));
                ShortVector q2 =
                        ShortVector.fromMemorySegment(S, data, at + 2 * B - word * WORD_BYTES, LE);
                r2 = r2.lanewise(LSHL, 4).or(q2.lanewise(LSHR, 12));
                ShortVector q3 =
                        ShortVector.fromMemorySegment(S, data, at + 3 * B - word * WORD_BYTES, LE);
                r3 = r3.lanewise(LSHL, 4).or(q3.lanewise(LSHR, 12));
            }
            for (int n = 0; n < 2; n++) {
                ShortVector v = IntVector.broadcast(I, x[pair++]).reinterpretAsShorts();
                s0 = mask.and(r0).mul(v).add(s0);
                s1 = mask.and(r1).mul(v).add(s1);
                s2 = mask.and(r2).mul(v).add(s2);
                s3 = mask.and(r3).mul(v).add(s3);
                r0 = r0.lanewise(LSHR, 6);
                r1 = r1.lanewise(LSHR, 6);
                r2 = r2.lanewise(LSHR, 6);
                r3 = r3.lanewise(LSHR, 6);
            }
            FloatVector e = FloatVector.broadcast(F, chunk.inputScales[block]);
            FloatVector c = e.mul(QuantisedInputs.LIFTED);
            FloatVector b = FloatVector.broadcast(F, chunk.blockSums[block]);
            IntVector i0 = s0.reinterpretAsInts();
            i0 = i0.and(0xFFFF).add(i0.lanewise(ASHR, 16));
            FloatVector f0 = ((FloatVector) i0.convert(I2F, 0)).fma(e, c);
            t0 = f0.fma(FloatVector.fromArray(F, d, scale), t0);
            t0 = b.fma(FloatVector.fromArray(F, m, scale), t0);
            IntVector i1 = s1.reinterpretAsInts();
            i1 = i1.and(0xFFFF).add(i1.lanewise(ASHR, 16));
            FloatVector f1 = ((FloatVector) i1.convert(I2F, 0)).fma(e, c);
            t1 = f1.fma(FloatVector.fromArray(F, d, scale + L), t1);
            t1 = b.fma(FloatVector.fromArray(F, m, scale + L), t1);
            IntVector i2 = s2.reinterpretAsInts();
            i2 = i2.and(0xFFFF).add(i2.lanewise(ASHR, 16));
            FloatVector f2 = ((FloatVector) i2.convert(I2F, 0)).fma(e, c);
            t2 = f2.fma(FloatVector.fromArray(F, d, scale + 2 * L), t2);
            t2 = b.fma(FloatVector.fromArray(F, m, scale + 2 * L), t2);
            IntVector i3 = s3.reinterpretAsInts();
            i3 = i3.and(0xFFFF).add(i3.lanewise(ASHR, 16));
            FloatVector f3 = ((FloatVector) i3.convert(I2F, 0)).fma(e, c);
            t3 = f3.fma(FloatVector.fromArray(F, d, scale + 3 * L), t3);
            t3 = b.fma(FloatVector.fromArray(F, m, scale + 3 * L), t3);
            scale += GROUP_ROWS;
        }
        t0.intoArray(sums, to);
        t1.intoArray(sums, to + L);
        t2.intoArray(sums, to + 2 * L);
        t3.intoArray(sums, to + 3 * L);
    }
}
