package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.STRAND_ROWS;

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
 * Writes the values of rows, two registers of them, to a panel: columns x rows.
 *
 * <p>A whole number becomes the upper end of a float's fraction, under an exponent that makes the
 * fraction count ones: {@code 1.nnnn · 2^4} is 16 more than nnnn.
 */
final class VectorValues {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final ByteOrder LE = Lanes.ORDER;
    private static final int L = Lanes.COUNT;

    /** Bytes from a word of a row to its next. */
    static final int NEXT = STRAND_ROWS * Integer.BYTES;

    /** The bits of 2^2, 2^4, 2^5 and 2^6. */
    static final int TWO_BITS_ONE = 0x4080_0000;

    static final int FOUR_BITS_ONE = 0x4180_0000;
    static final int FIVE_BITS_ONE = 0x4200_0000;
    static final int SIX_BITS_ONE = 0x4280_0000;

    private VectorValues() {}

    /**
     * @param first the chunk's first word of the first row
     * @param strand {@link PackedMatrix#strandBytes()}
     * @param cols columns of the chunk
     */
    static void unpack(
            Codes codes, MemorySegment data, long first, long strand, int cols, float[] panel) {
        for (int register = 0; register < 2; register++) {
            long at = first + register(register, strand);
            int to = register * L;
            switch (codes) {
                case TWO_BITS -> twoBits(data, at, cols, panel, to);
                case FOUR_BITS -> fourBits(data, at, cols, panel, to);
                case FIVE_BITS -> fiveBits(data, at, cols, panel, to);
                case SIX_BITS -> sixBits(data, at, cols, panel, to);
                case BYTES -> bytes(data, at, cols, panel, to);
                case F16 -> f16(data, at, cols, panel, to);
                case BF16 -> bf16(data, at, cols, panel, to);
                case F32 -> f32(data, at, cols, panel, to);
            }
        }
    }

    /** Bytes from the first register's words of some rows to those of another register. */
    static long register(int index, long strand) {
        int row = index * L;
        return row / STRAND_ROWS * strand + row % STRAND_ROWS * Integer.BYTES;
    }

    private static void twoBits(MemorySegment data, long at, int cols, float[] panel, int to) {
        for (int c = 0; c < cols; c += 16) {
            IntVector q = IntVector.fromMemorySegment(I, data, at, LE);
            for (int n = 0; n < 11; n++) {
                IntVector v = q.lanewise(LSHL, 21 - 2 * n).and(0x60_0000).or(TWO_BITS_ONE);
                v.reinterpretAsFloats().intoArray(panel, to + n * 2 * L);
            }
            for (int n = 11; n < 16; n++) {
                IntVector v = q.lanewise(LSHR, 2 * n - 21).and(0x60_0000).or(TWO_BITS_ONE);
                v.reinterpretAsFloats().intoArray(panel, to + n * 2 * L);
            }
            at += NEXT;
            to += 16 * 2 * L;
        }
    }

    private static void fourBits(MemorySegment data, long at, int cols, float[] panel, int to) {
        for (int c = 0; c < cols; c += 8) {
            IntVector q = IntVector.fromMemorySegment(I, data, at, LE);
            for (int n = 0; n < 5; n++) {
                IntVector v = q.lanewise(LSHL, 19 - 4 * n).and(0x78_0000).or(FOUR_BITS_ONE);
                v.reinterpretAsFloats().intoArray(panel, to + n * 2 * L);
            }
            for (int n = 5; n < 8; n++) {
                IntVector v = q.lanewise(LSHR, 4 * n - 19).and(0x78_0000).or(FOUR_BITS_ONE);
                v.reinterpretAsFloats().intoArray(panel, to + n * 2 * L);
            }
            at += NEXT;
            to += 8 * 2 * L;
        }
    }

    private static void fiveBits(MemorySegment data, long at, int cols, float[] panel, int to) {
        long upperAt = at + (long) cols / 8 * NEXT;
        for (int c = 0; c < cols; c += 8) {
            IntVector q = IntVector.fromMemorySegment(I, data, at + (long) c / 8 * NEXT, LE);
            IntVector u = IntVector.fromMemorySegment(I, data, upperAt + (long) c / 32 * NEXT, LE);
            u = u.lanewise(LSHR, c % 32);
            for (int n = 0; n < 5; n++) {
                IntVector v = q.lanewise(LSHL, 18 - 4 * n).and(0x3C_0000);
                v = v.or(u.lanewise(LSHL, 22 - n).and(0x40_0000)).or(FIVE_BITS_ONE);
                v.reinterpretAsFloats().intoArray(panel, to + (c + n) * 2 * L);
            }
            for (int n = 5; n < 8; n++) {
                IntVector v = q.lanewise(LSHR, 4 * n - 18).and(0x3C_0000);
                v = v.or(u.lanewise(LSHL, 22 - n).and(0x40_0000)).or(FIVE_BITS_ONE);
                v.reinterpretAsFloats().intoArray(panel, to + (c + n) * 2 * L);
            }
        }
    }

    private static void sixBits(MemorySegment data, long at, int cols, float[] panel, int to) {
        long upperAt = at + (long) cols / 8 * NEXT;
        for (int c = 0; c < cols; c += 8) {
            IntVector q = IntVector.fromMemorySegment(I, data, at + (long) c / 8 * NEXT, LE);
            IntVector u = IntVector.fromMemorySegment(I, data, upperAt + (long) c / 16 * NEXT, LE);
            u = u.lanewise(LSHR, c % 16 * 2);
            for (int n = 0; n < 5; n++) {
                IntVector v = q.lanewise(LSHL, 17 - 4 * n).and(0x1E_0000);
                v = v.or(u.lanewise(LSHL, 21 - 2 * n).and(0x60_0000)).or(SIX_BITS_ONE);
                v.reinterpretAsFloats().intoArray(panel, to + (c + n) * 2 * L);
            }
            for (int n = 5; n < 8; n++) {
                IntVector v = q.lanewise(LSHR, 4 * n - 17).and(0x1E_0000);
                v = v.or(u.lanewise(LSHL, 21 - 2 * n).and(0x60_0000)).or(SIX_BITS_ONE);
                v.reinterpretAsFloats().intoArray(panel, to + (c + n) * 2 * L);
            }
        }
    }

    private static void bytes(MemorySegment data, long at, int cols, float[] panel, int to) {
        for (int c = 0; c < cols; c += 4) {
            IntVector q = IntVector.fromMemorySegment(I, data, at, LE);
            for (int n = 0; n < 4; n++) {
                IntVector v = q.lanewise(LSHL, 24 - 8 * n).lanewise(ASHR, 24);
                ((FloatVector) v.convert(I2F, 0)).intoArray(panel, to + n * 2 * L);
            }
            at += NEXT;
            to += 4 * 2 * L;
        }
    }

    private static void f16(MemorySegment data, long at, int cols, float[] panel, int to) {
        for (int c = 0; c < cols; c++) {
            IntVector q = IntVector.fromMemorySegment(I, data, at + (long) c / 2 * NEXT, LE);
            q = q.lanewise(LSHL, 16 - c % 2 * 16);
            IntVector size = q.and(0x7FFF_0000).lanewise(LSHR, 3);
            IntVector v = size.reinterpretAsFloats().mul(Codes.HALF_EXPONENT).reinterpretAsInts();
            v.or(q.and(0x8000_0000)).reinterpretAsFloats().intoArray(panel, to + c * 2 * L);
        }
    }

    private static void bf16(MemorySegment data, long at, int cols, float[] panel, int to) {
        for (int c = 0; c < cols; c++) {
            IntVector q = IntVector.fromMemorySegment(I, data, at + (long) c / 2 * NEXT, LE);
            q = q.lanewise(LSHL, 16 - c % 2 * 16).and(0xFFFF_0000);
            q.reinterpretAsFloats().intoArray(panel, to + c * 2 * L);
        }
    }

    private static void f32(MemorySegment data, long at, int cols, float[] panel, int to) {
        for (int c = 0; c < cols; c++) {
            FloatVector.fromMemorySegment(F, data, at, LE).intoArray(panel, to);
            at += NEXT;
            to += 2 * L;
        }
    }
}
