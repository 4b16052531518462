package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import java.util.Arrays;

/**
 * How the scales of a chunk are stored, before its {@link Codes}: words of each row, first those
 * with two half-precision numbers, then those with four bytes, each for a block.
 *
 * <p>A block's weights are {@code scale · whole number + minimum}; whole numbers that are centred
 * have {@code -centre · scale} as their minimum.
 */
enum Scales {
    /** None: the codes are the weights. */
    NONE(0, 0, 0),
    /** Per block, the scale; its whole numbers are centred. */
    CENTRED(1, 0, 0),
    /** Per block, the scale and the minimum. */
    WITH_MINIMUM(2, 0, 0),
    /** One scale; per block, a signed factor of it. Whole numbers are centred. */
    FACTORED(0, 1, 1),
    /** One scale and one for what is taken away; per block, unsigned factors of both. */
    FACTORED_WITH_MINIMUM(0, 2, 2),
    /** Per block, the exponent of a power of two. Whole numbers are centred. */
    POWER(0, 0, 1);

    /** Half-precision numbers per row and block. */
    private final int halvesPerBlock;

    /** Half-precision numbers per row and chunk. */
    private final int halvesPerChunk;

    /** Bytes per row and block. */
    private final int factors;

    Scales(int halvesPerBlock, int halvesPerChunk, int factors) {
        this.halvesPerBlock = halvesPerBlock;
        this.halvesPerChunk = halvesPerChunk;
        this.factors = factors;
    }

    /** Words of a row of a chunk. */
    int words(int blocks) {
        return halfWords(blocks) + factors * Math.ceilDiv(blocks, 4);
    }

    /** Words of a row of a chunk that hold half-precision numbers. */
    int halfWords(int blocks) {
        return Math.ceilDiv(halvesPerChunk + halvesPerBlock * blocks, 2);
    }

    /**
     * Computes what a block's sums are multiplied by: {@code weight = scale · value + minimum}.
     *
     * @param buffer holds what is stored; its scales and minimums are written
     * @param centre what the minimum takes from whole numbers
     */
    void expand(ScaleBuffer buffer, int blocks, int centre) {
        int[] words = buffer.words;
        float[] scales = buffer.scales;
        float[] minimums = buffer.minimums;
        int count = blocks * GROUP_ROWS;
        switch (this) {
            case NONE -> {
                Arrays.fill(scales, 0, count, 1);
                Arrays.fill(minimums, 0, count, 0);
            }
            case CENTRED -> {
                for (int i = 0; i < count; i++) {
                    int block = i / GROUP_ROWS;
                    scales[i] = half(words, block, i % GROUP_ROWS);
                    minimums[i] = -centre * scales[i];
                }
            }
            case WITH_MINIMUM -> {
                for (int i = 0; i < count; i++) {
                    int block = i / GROUP_ROWS;
                    scales[i] = half(words, 2 * block, i % GROUP_ROWS);
                    float minimum = half(words, 2 * block + 1, i % GROUP_ROWS);
                    minimums[i] = Math.fma(-centre, scales[i], minimum);
                }
            }
            case FACTORED -> {
                for (int i = 0; i < count; i++) {
                    scales[i] = half(words, 0, i % GROUP_ROWS) * (byte) factor(words, i, 1);
                    minimums[i] = -centre * scales[i];
                }
            }
            case FACTORED_WITH_MINIMUM -> {
                int second = 1 + Math.ceilDiv(blocks, 4);
                for (int i = 0; i < count; i++) {
                    int row = i % GROUP_ROWS;
                    scales[i] = half(words, 0, row) * factor(words, i, 1);
                    float minimum = -(half(words, 1, row) * factor(words, i, second));
                    minimums[i] = Math.fma(-centre, scales[i], minimum);
                }
            }
            case POWER -> {
                for (int i = 0; i < count; i++) {
                    scales[i] = power(factor(words, i, 0));
                    minimums[i] = -centre * scales[i];
                }
            }
        }
    }

    private static float half(int[] words, int index, int row) {
        return Codes.half(words[index / 2 * GROUP_ROWS + row] >>> index % 2 * 16);
    }

    /** The factor of row {@code index % GROUP_ROWS} in block {@code index / GROUP_ROWS}. */
    private static int factor(int[] words, int index, int firstWord) {
        int block = index / GROUP_ROWS;
        int word = words[(firstWord + block / 4) * GROUP_ROWS + index % GROUP_ROWS];
        return word >>> block % 4 * 8 & 0xFF;
    }

    /** {@code 2^(exponent - 128)}; the two least are subnormal. */
    private static float power(int exponent) {
        return Float.intBitsToFloat(exponent < 2 ? 0x0020_0000 << exponent : exponent - 1 << 23);
    }

    /** Most words of a row of a chunk. */
    static int mostWords(int mostBlocks) {
        return Math.max(WITH_MINIMUM.words(mostBlocks), FACTORED_WITH_MINIMUM.words(mostBlocks));
    }
}
