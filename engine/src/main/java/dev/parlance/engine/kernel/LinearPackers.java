package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.StoredBlocks.half;
import static dev.parlance.engine.kernel.StoredBlocks.lowerNibbles;
import static dev.parlance.engine.kernel.StoredBlocks.upperNibbles;
import static dev.parlance.engine.kernel.StoredBlocks.word;

/** Packs blocks of 32 whole numbers; what is stored where is told with their definitions. */
final class LinearPackers {
    private LinearPackers() {}

    static void q4(byte[] stored, int at, ChunkBuffer chunk, int row, int col) {
        chunk.half(col / 32, row, half(stored, at));
        nibbles(stored, at + 2, chunk, row, col);
    }

    static void q4WithMinimum(byte[] stored, int at, ChunkBuffer chunk, int row, int col) {
        scaleAndMinimum(stored, at, chunk, row, col);
        nibbles(stored, at + 4, chunk, row, col);
    }

    static void q5(byte[] stored, int at, ChunkBuffer chunk, int row, int col) {
        chunk.half(col / 32, row, half(stored, at));
        chunk.upper(col / 32, row, word(stored, at + 2));
        nibbles(stored, at + 6, chunk, row, col);
    }

    static void q5WithMinimum(byte[] stored, int at, ChunkBuffer chunk, int row, int col) {
        scaleAndMinimum(stored, at, chunk, row, col);
        chunk.upper(col / 32, row, word(stored, at + 4));
        nibbles(stored, at + 8, chunk, row, col);
    }

    static void q8(byte[] stored, int at, ChunkBuffer chunk, int row, int col) {
        chunk.half(col / 32, row, half(stored, at));
        for (int i = 0; i < 8; i++) {
            chunk.word(col / 4 + i, row, word(stored, at + 2 + 4 * i));
        }
    }

    private static void scaleAndMinimum(
            byte[] stored, int at, ChunkBuffer chunk, int row, int col) {
        chunk.half(col / 32, row, half(stored, at));
        chunk.half(chunk.blocks + col / 32, row, half(stored, at + 2));
    }

    private static void nibbles(byte[] stored, int at, ChunkBuffer chunk, int row, int col) {
        chunk.word(col / 8, row, lowerNibbles(stored, at));
        chunk.word(col / 8 + 1, row, lowerNibbles(stored, at + 8));
        chunk.word(col / 8 + 2, row, upperNibbles(stored, at));
        chunk.word(col / 8 + 3, row, upperNibbles(stored, at + 8));
    }
}
