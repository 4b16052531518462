package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.CHUNK_COLS;
import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import java.util.Arrays;

/** A chunk that is being packed: see {@link Codes} and {@link Scales} for what lies where. */
final class ChunkBuffer {
    final int[] words = new int[Codes.F32.words(CHUNK_COLS)];
    final short[] halves = new short[Scales.most(WeightLayout.LEAST_BLOCK_COLS)];
    final int[] factors = new int[Scales.most(WeightLayout.LEAST_BLOCK_COLS)];

    /** Columns of the chunk. */
    int cols;

    /** Blocks of the chunk, as {@link WeightLayout} means them. */
    int blocks;

    void clear(int newCols, int newBlocks) {
        cols = newCols;
        blocks = newBlocks;
        Arrays.fill(words, 0);
        Arrays.fill(halves, (short) 0);
        Arrays.fill(factors, 0);
    }

    /** A word of a row in the only or lower plane. */
    void word(int index, int row, int bits) {
        words[index * GROUP_ROWS + row] = bits;
    }

    /** Adds bits to a word in the only or lower plane. */
    void add(int index, int row, int bits) {
        words[index * GROUP_ROWS + row] |= bits;
    }

    /** The value of one column, of codes that are bytes. */
    void addByte(int col, int row, int value) {
        add(col / 4, row, (value & 0xFF) << col % 4 * 8);
    }

    /** Adds bits to a word of the upper plane, which lies behind one of 8 columns a word. */
    void upper(int index, int row, int bits) {
        words[(cols / 8 + index) * GROUP_ROWS + row] |= bits;
    }

    /**
     * @param plane number of the plane: of blocks, or of the chunk
     */
    void half(int plane, int row, short bits) {
        halves[plane * GROUP_ROWS + row] = bits;
    }

    /** The factor of a block's scale. */
    void factor(int block, int row, int value) {
        factors[block / 4 * GROUP_ROWS + row] |= (value & 0xFF) << block % 4 * 8;
    }

    /** The factor of a block's minimum. */
    void minimumFactor(int block, int row, int value) {
        int plane = Math.ceilDiv(blocks, 4) * GROUP_ROWS;
        factors[plane + block / 4 * GROUP_ROWS + row] |= (value & 0xFF) << block % 4 * 8;
    }
}
