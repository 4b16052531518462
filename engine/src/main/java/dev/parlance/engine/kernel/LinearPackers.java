package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.StoredBlocks.half;
import static dev.parlance.engine.kernel.StoredBlocks.lowerNibbles;
import static dev.parlance.engine.kernel.StoredBlocks.upperNibbles;
import static dev.parlance.engine.kernel.StoredBlocks.word;

/**
 * Packs blocks of 32 whole numbers; what is stored where is told with their definitions.
 *
 * <p>Every type has a loop of its own, because calls that may go to any of them cost more than a
 * block.
 */
final class LinearPackers {
    private LinearPackers() {}

    static void q4(byte[] stored, int at, ChunkBuffer chunk, int row) {
        for (int block = 0; block < chunk.blocks; block++, at += 18) {
            chunk.half(block, row, half(stored, at));
            nibbles(stored, at + 2, chunk, row, block);
        }
    }

    static void q4WithMinimum(byte[] stored, int at, ChunkBuffer chunk, int row) {
        for (int block = 0; block < chunk.blocks; block++, at += 20) {
            scaleAndMinimum(stored, at, chunk, row, block);
            nibbles(stored, at + 4, chunk, row, block);
        }
    }

    static void q5(byte[] stored, int at, ChunkBuffer chunk, int row) {
        for (int block = 0; block < chunk.blocks; block++, at += 22) {
            chunk.half(block, row, half(stored, at));
            fives(stored, at + 6, word(stored, at + 2), chunk, row, block);
        }
    }

    static void q5WithMinimum(byte[] stored, int at, ChunkBuffer chunk, int row) {
        for (int block = 0; block < chunk.blocks; block++, at += 24) {
            scaleAndMinimum(stored, at, chunk, row, block);
            fives(stored, at + 8, word(stored, at + 4), chunk, row, block);
        }
    }

    static void q8(byte[] stored, int at, ChunkBuffer chunk, int row) {
        for (int block = 0; block < chunk.blocks; block++, at += 34) {
            chunk.half(block, row, half(stored, at));
            for (int i = 0; i < 8; i++) {
                int signed = word(stored, at + 2 + 4 * i);
                chunk.word(8 * block + i, row, signed ^ 0x8080_8080); // 128 more
            }
        }
    }

    private static void scaleAndMinimum(
            byte[] stored, int at, ChunkBuffer chunk, int row, int block) {
        chunk.half(2 * block, row, half(stored, at));
        chunk.half(2 * block + 1, row, half(stored, at + 2));
    }

    private static void nibbles(byte[] stored, int at, ChunkBuffer chunk, int row, int block) {
        chunk.halves(4 * block, row, lowerNibbles(stored, at), upperNibbles(stored, at));
        chunk.halves(
                4 * block + 2, row, lowerNibbles(stored, at + 8), upperNibbles(stored, at + 8));
    }

    private static void fives(
            byte[] stored, int at, int uppers, ChunkBuffer chunk, int row, int block) {
        SplitWords.fives(
                SplitWords.fives(lowerNibbles(stored, at), uppers),
                SplitWords.fives(lowerNibbles(stored, at + 8), uppers >>> 8),
                SplitWords.fives(upperNibbles(stored, at), uppers >>> 16),
                SplitWords.fives(upperNibbles(stored, at + 8), uppers >>> 24),
                chunk,
                row,
                block);
    }
}
