package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.StoredBlocks.half;
import static dev.parlance.engine.kernel.StoredBlocks.word;

import dev.parlance.engine.tensor.Codebook;

/** Packs indexes into a list of values as 128 more than the values: twice the memory. */
final class CodebookPackers {
    private static final int[] NON_LINEAR = bytes(Codebook.NON_LINEAR);
    private static final int[] E2M1_TWICE = bytes(Codebook.E2M1_TWICE);

    private CodebookPackers() {}

    /** 128 more than the values. */
    private static int[] bytes(Codebook codebook) {
        int[] bytes = new int[16];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = codebook.get(i) + 128;
        }
        return bytes;
    }

    static void iq4Nl(byte[] stored, int at, ChunkBuffer chunk, int row) {
        for (int block = 0; block < chunk.blocks; block++, at += 18) {
            chunk.half(block, row, half(stored, at));
            values(stored, at + 2, NON_LINEAR, chunk, row, block);
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
                values(stored, at + 8 + 16 * block, NON_LINEAR, chunk, row, block);
            }
            chunk.factors(four, row, factors);
        }
    }

    static void mxfp4(byte[] stored, int at, ChunkBuffer chunk, int row) {
        for (int first = 0; first < chunk.blocks; first += 4) {
            int factors = 0;
            for (int block = first; block < Math.min(first + 4, chunk.blocks); block++, at += 17) {
                factors |= (stored[at] & 0xFF) << block % 4 * 8;
                values(stored, at + 1, E2M1_TWICE, chunk, row, block);
            }
            chunk.factors(first / 4, row, factors);
        }
    }

    private static void values(
            byte[] stored, int at, int[] values, ChunkBuffer chunk, int row, int block) {
        for (int i = 0; i < 4; i++) {
            int indexes = word(stored, at + 4 * i);
            chunk.word(8 * block + i, row, four(indexes, values));
            chunk.word(8 * block + 4 + i, row, four(indexes >>> 4, values));
        }
    }

    /** The values of the lower nibbles of four bytes. */
    private static int four(int indexes, int[] values) {
        return values[indexes & 15]
                | values[indexes >> 8 & 15] << 8
                | values[indexes >> 16 & 15] << 16
                | values[indexes >> 24 & 15] << 24;
    }
}
