package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.StoredBlocks.bits;
import static dev.parlance.engine.kernel.StoredBlocks.half;
import static dev.parlance.engine.kernel.StoredBlocks.lowerNibbles;
import static dev.parlance.engine.kernel.StoredBlocks.pairs;
import static dev.parlance.engine.kernel.StoredBlocks.upperNibbles;
import static dev.parlance.engine.kernel.StoredBlocks.word;

/**
 * Packs the "K" types, whose blocks are a chunk long; what is stored where is told with their
 * definitions.
 */
final class SuperPackers {
    private SuperPackers() {}

    static void q2(byte[] stored, int at, ChunkBuffer chunk, int row, int col) {
        chunk.half(0, row, half(stored, at + 80));
        chunk.half(1, row, half(stored, at + 82));
        for (int block = 0; block < 16; block++) {
            int scale = stored[at + block];
            chunk.factor(block, row, scale & 15);
            chunk.minimumFactor(block, row, scale >> 4 & 15);
            int from = at + 16 + block / 8 * 32 + block % 2 * 16;
            int shift = block % 8 / 2 * 2;
            chunk.word(
                    block, row, pairs(stored, from, shift) | pairs(stored, from + 8, shift) << 16);
        }
    }

    static void q3(byte[] stored, int at, ChunkBuffer chunk, int row, int col) {
        chunk.half(0, row, half(stored, at + 108));
        for (int block = 0; block < 16; block++) {
            int lower = stored[at + 96 + block % 8] >> block / 8 * 4 & 15;
            int upper = stored[at + 104 + block % 4] >> block / 4 * 2 & 3;
            chunk.factor(block, row, (lower | upper << 4) - 32);
            for (int i = 0; i < 2; i++) {
                int within = block % 2 * 16 + 8 * i;
                int pairs = pairs(stored, at + 32 + block / 8 * 32 + within, block % 8 / 2 * 2);
                int thirds = bits(stored, at + within, block / 2);
                int nibbles =
                        Integer.expand(pairs, 0x3333_3333) | Integer.expand(thirds, 0x4444_4444);
                chunk.word(2 * block + i, row, nibbles);
            }
        }
    }

    static void q4(byte[] stored, int at, ChunkBuffer chunk, int row, int col) {
        scalesAndMinimums(stored, at, chunk, row);
        nibbles(stored, at + 16, chunk, row);
    }

    static void q5(byte[] stored, int at, ChunkBuffer chunk, int row, int col) {
        scalesAndMinimums(stored, at, chunk, row);
        nibbles(stored, at + 48, chunk, row);
        for (int block = 0; block < 8; block++) {
            for (int i = 0; i < 4; i++) {
                chunk.upper(block, row, bits(stored, at + 16 + 8 * i, block) << 8 * i);
            }
        }
    }

    private static void nibbles(byte[] stored, int at, ChunkBuffer chunk, int row) {
        for (int pair = 0; pair < 4; pair++) {
            for (int i = 0; i < 4; i++) {
                int from = at + 32 * pair + 8 * i;
                chunk.word(8 * pair + i, row, lowerNibbles(stored, from));
                chunk.word(8 * pair + 4 + i, row, upperNibbles(stored, from));
            }
        }
    }

    private static void scalesAndMinimums(byte[] stored, int at, ChunkBuffer chunk, int row) {
        chunk.half(0, row, half(stored, at));
        chunk.half(1, row, half(stored, at + 2));
        long scales = scales(stored, at + 4);
        long minimums = minimums(stored, at + 4);
        for (int block = 0; block < 8; block++) {
            chunk.factor(block, row, (int) (scales >>> 8 * block) & 63);
            chunk.minimumFactor(block, row, (int) (minimums >>> 8 * block) & 63);
        }
    }

    /** The eight 6-bit scales of Q4_K and Q5_K, one in each byte. */
    private static long scales(byte[] bytes, int at) {
        long first = word(bytes, at) & 0xFFFF_FFFFL;
        long third = word(bytes, at + 8) & 0xFFFF_FFFFL;
        return first & 0x3F3F_3F3F | (third & 0x0F0F_0F0F | first >> 2 & 0x3030_3030) << 32;
    }

    /** The eight 6-bit minimums of Q4_K and Q5_K, one in each byte. */
    private static long minimums(byte[] bytes, int at) {
        long second = word(bytes, at + 4) & 0xFFFF_FFFFL;
        long third = word(bytes, at + 8) & 0xFFFF_FFFFL;
        return second & 0x3F3F_3F3F | (third >> 4 & 0x0F0F_0F0F | second >> 2 & 0x3030_3030) << 32;
    }

    static void q6(byte[] stored, int at, ChunkBuffer chunk, int row, int col) {
        chunk.half(0, row, half(stored, at + 208));
        for (int block = 0; block < 16; block++) {
            chunk.factor(block, row, stored[at + 192 + block]);
            int quarter = block % 8 / 2;
            int within = block % 2 * 16;
            int lowers = at + block / 8 * 64 + quarter % 2 * 32 + within;
            int uppers = at + 128 + block / 8 * 32 + within;
            for (int i = 0; i < 2; i++) {
                int from = lowers + 8 * i;
                int bits = quarter < 2 ? lowerNibbles(stored, from) : upperNibbles(stored, from);
                chunk.word(2 * block + i, row, bits);
                chunk.upper(block, row, pairs(stored, uppers + 8 * i, 2 * quarter) << 16 * i);
            }
        }
    }
}
