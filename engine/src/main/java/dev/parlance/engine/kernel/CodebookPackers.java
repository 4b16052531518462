package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.StoredBlocks.half;

import dev.parlance.engine.tensor.Codebook;

/** Packs indexes into a list of values as the values, which takes twice the memory. */
final class CodebookPackers {
    private CodebookPackers() {}

    static void iq4Nl(byte[] stored, int at, ChunkBuffer chunk, int row, int col) {
        chunk.half(col / 32, row, half(stored, at));
        values(stored, at + 2, Codebook.NON_LINEAR, chunk, row, col);
    }

    static void iq4Xs(byte[] stored, int at, ChunkBuffer chunk, int row, int col) {
        chunk.half(0, row, half(stored, at));
        int uppers = half(stored, at + 2);
        for (int block = 0; block < 8; block++) {
            int lower = stored[at + 4 + block / 2] >> block % 2 * 4 & 15;
            int upper = uppers >> 2 * block & 3;
            chunk.factor(block, row, (lower | upper << 4) - 32);
            values(stored, at + 8 + 16 * block, Codebook.NON_LINEAR, chunk, row, 32 * block);
        }
    }

    static void mxfp4(byte[] stored, int at, ChunkBuffer chunk, int row, int col) {
        chunk.factor(col / 32, row, stored[at]);
        values(stored, at + 1, Codebook.E2M1_TWICE, chunk, row, col);
    }

    private static void values(
            byte[] stored, int at, Codebook values, ChunkBuffer chunk, int row, int col) {
        for (int i = 0; i < 16; i++) {
            int q = stored[at + i];
            chunk.addByte(col + i, row, values.get(q & 15));
            chunk.addByte(col + 16 + i, row, values.get(q >> 4 & 15));
        }
    }
}
