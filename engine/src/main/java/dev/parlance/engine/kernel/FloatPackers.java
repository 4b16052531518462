package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.StoredBlocks.half;
import static dev.parlance.engine.kernel.StoredBlocks.word;

/**
 * Packs floating-point numbers.
 *
 * <p>They fill so many words that those of a whole row, a cache line each, would not stay in the
 * first level cache; so all rows are moved some words at a time.
 */
final class FloatPackers {
    /** Words of a row that are moved before the next row's: a cache line of what is stored. */
    private static final int WORDS = 16;

    private FloatPackers() {}

    static void f32(byte[] stored, int at, int rowBytes, int rows, ChunkBuffer chunk) {
        words(stored, at, rowBytes, rows, chunk.cols, chunk);
    }

    static void halves(byte[] stored, int at, int rowBytes, int rows, ChunkBuffer chunk) {
        int words = chunk.cols / 2;
        words(stored, at, rowBytes, rows, words, chunk);
        if (chunk.cols % 2 > 0) {
            for (int row = 0; row < rows; row++) {
                int last = half(stored, at + row * rowBytes + words * Integer.BYTES) & 0xFFFF;
                chunk.word(words, row, last);
            }
        }
    }

    private static void words(
            byte[] stored, int at, int rowBytes, int rows, int words, ChunkBuffer chunk) {
        for (int from = 0; from < words; from += WORDS) {
            int end = Math.min(words, from + WORDS);
            for (int row = 0; row < rows; row++) {
                int rowAt = at + row * rowBytes;
                for (int index = from; index < end; index++) {
                    chunk.word(index, row, word(stored, rowAt + index * Integer.BYTES));
                }
            }
        }
    }
}
