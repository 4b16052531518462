package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.StoredBlocks.half;
import static dev.parlance.engine.kernel.StoredBlocks.word;

/**
 * Packs indexes into lists of values; what is stored where is told with their definitions, and what
 * is kept where with {@link Compaction}.
 */
final class CodebookPackers {
    private CodebookPackers() {}

    static void iq4Nl(byte[] stored, int at, ChunkBuffer chunk, int row) {
        for (int block = 0; block < chunk.blocks; block++, at += 18) {
            chunk.half(block, row, half(stored, at));
            indexes(stored, at + 2, chunk, row, block);
        }
    }

    static void iq4Xs(byte[] stored, int at, ChunkBuffer chunk, int row) {
        chunk.half(0, row, half(stored, at));
        int uppers = half(stored, at + 2);
        for (int four = 0; four < 2; four++) {
            int factors = 0;
            for (int i = 0; i < 4; i++) {
                int block = 4 * four + i;
                int lower = stored[at + 4 + block / 2] >> block % 2 * 4 & 15;
                int upper = uppers >> 2 * block & 3;
                factors |= ((lower | upper << 4) - 32 & 0xFF) << 8 * i;
                indexes(stored, at + 8 + 16 * block, chunk, row, block);
            }
            chunk.factors(four, row, factors);
        }
    }

    static void mxfp4(byte[] stored, int at, ChunkBuffer chunk, int row) {
        for (int first = 0; first < chunk.blocks; first += 4) {
            int factors = 0;
            for (int block = first; block < Math.min(first + 4, chunk.blocks); block++, at += 17) {
                factors |= (stored[at] & 0xFF) << block % 4 * 8;
                indexes(stored, at + 1, chunk, row, block);
            }
            chunk.factors(first / 4, row, factors);
        }
    }

    /** The first 16 columns are in the lower nibbles of what is stored, the others in the upper. */
    private static void indexes(byte[] stored, int at, ChunkBuffer chunk, int row, int block) {
        for (int i = 0; i < 2; i++) {
            int first = word(stored, at + 8 * i);
            int second = word(stored, at + 8 * i + 4);
            int lowers = first & 0x0F0F_0F0F | (second & 0x0F0F_0F0F) << 4;
            int uppers = first >>> 4 & 0x0F0F_0F0F | second & 0xF0F0_F0F0;
            chunk.word(4 * block + i, row, lowers);
            chunk.word(4 * block + 2 + i, row, uppers);
        }
    }
}
