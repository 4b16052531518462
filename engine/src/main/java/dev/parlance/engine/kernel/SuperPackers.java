package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.StoredBlocks.bits;
import static dev.parlance.engine.kernel.StoredBlocks.half;
import static dev.parlance.engine.kernel.StoredBlocks.lowerNibbles;
import static dev.parlance.engine.kernel.StoredBlocks.pairs;
import static dev.parlance.engine.kernel.StoredBlocks.threes;
import static dev.parlance.engine.kernel.StoredBlocks.upperNibbles;
import static dev.parlance.engine.kernel.StoredBlocks.word;

/**
 * Packs the "K" types, whose blocks are a chunk long; what is stored where is told with their
 * definitions.
 */
final class SuperPackers {
    private SuperPackers() {}

    static void q2(byte[] stored, int at, ChunkBuffer chunk, int row) {
        chunk.half(0, row, half(stored, at + 80));
        chunk.half(1, row, half(stored, at + 82));
        for (int four = 0; four < 4; four++) {
            int scales = word(stored, at + 4 * four);
            chunk.factors(four, row, scales & 0x0F0F_0F0F);
            chunk.minimumFactors(four, row, scales >>> 4 & 0x0F0F_0F0F);
        }
        for (int block = 0; block < 16; block++) {
            int from = at + 16 + block / 8 * 32 + block % 2 * 16;
            int shift = block % 8 / 2 * 2;
            chunk.word(
                    block, row, pairs(stored, from, shift) | pairs(stored, from + 8, shift) << 16);
        }
    }

    static void q3(byte[] stored, int at, ChunkBuffer chunk, int row) {
        chunk.half(0, row, half(stored, at + 108));
        for (int four = 0; four < 4; four++) {
            int lower = word(stored, at + 96 + four % 2 * 4) >>> four / 2 * 4 & 0x0F0F_0F0F;
            int upper = word(stored, at + 104) >>> 2 * four & 0x0303_0303;
            chunk.factors(four, row, lessThirtyTwo(lower | upper << 4));
        }
        for (int block = 0; block < 16; block++) {
            int lowers = at + 32 + block / 8 * 32 + block % 2 * 16;
            int uppers = at + block % 2 * 16;
            int shift = block % 8 / 2 * 2;
            chunk.halves(
                    2 * block,
                    row,
                    threes(stored, lowers, shift, uppers, block / 2),
                    threes(stored, lowers + 8, shift, uppers + 8, block / 2));
        }
    }

    /** Takes 32 from each byte, which is below 64. */
    private static int lessThirtyTwo(int bytes) {
        // Bit 5 turned over, and if it is set then, all above it too: a negative number.
        int turned = bytes ^ 0x2020_2020;
        return turned | (turned & 0x2020_2020) << 1 | (turned & 0x2020_2020) << 2;
    }

    static void q4(byte[] stored, int at, ChunkBuffer chunk, int row) {
        scalesAndMinimums(stored, at, chunk, row);
        nibbles(stored, at + 16, chunk, row);
    }

    static void q5(byte[] stored, int at, ChunkBuffer chunk, int row) {
        scalesAndMinimums(stored, at, chunk, row);
        for (int block = 0; block < 8; block++) {
            int lowers = at + 48 + block / 2 * 32;
            boolean low = block % 2 == 0;
            SplitWords.fives(
                    five(stored, lowers, low, at + 16, block),
                    five(stored, lowers + 8, low, at + 24, block),
                    five(stored, lowers + 16, low, at + 32, block),
                    five(stored, lowers + 24, low, at + 40, block),
                    chunk,
                    row,
                    block);
        }
    }

    private static long five(byte[] stored, int lowers, boolean low, int uppers, int shift) {
        return SplitWords.fives(nibbles(stored, lowers, low), bits(stored, uppers, shift));
    }

    private static void nibbles(byte[] stored, int at, ChunkBuffer chunk, int row) {
        for (int pair = 0; pair < 4; pair++) {
            for (int i = 0; i < 2; i++) {
                int from = at + 32 * pair + 8 * i;
                chunk.halves(
                        8 * pair + 2 * i,
                        row,
                        lowerNibbles(stored, from),
                        lowerNibbles(stored, from + 16));
                chunk.halves(
                        8 * pair + 4 + 2 * i,
                        row,
                        upperNibbles(stored, from),
                        upperNibbles(stored, from + 16));
            }
        }
    }

    private static void scalesAndMinimums(byte[] stored, int at, ChunkBuffer chunk, int row) {
        chunk.half(0, row, half(stored, at));
        chunk.half(1, row, half(stored, at + 2));
        long scales = scales(stored, at + 4);
        long minimums = minimums(stored, at + 4);
        chunk.factors(0, row, (int) scales);
        chunk.factors(1, row, (int) (scales >>> 32));
        chunk.minimumFactors(0, row, (int) minimums);
        chunk.minimumFactors(1, row, (int) (minimums >>> 32));
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

    static void q6(byte[] stored, int at, ChunkBuffer chunk, int row) {
        chunk.half(0, row, half(stored, at + 208));
        for (int four = 0; four < 4; four++) {
            chunk.factors(four, row, word(stored, at + 192 + 4 * four));
        }
        for (int block = 0; block < 16; block++) {
            int quarter = block % 8 / 2;
            int within = block % 2 * 16;
            int lowers = at + block / 8 * 64 + quarter % 2 * 32 + within;
            int uppers = at + 128 + block / 8 * 32 + within;
            boolean low = quarter < 2;
            int shift = 2 * quarter;
            SplitWords.sixes(
                    SplitWords.sixes(nibbles(stored, lowers, low), pairs(stored, uppers, shift)),
                    SplitWords.sixes(
                            nibbles(stored, lowers + 8, low), pairs(stored, uppers + 8, shift)),
                    chunk,
                    row,
                    block);
        }
    }

    private static int nibbles(byte[] stored, int at, boolean lower) {
        return lower ? lowerNibbles(stored, at) : upperNibbles(stored, at);
    }
}
