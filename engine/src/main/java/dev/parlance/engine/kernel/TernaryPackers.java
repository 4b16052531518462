package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.StoredBlocks.half;
import static dev.parlance.engine.kernel.StoredBlocks.pairs;

/**
 * Packs -1, 0 and 1, which are a chunk long; what is stored where is told with their definitions.
 */
final class TernaryPackers {
    private TernaryPackers() {}

    static void tq1(byte[] stored, int at, ChunkBuffer chunk, int row, int col) {
        scale(half(stored, at + 52), chunk, row);
        digits(stored, at, 32, 5, chunk, row, 0);
        digits(stored, at + 32, 16, 5, chunk, row, 160);
        digits(stored, at + 48, 4, 4, chunk, row, 240);
    }

    private static void digits(
            byte[] stored, int at, int bytes, int perByte, ChunkBuffer chunk, int row, int col) {
        int power = 1;
        for (int n = 0; n < perByte; n++) {
            for (int m = 0; m < bytes; m++) {
                int fraction = stored[at + m] * power & 0xFF;
                int to = col + n * bytes + m;
                chunk.add(to / 16, row, (fraction * 3 >> 8) << to % 16 * 2);
            }
            power *= 3;
        }
    }

    static void tq2(byte[] stored, int at, ChunkBuffer chunk, int row, int col) {
        scale(half(stored, at + 64), chunk, row);
        for (int i = 0; i < 16; i++) {
            int from = at + i / 8 * 32 + i % 2 * 16;
            int shift = i % 8 / 2 * 2;
            chunk.word(i, row, pairs(stored, from, shift) | pairs(stored, from + 8, shift) << 16);
        }
    }

    /** For every 32 columns, because what is added to small numbers would weigh on a long sum. */
    private static void scale(short d, ChunkBuffer chunk, int row) {
        for (int block = 0; block < chunk.blocks; block++) {
            chunk.half(block, row, d);
        }
    }
}
