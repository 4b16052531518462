package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.CHUNK_COLS;
import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import java.util.Arrays;

/**
 * How the scales of a chunk are stored, behind its {@link Codes}: planes of half-precision numbers,
 * then planes of words with four bytes of four blocks, each with one number or word per row.
 *
 * <p>A block's weights are {@code scale · whole number + minimum}. What {@link #expand} yields is
 * meant for values, which are more than the whole numbers by {@link Codes#offset}.
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
    /** One scale and one for minimums; per block, unsigned factors of both. */
    FACTORED_WITH_MINIMUM(0, 2, 2),
    /** Per block, the exponent of a power of two. */
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

    /** Half-precision numbers of a chunk of a group. */
    int halves(int blocks) {
        return (halvesPerChunk + halvesPerBlock * blocks) * GROUP_ROWS;
    }

    /** Words with the factors of a chunk of a group, four blocks a word. */
    int factorWords(int blocks) {
        return factors * Math.ceilDiv(blocks, 4) * GROUP_ROWS;
    }

    /**
     * Computes what a block's sums are multiplied by: {@code weight = scale · value + minimum}.
     *
     * @param buffer holds what is stored (of the planes per block all scales first, then all
     *     minimums); its scales and minimums are written
     * @param centre what is taken from whole numbers that are centred
     * @param offset {@link Codes#offset}
     */
    void expand(ScaleBuffer buffer, int blocks, int centre, int offset) {
        short[] halves = buffer.halves;
        float[] scales = buffer.scales;
        float[] minimums = buffer.minimums;
        int count = blocks * GROUP_ROWS;
        switch (this) {
            case NONE -> {
                Arrays.fill(scales, 0, count, 1);
                Arrays.fill(minimums, 0, count, 0);
            }
            case CENTRED -> {
                float taken = -(offset + centre);
                widen(halves, 0, count, scales);
                for (int i = 0; i < count; i++) {
                    minimums[i] = taken * scales[i];
                }
            }
            case WITH_MINIMUM -> {
                widen(halves, 0, count, scales);
                widen(halves, count, count, minimums);
                for (int i = 0; i < count; i++) {
                    minimums[i] -= offset * scales[i];
                }
            }
            case FACTORED -> {
                widen(halves, 0, GROUP_ROWS, buffer.bases);
                float taken = -(offset + centre);
                for (int i = 0; i < count; i++) {
                    scales[i] = buffer.bases[i % GROUP_ROWS] * (byte) factor(buffer, i, 0);
                    minimums[i] = taken * scales[i];
                }
            }
            case FACTORED_WITH_MINIMUM -> {
                widen(halves, 0, 2 * GROUP_ROWS, buffer.bases);
                int second = factorWords(blocks) / 2;
                for (int i = 0; i < count; i++) {
                    int row = i % GROUP_ROWS;
                    scales[i] = buffer.bases[row] * factor(buffer, i, 0);
                    float minimum = buffer.bases[GROUP_ROWS + row] * factor(buffer, i, second);
                    minimums[i] = -minimum - offset * scales[i];
                }
            }
            case POWER -> {
                for (int i = 0; i < count; i++) {
                    scales[i] = power(factor(buffer, i, 0));
                }
                Arrays.fill(minimums, 0, count, 0);
            }
        }
    }

    /** The factor of row {@code index % GROUP_ROWS} in block {@code index / GROUP_ROWS}. */
    private static int factor(ScaleBuffer buffer, int index, int plane) {
        int block = index / GROUP_ROWS;
        int word = buffer.factors[plane + block / 4 * GROUP_ROWS + index % GROUP_ROWS];
        return word >>> block % 4 * 8 & 0xFF;
    }

    /** {@code 2^(exponent - 128)}; the two least are subnormal. */
    private static float power(int exponent) {
        return Float.intBitsToFloat(exponent < 2 ? 0x0020_0000 << exponent : exponent - 1 << 23);
    }

    /** Plain Java: C2 turns this loop into vector conversions, which the Vector API lacks. */
    static void widen(short[] halves, int from, int count, float[] out) {
        for (int i = 0; i < count; i++) {
            out[i] = Float.float16ToFloat(halves[from + i]);
        }
    }

    /** Most halves of a chunk; the most words of factors are fewer. */
    static int most(int smallestBlock) {
        return 2 * CHUNK_COLS / smallestBlock * GROUP_ROWS;
    }
}
