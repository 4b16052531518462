package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.CHUNK_COLS;
import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;
import static dev.parlance.engine.kernel.WeightLayout.MOST_BLOCKS;

import java.util.Arrays;

/**
 * A chunk that is being packed: see {@link Codes} and {@link Scales} for what lies where. Every
 * word of a row is written once, as a whole.
 */
final class ChunkBuffer {
    final int[] words = new int[Codes.F32.words(CHUNK_COLS) * GROUP_ROWS];

    /** Numbers x rows of the group; two follow in a word. */
    final short[] halves = new short[2 * MOST_BLOCKS * GROUP_ROWS];

    final int[] factors = new int[Scales.mostWords(MOST_BLOCKS) * GROUP_ROWS];

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

    /** A word of a row. */
    void word(int index, int row, int bits) {
        words[index * GROUP_ROWS + row] = bits;
    }

    /** Two words of a row, of which one has the lower halves of both and the other the upper. */
    void halves(int index, int row, int lower, int upper) {
        word(index, row, lower & 0xFFFF | upper << 16);
        word(index + 1, row, lower >>> 16 | upper & 0xFFFF_0000);
    }

    /**
     * @param index number of the half: of blocks, or of the chunk
     */
    void half(int index, int row, short bits) {
        halves[index * GROUP_ROWS + row] = bits;
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
