package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

/**
 * How the numbers that stand for weights lie in a chunk of a {@link PackedMatrix}: in 32-bit words,
 * each with the bits of one row for some columns, the words of the group's rows beside each other.
 * So a vector register takes a word of each of its rows at once.
 *
 * <p>Whole numbers of up to six bits are multiplied with inputs that were rounded to whole numbers,
 * in lanes of 16 bits: see {@link QuantisedInputs}. So each half of a word has codes of its own,
 * from its lowest bit on: the lower halves of a block's words those of the first half of its
 * columns, the upper ones those of the second. What a half has left is used, too: the bits left of
 * the halves of a block, those of the first word highest, make one more half, which holds the last
 * columns.
 *
 * <p>Bytes lie in a word from its lowest bits on. A kernel takes two at a time off the lower end
 * with a mask each and converts them to floats; the second is 256 times too large then, so its
 * input is made smaller by as much beforehand: see {@link FloatInputs}.
 */
enum Codes {
    /** Whole numbers 0 … 3; 16 columns a word. */
    TWO_BITS(2, 16, 1),
    /** Whole numbers 0 … 15; 8 columns a word. */
    FOUR_BITS(4, 8, 1),
    /** Whole numbers 0 … 31; a block of 32 columns: 6 in each of 5 words, 2 in what they leave. */
    FIVE_BITS(5, 6, 5),
    /** Whole numbers 0 … 63; a block of 16 columns: 4 in each of 3 words, 4 in what they leave. */
    SIX_BITS(6, 4, 3),
    /** Whole numbers 0 … 255; 4 columns a word. */
    BYTES(8, 4, 1),
    /** Half-precision numbers; 2 columns a word. */
    F16(16, 2, 1),
    /** The upper halves of single-precision numbers; 2 columns a word. */
    BF16(16, 2, 1),
    /** Single-precision numbers. */
    F32(32, 1, 1);

    /**
     * {@code 2^112}: moves a half's exponent, read as a float's, to where a float's counts from.
     */
    static final float HALF_EXPONENT = 0x1p112f;

    /**
     * What is left of a half in the upper 16 bits of a word that has been shifted to the right by
     * 3, with its sign: the float that {@link #HALF_EXPONENT} makes the half's number.
     */
    static final int HALF_MASK = 0x8FFF_E000;

    /** Bits of a column of a row. */
    final int bits;

    /** Columns that a word holds alone. */
    final int wordCols;

    /** Words that share what they leave. */
    final int blockWords;

    Codes(int bits, int wordCols, int blockWords) {
        this.bits = bits;
        this.wordCols = wordCols;
        this.blockWords = blockWords;
    }

    /** Whether these are multiplied as whole numbers, in lanes of 16 bits. */
    boolean areQuantised() {
        return bits <= 6;
    }

    /** What is taken from a quantised code before it is multiplied, so that sums stay small. */
    int centre() {
        return 1 << bits - 1;
    }

    /** Whether the sum of a block of 32 such codes with inputs of 8 bits fits a lane of 16 bits. */
    boolean fillLanes() {
        return bits <= 4;
    }

    /** The bits of a quantised code at the lower end of each half of a word. */
    int mask() {
        return 0x0001_0001 * ((1 << bits) - 1);
    }

    /** Columns that each half of a word holds alone. */
    int halfCols() {
        return wordCols / 2;
    }

    /** Bits that each half of a word has left. */
    int leftBits() {
        return Short.SIZE - halfCols() * bits;
    }

    /** Columns in what each half of the words of a block leaves. */
    int restCols() {
        return blockWords * leftBits() / bits;
    }

    /** Words of a row; a multiple of 32 columns unless these are floats. */
    int words(int cols) {
        return Math.ceilDiv(cols * bits, Integer.SIZE);
    }

    /**
     * The definition of the values: writes those of one row of a chunk. Of whole numbers these are
     * the numbers less {@link #centre}, of bytes every second one is 256 times the whole number.
     *
     * @param words the chunk's, as stored
     * @param cols columns of the chunk
     * @param blockCols those that share a scale
     */
    void values(int[] words, int cols, int blockCols, int row, float[] out, int to) {
        switch (this) {
            case TWO_BITS, FOUR_BITS, FIVE_BITS, SIX_BITS -> {
                int blockWords = words(blockCols);
                for (int c = 0, at = row; c < cols; c += blockCols, at += blockWords * GROUP_ROWS) {
                    halves(words, at, blockWords, 0, out, to + c);
                    halves(words, at, blockWords, 16, out, to + c + blockCols / 2);
                }
            }
            case BYTES -> {
                for (int c = 0; c < cols; c++) {
                    int code = words[row + c / 4 * GROUP_ROWS] >>> c % 4 * 8 & 0xFF;
                    out[to + c] = code << c % 2 * 8;
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

    /** Writes the values of the lower or the upper halves of a block's words. */
    private void halves(int[] words, int at, int count, int shift, float[] out, int to) {
        int rest = 0;
        for (int i = 0; i < count; i++, at += GROUP_ROWS) {
            int half = words[at] >>> shift & 0xFFFF;
            to = codes(half, halfCols(), out, to);
            rest = rest << leftBits() | half >>> halfCols() * bits;
        }
        codes(rest, restCols(), out, to);
    }

    /** Writes the values of a half's columns; returns where those of the next begin. */
    private int codes(int half, int count, float[] out, int to) {
        for (int i = 0; i < count; i++) {
            out[to + i] = (half >>> i * bits & (1 << bits) - 1) - centre();
        }
        return to + count;
    }

    /**
     * A half-precision number. Infinities and NaNs, which no weight should be, count on as numbers.
     */
    static float half(int bits) {
        float size = Float.intBitsToFloat((bits & 0x7FFF) << 13) * HALF_EXPONENT;
        return (bits & 0x8000) == 0 ? size : -size;
    }
}
