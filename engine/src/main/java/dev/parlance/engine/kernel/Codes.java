package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

/**
 * How the numbers that stand for weights lie in a chunk of a {@link PackedMatrix}: in 32-bit words,
 * each with the bits of one row for some columns, the words of the group's rows beside each other.
 * So a vector register takes a word of each of its rows at once.
 *
 * <p>Whole numbers lie in a word from its lowest bits on, column by column. What a word has left is
 * used, too: the bits left of the words of a block, those of the first word highest, make one more
 * word, which holds the block's last columns.
 *
 * <p>A kernel takes two columns at a time off the lower end of a word with a mask each and converts
 * them to floats; the second is {@code 2^bits} times too large then, so its input is made smaller
 * by as much beforehand: see {@link PreparedInputs}.
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

    /** Whether these are whole numbers, whose inputs are prepared. */
    boolean areWhole() {
        return bits <= Byte.SIZE;
    }

    /** Bits that a word has left. */
    int leftBits() {
        return Integer.SIZE - wordCols * bits;
    }

    /** Columns in what the words of a block leave. */
    int restCols() {
        return blockWords * leftBits() / bits;
    }

    /** Words of a row; a multiple of 32 columns unless these are floats. */
    int words(int cols) {
        return Math.ceilDiv(cols * bits, Integer.SIZE);
    }

    /**
     * The definition of the values: writes those of one row of a chunk, of which every second one
     * is {@code 2^bits} times the whole number.
     *
     * @param words the chunk's, as stored
     * @param cols columns of the chunk
     */
    void values(int[] words, int cols, int row, float[] out, int to) {
        switch (this) {
            case TWO_BITS, FOUR_BITS, BYTES -> {
                int mask = (1 << bits) - 1;
                for (int c = 0; c < cols; c++) {
                    int code = words[row + c / wordCols * GROUP_ROWS] >>> c % wordCols * bits;
                    out[to + c] = (code & mask) << c % 2 * bits;
                }
            }
            case FIVE_BITS, SIX_BITS -> {
                int at = row;
                for (int c = 0; c < cols; ) {
                    int rest = 0;
                    for (int i = 0; i < blockWords; i++) {
                        int word = words[at];
                        c = codes(word, wordCols, out, to, c);
                        rest = rest << leftBits() | word >>> wordCols * bits;
                        at += GROUP_ROWS;
                    }
                    c = codes(rest, restCols(), out, to, c);
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

    /** Writes the values of a word's columns, the first of them column {@code c}. */
    private int codes(int word, int count, float[] out, int to, int c) {
        int mask = (1 << bits) - 1;
        for (int i = 0; i < count; i++) {
            out[to + c + i] = (word >>> i * bits & mask) << i % 2 * bits;
        }
        return c + count;
    }

    /**
     * A half-precision number. Infinities and NaNs, which no weight should be, count on as numbers.
     */
    static float half(int bits) {
        float size = Float.intBitsToFloat((bits & 0x7FFF) << 13) * HALF_EXPONENT;
        return (bits & 0x8000) == 0 ? size : -size;
    }
}
