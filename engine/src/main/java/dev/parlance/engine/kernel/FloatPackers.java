package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.StoredBlocks.half;
import static dev.parlance.engine.kernel.StoredBlocks.word;

/** Packs floating-point numbers. */
final class FloatPackers {
    private FloatPackers() {}

    static void f32(byte[] stored, ChunkBuffer chunk, int row) {
        for (int col = 0; col < chunk.cols; col++) {
            chunk.word(col, row, word(stored, col * Float.BYTES));
        }
    }

    static void halves(byte[] stored, ChunkBuffer chunk, int row) {
        int col = 0;
        for (; col + 2 <= chunk.cols; col += 2) {
            chunk.word(col / 2, row, word(stored, col * Short.BYTES));
        }
        if (col < chunk.cols) {
            chunk.word(col / 2, row, half(stored, col * Short.BYTES) & 0xFFFF);
        }
    }
}
