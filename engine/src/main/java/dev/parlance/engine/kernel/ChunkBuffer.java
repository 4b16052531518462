package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.CHUNK_COLS;
import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import java.util.Arrays;

/**
 * A chunk that is being packed: see {@link Codes} and {@link Scales} for what lies where. Every
 * word of a row is written once, as a whole.
 */
final class ChunkBuffer {
    final int[] words = new int[Codes.F32.words(CHUNK_COLS)];
    final short[] halves = new short[Scales.most(WeightLayout.LEAST_BLOCK_COLS)];
    final int[] factors = new int[Scales.most(WeightLayout.LEAST_BLOCK_COLS)];

    /** Columns of the chunk. */
    int cols;

    /** Blocks of the chunk, as {@link WeightLayout} means them. */
    int blocks;

    void begin(int newCols, int newBlocks) {
        cols = newCols;
        blocks = newBlocks;
    }

    /** Makes rows zeros that nobody will write. */
    void clear() {
        Arrays.fill(words, 0);
        Arrays.fill(halves, (short) 0);
        Arrays.fill(factors, 0);
    }

    /** A word of a row in the only or lower plane. */
    void word(int index, int row, int bits) {
        words[index * GROUP_ROWS + row] = bits;
    }

    /** A word of the upper plane, which lies behind one of 8 columns a word. */
    void upper(int index, int row, int bits) {
        words[(cols / 8 + index) * GROUP_ROWS + row] = bits;
    }

    /**
     * @param plane number of the plane: of blocks, or of the chunk
     */
    void half(int plane, int row, short bits) {
        halves[plane * GROUP_ROWS + row] = bits;
    }

    /** The factors of the scales of four blocks, one in each byte. */
    void factors(int four, int row, int bytes) {
        factors[four * GROUP_ROWS + row] = bytes;
    }

    /** The factors of the minimums of four blocks, one in each byte. */
    void minimumFactors(int four, int row, int bytes) {
        factors[(Math.ceilDiv(blocks, 4) + four) * GROUP_ROWS + row] = bytes;
    }
}
