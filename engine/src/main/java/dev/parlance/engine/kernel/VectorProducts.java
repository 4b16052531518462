package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;
import static dev.parlance.engine.kernel.VectorValues.NEXT;

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
 * registers, because each waits for its last addition.
 */
final class VectorProducts {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final ByteOrder LE = Lanes.ORDER;
    private static final int L = Lanes.COUNT;

    private VectorProducts() {}

    /** Whether there is a product for these; the others are unpacked to a panel first. */
    static boolean has(Codes codes) {
        return switch (codes) {
            case TWO_BITS, FOUR_BITS, FIVE_BITS, SIX_BITS, BYTES, F16, BF16 -> true;
            case F32 -> false;
        };
    }

    /**
     * @param at the chunk's first word of the first row
     * @param strand {@link PackedMatrix#strandBytes()}
     * @param cols columns of the chunk
     * @param blockSumAt of the chunk's first block
     * @param row the first row in {@code scales}
     * @param to where its sum is
     */
    static void add(
            Codes codes,
            MemorySegment data,
            long at,
            long strand,
            int cols,
            int blockCols,
            float[] x,
            int xAt,
            float[] blockSums,
            int blockSumAt,
            ScaleBuffer scales,
            int row,
            float[] sums,
            int to) {
        float[] d = scales.scales;
        float[] m = scales.minimums;
        switch (codes) {
            case TWO_BITS ->
                    twoBits(
                            data,
                            at,
                            strand,
                            cols,
                            blockCols,
                            x,
                            xAt,
                            blockSums,
                            blockSumAt,
                            d,
                            m,
                            row,
                            sums,
                            to);
            case FOUR_BITS ->
                    fourBits(
                            data,
                            at,
                            strand,
                            cols,
                            blockCols,
                            x,
                            xAt,
                            blockSums,
                            blockSumAt,
                            d,
                            m,
                            row,
                            sums,
                            to);
            case FIVE_BITS ->
                    fiveBits(
                            data,
                            at,
                            strand,
                            cols,
                            blockCols,
                            x,
                            xAt,
                            blockSums,
                            blockSumAt,
                            d,
                            m,
                            row,
                            sums,
                            to);
            case SIX_BITS ->
                    sixBits(
                            data,
                            at,
                            strand,
                            cols,
                            blockCols,
                            x,
                            xAt,
                            blockSums,
                            blockSumAt,
                            d,
                            m,
                            row,
                            sums,
                            to);
            case BYTES ->
                    bytes(
                            data,
                            at,
                            strand,
                            cols,
                            blockCols,
                            x,
                            xAt,
                            blockSums,
                            blockSumAt,
                            d,
                            m,
                            row,
                            sums,
                            to);
            case F16 -> f16(data, at, strand, cols, x, xAt, sums, to);
            case BF16 -> bf16(data, at, strand, cols, x, xAt, sums, to);
            case F32 -> throw new IllegalStateException(codes + " are unpacked to a panel");
        }
    }

    private static void twoBits(
            MemorySegment data,
            long at,
            long strand,
            int cols,
            int blockCols,
            float[] x,
            int xAt,
            float[] blockSums,
            int blockSumAt,
            float[] d,
            float[] m,
            int row,
            float[] sums,
            int to) {
        long o1 = VectorValues.register(1, strand);
        long o2 = VectorValues.register(2, strand);
        long o3 = VectorValues.register(3, strand);
        FloatVector t0 = FloatVector.fromArray(F, sums, to);
        FloatVector t1 = FloatVector.fromArray(F, sums, to + L);
        FloatVector t2 = FloatVector.fromArray(F, sums, to + 2 * L);
        FloatVector t3 = FloatVector.fromArray(F, sums, to + 3 * L);
        int scale = row;
        for (int from = 0; from < cols; from += blockCols) {
            FloatVector s0 = FloatVector.zero(F);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int c = from; c < from + blockCols; c += 16) {
                IntVector q0 = IntVector.fromMemorySegment(I, data, at, LE);
                IntVector q1 = IntVector.fromMemorySegment(I, data, at + o1, LE);
                IntVector q2 = IntVector.fromMemorySegment(I, data, at + o2, LE);
                IntVector q3 = IntVector.fromMemorySegment(I, data, at + o3, LE);
                for (int n = 0; n < 11; n++) {
                    FloatVector v = FloatVector.broadcast(F, x[xAt + c + n]);
                    IntVector w0 = q0.lanewise(LSHL, 21 - 2 * n).and(0x60_0000);
                    s0 = v.fma(w0.or(VectorValues.TWO_BITS_ONE).reinterpretAsFloats(), s0);
                    IntVector w1 = q1.lanewise(LSHL, 21 - 2 * n).and(0x60_0000);
                    s1 = v.fma(w1.or(VectorValues.TWO_BITS_ONE).reinterpretAsFloats(), s1);
                    IntVector w2 = q2.lanewise(LSHL, 21 - 2 * n).and(0x60_0000);
                    s2 = v.fma(w2.or(VectorValues.TWO_BITS_ONE).reinterpretAsFloats(), s2);
                    IntVector w3 = q3.lanewise(LSHL, 21 - 2 * n).and(0x60_0000);
                    s3 = v.fma(w3.or(VectorValues.TWO_BITS_ONE).reinterpretAsFloats(), s3);
                }
                for (int n = 11; n < 16; n++) {
                    FloatVector v = FloatVector.broadcast(F, x[xAt + c + n]);
                    IntVector w0 = q0.lanewise(LSHR, 2 * n - 21).and(0x60_0000);
                    s0 = v.fma(w0.or(VectorValues.TWO_BITS_ONE).reinterpretAsFloats(), s0);
                    IntVector w1 = q1.lanewise(LSHR, 2 * n - 21).and(0x60_0000);
                    s1 = v.fma(w1.or(VectorValues.TWO_BITS_ONE).reinterpretAsFloats(), s1);
                    IntVector w2 = q2.lanewise(LSHR, 2 * n - 21).and(0x60_0000);
                    s2 = v.fma(w2.or(VectorValues.TWO_BITS_ONE).reinterpretAsFloats(), s2);
                    IntVector w3 = q3.lanewise(LSHR, 2 * n - 21).and(0x60_0000);
                    s3 = v.fma(w3.or(VectorValues.TWO_BITS_ONE).reinterpretAsFloats(), s3);
                }
                at += NEXT;
            }
            FloatVector b = FloatVector.broadcast(F, blockSums[blockSumAt++]);
            t0 = s0.fma(FloatVector.fromArray(F, d, scale), t0);
            t1 = s1.fma(FloatVector.fromArray(F, d, scale + L), t1);
            t2 = s2.fma(FloatVector.fromArray(F, d, scale + 2 * L), t2);
            t3 = s3.fma(FloatVector.fromArray(F, d, scale + 3 * L), t3);
            t0 = b.fma(FloatVector.fromArray(F, m, scale), t0);
            t1 = b.fma(FloatVector.fromArray(F, m, scale + L), t1);
            t2 = b.fma(FloatVector.fromArray(F, m, scale + 2 * L), t2);
            t3 = b.fma(FloatVector.fromArray(F, m, scale + 3 * L), t3);
            scale += GROUP_ROWS;
        }
        t0.intoArray(sums, to);
        t1.intoArray(sums, to + L);
        t2.intoArray(sums, to + 2 * L);
        t3.intoArray(sums, to + 3 * L);
    }

    private static void fourBits(
            MemorySegment data,
            long at,
            long strand,
            int cols,
            int blockCols,
            float[] x,
            int xAt,
            float[] blockSums,
            int blockSumAt,
            float[] d,
            float[] m,
            int row,
            float[] sums,
            int to) {
        long o1 = VectorValues.register(1, strand);
        long o2 = VectorValues.register(2, strand);
        long o3 = VectorValues.register(3, strand);
        FloatVector t0 = FloatVector.fromArray(F, sums, to);
        FloatVector t1 = FloatVector.fromArray(F, sums, to + L);
        FloatVector t2 = FloatVector.fromArray(F, sums, to + 2 * L);
        FloatVector t3 = FloatVector.fromArray(F, sums, to + 3 * L);
        int scale = row;
        for (int from = 0; from < cols; from += blockCols) {
            FloatVector s0 = FloatVector.zero(F);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int c = from; c < from + blockCols; c += 8) {
                IntVector q0 = IntVector.fromMemorySegment(I, data, at, LE);
                IntVector q1 = IntVector.fromMemorySegment(I, data, at + o1, LE);
                IntVector q2 = IntVector.fromMemorySegment(I, data, at + o2, LE);
                IntVector q3 = IntVector.fromMemorySegment(I, data, at + o3, LE);
                for (int n = 0; n < 5; n++) {
                    FloatVector v = FloatVector.broadcast(F, x[xAt + c + n]);
                    IntVector w0 = q0.lanewise(LSHL, 19 - 4 * n).and(0x78_0000);
                    s0 = v.fma(w0.or(VectorValues.FOUR_BITS_ONE).reinterpretAsFloats(), s0);
                    IntVector w1 = q1.lanewise(LSHL, 19 - 4 * n).and(0x78_0000);
                    s1 = v.fma(w1.or(VectorValues.FOUR_BITS_ONE).reinterpretAsFloats(), s1);
                    IntVector w2 = q2.lanewise(LSHL, 19 - 4 * n).and(0x78_0000);
                    s2 = v.fma(w2.or(VectorValues.FOUR_BITS_ONE).reinterpretAsFloats(), s2);
                    IntVector w3 = q3.lanewise(LSHL, 19 - 4 * n).and(0x78_0000);
                    s3 = v.fma(w3.or(VectorValues.FOUR_BITS_ONE).reinterpretAsFloats(), s3);
                }
                for (int n = 5; n < 8; n++) {
                    FloatVector v = FloatVector.broadcast(F, x[xAt + c + n]);
                    IntVector w0 = q0.lanewise(LSHR, 4 * n - 19).and(0x78_0000);
                    s0 = v.fma(w0.or(VectorValues.FOUR_BITS_ONE).reinterpretAsFloats(), s0);
                    IntVector w1 = q1.lanewise(LSHR, 4 * n - 19).and(0x78_0000);
                    s1 = v.fma(w1.or(VectorValues.FOUR_BITS_ONE).reinterpretAsFloats(), s1);
                    IntVector w2 = q2.lanewise(LSHR, 4 * n - 19).and(0x78_0000);
                    s2 = v.fma(w2.or(VectorValues.FOUR_BITS_ONE).reinterpretAsFloats(), s2);
                    IntVector w3 = q3.lanewise(LSHR, 4 * n - 19).and(0x78_0000);
                    s3 = v.fma(w3.or(VectorValues.FOUR_BITS_ONE).reinterpretAsFloats(), s3);
                }
                at += NEXT;
            }
            FloatVector b = FloatVector.broadcast(F, blockSums[blockSumAt++]);
            t0 = s0.fma(FloatVector.fromArray(F, d, scale), t0);
            t1 = s1.fma(FloatVector.fromArray(F, d, scale + L), t1);
            t2 = s2.fma(FloatVector.fromArray(F, d, scale + 2 * L), t2);
            t3 = s3.fma(FloatVector.fromArray(F, d, scale + 3 * L), t3);
            t0 = b.fma(FloatVector.fromArray(F, m, scale), t0);
            t1 = b.fma(FloatVector.fromArray(F, m, scale + L), t1);
            t2 = b.fma(FloatVector.fromArray(F, m, scale + 2 * L), t2);
            t3 = b.fma(FloatVector.fromArray(F, m, scale + 3 * L), t3);
            scale += GROUP_ROWS;
        }
        t0.intoArray(sums, to);
        t1.intoArray(sums, to + L);
        t2.intoArray(sums, to + 2 * L);
        t3.intoArray(sums, to + 3 * L);
    }

    private static void fiveBits(
            MemorySegment data,
            long at,
            long strand,
            int cols,
            int blockCols,
            float[] x,
            int xAt,
            float[] blockSums,
            int blockSumAt,
            float[] d,
            float[] m,
            int row,
            float[] sums,
            int to) {
        long o1 = VectorValues.register(1, strand);
        long o2 = VectorValues.register(2, strand);
        long o3 = VectorValues.register(3, strand);
        FloatVector t0 = FloatVector.fromArray(F, sums, to);
        FloatVector t1 = FloatVector.fromArray(F, sums, to + L);
        FloatVector t2 = FloatVector.fromArray(F, sums, to + 2 * L);
        FloatVector t3 = FloatVector.fromArray(F, sums, to + 3 * L);
        long upperAt = at + (long) cols / 8 * NEXT;
        int scale = row;
        for (int from = 0; from < cols; from += blockCols) {
            FloatVector s0 = FloatVector.zero(F);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int c = from; c < from + blockCols; c += 8) {
                IntVector q0 = IntVector.fromMemorySegment(I, data, at, LE);
                IntVector q1 = IntVector.fromMemorySegment(I, data, at + o1, LE);
                IntVector q2 = IntVector.fromMemorySegment(I, data, at + o2, LE);
                IntVector q3 = IntVector.fromMemorySegment(I, data, at + o3, LE);
                IntVector u0 = IntVector.fromMemorySegment(I, data, upperAt, LE);
                IntVector u1 = IntVector.fromMemorySegment(I, data, upperAt + o1, LE);
                IntVector u2 = IntVector.fromMemorySegment(I, data, upperAt + o2, LE);
                IntVector u3 = IntVector.fromMemorySegment(I, data, upperAt + o3, LE);
                // The bits of these columns: 8 of the 32 of a word.
                int first = c % 32;
                u0 = u0.lanewise(LSHR, first);
                u1 = u1.lanewise(LSHR, first);
                u2 = u2.lanewise(LSHR, first);
                u3 = u3.lanewise(LSHR, first);
                for (int n = 0; n < 5; n++) {
                    FloatVector v = FloatVector.broadcast(F, x[xAt + c + n]);
                    IntVector w0 = q0.lanewise(LSHL, 18 - 4 * n).and(0x3C_0000);
                    w0 = w0.or(u0.lanewise(LSHL, 22 - n).and(0x40_0000));
                    s0 = v.fma(w0.or(VectorValues.FIVE_BITS_ONE).reinterpretAsFloats(), s0);
                    IntVector w1 = q1.lanewise(LSHL, 18 - 4 * n).and(0x3C_0000);
                    w1 = w1.or(u1.lanewise(LSHL, 22 - n).and(0x40_0000));
                    s1 = v.fma(w1.or(VectorValues.FIVE_BITS_ONE).reinterpretAsFloats(), s1);
                    IntVector w2 = q2.lanewise(LSHL, 18 - 4 * n).and(0x3C_0000);
                    w2 = w2.or(u2.lanewise(LSHL, 22 - n).and(0x40_0000));
                    s2 = v.fma(w2.or(VectorValues.FIVE_BITS_ONE).reinterpretAsFloats(), s2);
                    IntVector w3 = q3.lanewise(LSHL, 18 - 4 * n).and(0x3C_0000);
                    w3 = w3.or(u3.lanewise(LSHL, 22 - n).and(0x40_0000));
                    s3 = v.fma(w3.or(VectorValues.FIVE_BITS_ONE).reinterpretAsFloats(), s3);
                }
                for (int n = 5; n < 8; n++) {
                    FloatVector v = FloatVector.broadcast(F, x[xAt + c + n]);
                    IntVector w0 = q0.lanewise(LSHR, 4 * n - 18).and(0x3C_0000);
                    w0 = w0.or(u0.lanewise(LSHL, 22 - n).and(0x40_0000));
                    s0 = v.fma(w0.or(VectorValues.FIVE_BITS_ONE).reinterpretAsFloats(), s0);
                    IntVector w1 = q1.lanewise(LSHR, 4 * n - 18).and(0x3C_0000);
                    w1 = w1.or(u1.lanewise(LSHL, 22 - n).and(0x40_0000));
                    s1 = v.fma(w1.or(VectorValues.FIVE_BITS_ONE).reinterpretAsFloats(), s1);
                    IntVector w2 = q2.lanewise(LSHR, 4 * n - 18).and(0x3C_0000);
                    w2 = w2.or(u2.lanewise(LSHL, 22 - n).and(0x40_0000));
                    s2 = v.fma(w2.or(VectorValues.FIVE_BITS_ONE).reinterpretAsFloats(), s2);
                    IntVector w3 = q3.lanewise(LSHR, 4 * n - 18).and(0x3C_0000);
                    w3 = w3.or(u3.lanewise(LSHL, 22 - n).and(0x40_0000));
                    s3 = v.fma(w3.or(VectorValues.FIVE_BITS_ONE).reinterpretAsFloats(), s3);
                }
                at += NEXT;
                upperAt += c % 32 == 24 ? NEXT : 0;
            }
            FloatVector b = FloatVector.broadcast(F, blockSums[blockSumAt++]);
            t0 = s0.fma(FloatVector.fromArray(F, d, scale), t0);
            t1 = s1.fma(FloatVector.fromArray(F, d, scale + L), t1);
            t2 = s2.fma(FloatVector.fromArray(F, d, scale + 2 * L), t2);
            t3 = s3.fma(FloatVector.fromArray(F, d, scale + 3 * L), t3);
            t0 = b.fma(FloatVector.fromArray(F, m, scale), t0);
            t1 = b.fma(FloatVector.fromArray(F, m, scale + L), t1);
            t2 = b.fma(FloatVector.fromArray(F, m, scale + 2 * L), t2);
            t3 = b.fma(FloatVector.fromArray(F, m, scale + 3 * L), t3);
            scale += GROUP_ROWS;
        }
        t0.intoArray(sums, to);
        t1.intoArray(sums, to + L);
        t2.intoArray(sums, to + 2 * L);
        t3.intoArray(sums, to + 3 * L);
    }

    private static void sixBits(
            MemorySegment data,
            long at,
            long strand,
            int cols,
            int blockCols,
            float[] x,
            int xAt,
            float[] blockSums,
            int blockSumAt,
            float[] d,
            float[] m,
            int row,
            float[] sums,
            int to) {
        long o1 = VectorValues.register(1, strand);
        long o2 = VectorValues.register(2, strand);
        long o3 = VectorValues.register(3, strand);
        FloatVector t0 = FloatVector.fromArray(F, sums, to);
        FloatVector t1 = FloatVector.fromArray(F, sums, to + L);
        FloatVector t2 = FloatVector.fromArray(F, sums, to + 2 * L);
        FloatVector t3 = FloatVector.fromArray(F, sums, to + 3 * L);
        long upperAt = at + (long) cols / 8 * NEXT;
        int scale = row;
        for (int from = 0; from < cols; from += blockCols) {
            FloatVector s0 = FloatVector.zero(F);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int c = from; c < from + blockCols; c += 8) {
                IntVector q0 = IntVector.fromMemorySegment(I, data, at, LE);
                IntVector q1 = IntVector.fromMemorySegment(I, data, at + o1, LE);
                IntVector q2 = IntVector.fromMemorySegment(I, data, at + o2, LE);
                IntVector q3 = IntVector.fromMemorySegment(I, data, at + o3, LE);
                IntVector u0 = IntVector.fromMemorySegment(I, data, upperAt, LE);
                IntVector u1 = IntVector.fromMemorySegment(I, data, upperAt + o1, LE);
                IntVector u2 = IntVector.fromMemorySegment(I, data, upperAt + o2, LE);
                IntVector u3 = IntVector.fromMemorySegment(I, data, upperAt + o3, LE);
                // The pairs of these columns: 8 of the 16 of a word.
                int first = c % 16 * 2;
                u0 = u0.lanewise(LSHR, first);
                u1 = u1.lanewise(LSHR, first);
                u2 = u2.lanewise(LSHR, first);
                u3 = u3.lanewise(LSHR, first);
                for (int n = 0; n < 5; n++) {
                    FloatVector v = FloatVector.broadcast(F, x[xAt + c + n]);
                    IntVector w0 = q0.lanewise(LSHL, 17 - 4 * n).and(0x1E_0000);
                    w0 = w0.or(u0.lanewise(LSHL, 21 - 2 * n).and(0x60_0000));
                    s0 = v.fma(w0.or(VectorValues.SIX_BITS_ONE).reinterpretAsFloats(), s0);
                    IntVector w1 = q1.lanewise(LSHL, 17 - 4 * n).and(0x1E_0000);
                    w1 = w1.or(u1.lanewise(LSHL, 21 - 2 * n).and(0x60_0000));
                    s1 = v.fma(w1.or(VectorValues.SIX_BITS_ONE).reinterpretAsFloats(), s1);
                    IntVector w2 = q2.lanewise(LSHL, 17 - 4 * n).and(0x1E_0000);
                    w2 = w2.or(u2.lanewise(LSHL, 21 - 2 * n).and(0x60_0000));
                    s2 = v.fma(w2.or(VectorValues.SIX_BITS_ONE).reinterpretAsFloats(), s2);
                    IntVector w3 = q3.lanewise(LSHL, 17 - 4 * n).and(0x1E_0000);
                    w3 = w3.or(u3.lanewise(LSHL, 21 - 2 * n).and(0x60_0000));
                    s3 = v.fma(w3.or(VectorValues.SIX_BITS_ONE).reinterpretAsFloats(), s3);
                }
                for (int n = 5; n < 8; n++) {
                    FloatVector v = FloatVector.broadcast(F, x[xAt + c + n]);
                    IntVector w0 = q0.lanewise(LSHR, 4 * n - 17).and(0x1E_0000);
                    w0 = w0.or(u0.lanewise(LSHL, 21 - 2 * n).and(0x60_0000));
                    s0 = v.fma(w0.or(VectorValues.SIX_BITS_ONE).reinterpretAsFloats(), s0);
                    IntVector w1 = q1.lanewise(LSHR, 4 * n - 17).and(0x1E_0000);
                    w1 = w1.or(u1.lanewise(LSHL, 21 - 2 * n).and(0x60_0000));
                    s1 = v.fma(w1.or(VectorValues.SIX_BITS_ONE).reinterpretAsFloats(), s1);
                    IntVector w2 = q2.lanewise(LSHR, 4 * n - 17).and(0x1E_0000);
                    w2 = w2.or(u2.lanewise(LSHL, 21 - 2 * n).and(0x60_0000));
                    s2 = v.fma(w2.or(VectorValues.SIX_BITS_ONE).reinterpretAsFloats(), s2);
                    IntVector w3 = q3.lanewise(LSHR, 4 * n - 17).and(0x1E_0000);
                    w3 = w3.or(u3.lanewise(LSHL, 21 - 2 * n).and(0x60_0000));
                    s3 = v.fma(w3.or(VectorValues.SIX_BITS_ONE).reinterpretAsFloats(), s3);
                }
                at += NEXT;
                upperAt += c % 16 == 0 ? 0 : NEXT;
            }
            FloatVector b = FloatVector.broadcast(F, blockSums[blockSumAt++]);
            t0 = s0.fma(FloatVector.fromArray(F, d, scale), t0);
            t1 = s1.fma(FloatVector.fromArray(F, d, scale + L), t1);
            t2 = s2.fma(FloatVector.fromArray(F, d, scale + 2 * L), t2);
            t3 = s3.fma(FloatVector.fromArray(F, d, scale + 3 * L), t3);
            t0 = b.fma(FloatVector.fromArray(F, m, scale), t0);
            t1 = b.fma(FloatVector.fromArray(F, m, scale + L), t1);
            t2 = b.fma(FloatVector.fromArray(F, m, scale + 2 * L), t2);
            t3 = b.fma(FloatVector.fromArray(F, m, scale + 3 * L), t3);
            scale += GROUP_ROWS;
        }
        t0.intoArray(sums, to);
        t1.intoArray(sums, to + L);
        t2.intoArray(sums, to + 2 * L);
        t3.intoArray(sums, to + 3 * L);
    }

    private static void bytes(
            MemorySegment data,
            long at,
            long strand,
            int cols,
            int blockCols,
            float[] x,
            int xAt,
            float[] blockSums,
            int blockSumAt,
            float[] d,
            float[] m,
            int row,
            float[] sums,
            int to) {
        long o1 = VectorValues.register(1, strand);
        long o2 = VectorValues.register(2, strand);
        long o3 = VectorValues.register(3, strand);
        FloatVector t0 = FloatVector.fromArray(F, sums, to);
        FloatVector t1 = FloatVector.fromArray(F, sums, to + L);
        FloatVector t2 = FloatVector.fromArray(F, sums, to + 2 * L);
        FloatVector t3 = FloatVector.fromArray(F, sums, to + 3 * L);
        int scale = row;
        for (int from = 0; from < cols; from += blockCols) {
            FloatVector s0 = FloatVector.zero(F);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int c = from; c < from + blockCols; c += 4) {
                IntVector q0 = IntVector.fromMemorySegment(I, data, at, LE);
                IntVector q1 = IntVector.fromMemorySegment(I, data, at + o1, LE);
                IntVector q2 = IntVector.fromMemorySegment(I, data, at + o2, LE);
                IntVector q3 = IntVector.fromMemorySegment(I, data, at + o3, LE);
                for (int n = 0; n < 4; n++) {
                    FloatVector v = FloatVector.broadcast(F, x[xAt + c + n]);
                    IntVector w0 = q0.lanewise(LSHL, 24 - 8 * n).lanewise(ASHR, 24);
                    s0 = v.fma((FloatVector) w0.convert(I2F, 0), s0);
                    IntVector w1 = q1.lanewise(LSHL, 24 - 8 * n).lanewise(ASHR, 24);
                    s1 = v.fma((FloatVector) w1.convert(I2F, 0), s1);
                    IntVector w2 = q2.lanewise(LSHL, 24 - 8 * n).lanewise(ASHR, 24);
                    s2 = v.fma((FloatVector) w2.convert(I2F, 0), s2);
                    IntVector w3 = q3.lanewise(LSHL, 24 - 8 * n).lanewise(ASHR, 24);
                    s3 = v.fma((FloatVector) w3.convert(I2F, 0), s3);
                }
                at += NEXT;
            }
            FloatVector b = FloatVector.broadcast(F, blockSums[blockSumAt++]);
            t0 = s0.fma(FloatVector.fromArray(F, d, scale), t0);
            t1 = s1.fma(FloatVector.fromArray(F, d, scale + L), t1);
            t2 = s2.fma(FloatVector.fromArray(F, d, scale + 2 * L), t2);
            t3 = s3.fma(FloatVector.fromArray(F, d, scale + 3 * L), t3);
            t0 = b.fma(FloatVector.fromArray(F, m, scale), t0);
            t1 = b.fma(FloatVector.fromArray(F, m, scale + L), t1);
            t2 = b.fma(FloatVector.fromArray(F, m, scale + 2 * L), t2);
            t3 = b.fma(FloatVector.fromArray(F, m, scale + 3 * L), t3);
            scale += GROUP_ROWS;
        }
        t0.intoArray(sums, to);
        t1.intoArray(sums, to + L);
        t2.intoArray(sums, to + 2 * L);
        t3.intoArray(sums, to + 3 * L);
    }

    private static void f16(
            MemorySegment data,
            long at,
            long strand,
            int cols,
            float[] x,
            int xAt,
            float[] sums,
            int to) {
        long o1 = VectorValues.register(1, strand);
        long o2 = VectorValues.register(2, strand);
        long o3 = VectorValues.register(3, strand);
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int c = 0; c < cols; c++) {
            long word = at + (long) c / 2 * NEXT;
            int shift = 16 - c % 2 * 16;
            FloatVector v = FloatVector.broadcast(F, x[xAt + c]);
            IntVector q0 = IntVector.fromMemorySegment(I, data, word, LE).lanewise(LSHL, shift);
            IntVector q1 =
                    IntVector.fromMemorySegment(I, data, word + o1, LE).lanewise(LSHL, shift);
            IntVector q2 =
                    IntVector.fromMemorySegment(I, data, word + o2, LE).lanewise(LSHL, shift);
            IntVector q3 =
                    IntVector.fromMemorySegment(I, data, word + o3, LE).lanewise(LSHL, shift);
            IntVector w0 = q0.and(0x7FFF_0000).lanewise(LSHR, 3);
            w0 = w0.reinterpretAsFloats().mul(Codes.HALF_EXPONENT).reinterpretAsInts();
            s0 = v.fma(w0.or(q0.and(0x8000_0000)).reinterpretAsFloats(), s0);
            IntVector w1 = q1.and(0x7FFF_0000).lanewise(LSHR, 3);
            w1 = w1.reinterpretAsFloats().mul(Codes.HALF_EXPONENT).reinterpretAsInts();
            s1 = v.fma(w1.or(q1.and(0x8000_0000)).reinterpretAsFloats(), s1);
            IntVector w2 = q2.and(0x7FFF_0000).lanewise(LSHR, 3);
            w2 = w2.reinterpretAsFloats().mul(Codes.HALF_EXPONENT).reinterpretAsInts();
            s2 = v.fma(w2.or(q2.and(0x8000_0000)).reinterpretAsFloats(), s2);
            IntVector w3 = q3.and(0x7FFF_0000).lanewise(LSHR, 3);
            w3 = w3.reinterpretAsFloats().mul(Codes.HALF_EXPONENT).reinterpretAsInts();
            s3 = v.fma(w3.or(q3.and(0x8000_0000)).reinterpretAsFloats(), s3);
        }
        FloatVector.fromArray(F, sums, to).add(s0).intoArray(sums, to);
        FloatVector.fromArray(F, sums, to + L).add(s1).intoArray(sums, to + L);
        FloatVector.fromArray(F, sums, to + 2 * L).add(s2).intoArray(sums, to + 2 * L);
        FloatVector.fromArray(F, sums, to + 3 * L).add(s3).intoArray(sums, to + 3 * L);
    }

    private static void bf16(
            MemorySegment data,
            long at,
            long strand,
            int cols,
            float[] x,
            int xAt,
            float[] sums,
            int to) {
        long o1 = VectorValues.register(1, strand);
        long o2 = VectorValues.register(2, strand);
        long o3 = VectorValues.register(3, strand);
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int c = 0; c < cols; c++) {
            long word = at + (long) c / 2 * NEXT;
            int shift = 16 - c % 2 * 16;
            FloatVector v = FloatVector.broadcast(F, x[xAt + c]);
            IntVector q0 = IntVector.fromMemorySegment(I, data, word, LE).lanewise(LSHL, shift);
            IntVector q1 =
                    IntVector.fromMemorySegment(I, data, word + o1, LE).lanewise(LSHL, shift);
            IntVector q2 =
                    IntVector.fromMemorySegment(I, data, word + o2, LE).lanewise(LSHL, shift);
            IntVector q3 =
                    IntVector.fromMemorySegment(I, data, word + o3, LE).lanewise(LSHL, shift);
            s0 = v.fma(q0.and(0xFFFF_0000).reinterpretAsFloats(), s0);
            s1 = v.fma(q1.and(0xFFFF_0000).reinterpretAsFloats(), s1);
            s2 = v.fma(q2.and(0xFFFF_0000).reinterpretAsFloats(), s2);
            s3 = v.fma(q3.and(0xFFFF_0000).reinterpretAsFloats(), s3);
        }
        FloatVector.fromArray(F, sums, to).add(s0).intoArray(sums, to);
        FloatVector.fromArray(F, sums, to + L).add(s1).intoArray(sums, to + L);
        FloatVector.fromArray(F, sums, to + 2 * L).add(s2).intoArray(sums, to + 2 * L);
        FloatVector.fromArray(F, sums, to + 3 * L).add(s3).intoArray(sums, to + 3 * L);
    }
}
