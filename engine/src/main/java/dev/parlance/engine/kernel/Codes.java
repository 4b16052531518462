package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

/**
 * How the numbers that stand for weights lie in a chunk of a {@link PackedMatrix}: in planes of
 * 32-bit words, each with the bits of one row for some columns, the words of the group's rows
 * beside each other. So a vector register takes a word of each of its rows at once.
 *
 * <p>A code's value is what costs a vector kernel the fewest instructions: whole numbers are put
 * into a float's fraction as they are, which adds a fixed amount to them; {@link Scales} takes it
 * away again, once per block.
 */
enum Codes {
    /** Whole numbers 0 … 3; value 4 more. 16 columns a word. */
    TWO_BITS(2, 4),
    /** Whole numbers 0 … 15; value 16 more. 8 columns a word. */
    FOUR_BITS(4, 16),
    /**
     * Whole numbers 0 … 31; value 32 more. 8 columns a word of lower bits, then 32 a word of upper.
     */
    FIVE_BITS(5, 32),
    /**
     * Whole numbers 0 … 63; value 64 more. 8 columns a word of lower bits, then 16 a word of upper.
     */
    SIX_BITS(6, 64),
    /** Whole numbers -128 … 127. 4 columns a word. */
    BYTES(8, 0),
    /** Half-precision numbers. 2 columns a word. */
    F16(16, 0),
    /** The upper halves of single-precision numbers. 2 columns a word. */
    BF16(16, 0),
    /** Single-precision numbers. */
    F32(32, 0);

    /**
     * {@code 2^112}: moves a half's exponent, read as a float's, to where a float's counts from.
     */
    static final float HALF_EXPONENT = 0x1p112f;

    /** Bits of a column of a row. */
    final int bits;

    /** What a value is more than the whole number. */
    final int offset;

    Codes(int bits, int offset) {
        this.bits = bits;
        this.offset = offset;
    }

    /**
     * Words of {@code cols} columns of a group; a multiple of 32 columns unless these are floats.
     */
    int words(int cols) {
        return Math.ceilDiv(cols * bits, Integer.SIZE) * GROUP_ROWS;
    }

    /**
     * The definition of the values: writes those of one row of a chunk.
     *
     * @param words the chunk's, as stored
     * @param cols columns of the chunk
     */
    void values(int[] words, int cols, int row, float[] out, int to) {
        int upper = row + cols / 8 * GROUP_ROWS;
        switch (this) {
            case TWO_BITS -> {
                for (int c = 0; c < cols; c++) {
                    out[to + c] = 4 + (words[row + c / 16 * GROUP_ROWS] >>> c % 16 * 2 & 3);
                }
            }
            case FOUR_BITS -> {
                for (int c = 0; c < cols; c++) {
                    out[to + c] = 16 + (words[row + c / 8 * GROUP_ROWS] >>> c % 8 * 4 & 15);
                }
            }
            case FIVE_BITS -> {
                for (int c = 0; c < cols; c++) {
                    int lower = words[row + c / 8 * GROUP_ROWS] >>> c % 8 * 4 & 15;
                    out[to + c] =
                            32 + lower + 16 * (words[upper + c / 32 * GROUP_ROWS] >>> c % 32 & 1);
                }
            }
            case SIX_BITS -> {
                for (int c = 0; c < cols; c++) {
                    int lower = words[row + c / 8 * GROUP_ROWS] >>> c % 8 * 4 & 15;
                    int two = words[upper + c / 16 * GROUP_ROWS] >>> c % 16 * 2 & 3;
                    out[to + c] = 64 + lower + 16 * two;
                }
            }
            case BYTES -> {
                for (int c = 0; c < cols; c++) {
                    out[to + c] = (byte) (words[row + c / 4 * GROUP_ROWS] >> c % 4 * 8);
                }
            }
            case F16 -> {
                for (int c = 0; c < cols; c++) {
                    int word = words[row + c / 2 * GROUP_ROWS];
                    out[to + c] = half(word >> c % 2 * 16);
                }
            }
            case BF16 -> {
                for (int c = 0; c < cols; c++) {
                    int word = words[row + c / 2 * GROUP_ROWS];
                    out[to + c] = Float.intBitsToFloat(word >> c % 2 * 16 << 16);
                }
            }
            case F32 -> {
                for (int c = 0; c < cols; c++) {
                    out[to + c] = Float.intBitsToFloat(words[row + c * GROUP_ROWS]);
                }
            }
        }
    }

    /**
     * A half-precision number. Infinities and NaNs, which no weight should be, count on as numbers.
     */
    private static float half(int bits) {
        float size = Float.intBitsToFloat((bits & 0x7FFF) << 13) * HALF_EXPONENT;
        return (bits & 0x8000) == 0 ? size : -size;
    }
}
