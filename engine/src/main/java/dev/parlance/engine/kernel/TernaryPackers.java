package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.StoredBlocks.eightBytes;
import static dev.parlance.engine.kernel.StoredBlocks.half;
import static dev.parlance.engine.kernel.StoredBlocks.pairs;
import static dev.parlance.engine.kernel.StoredBlocks.word;

/**
 * Packs -1, 0 and 1, which are a chunk long; what is stored where is told with their definitions.
 */
final class TernaryPackers {
    private TernaryPackers() {}

    static void tq1(byte[] stored, int at, ChunkBuffer chunk, int row) {
        scale(half(stored, at + 52), chunk, row);
        long last = word(stored, at + 48) & 0xFFFF_FFFFL;
        int lastWord = 0;
        int power = 1;
        int before = 0;
        for (int n = 0; n < 5; n++, power *= 3) {
            chunk.halves(2 * n, row, digits(stored, at, power), digits(stored, at + 16, power));
            int third = digits(stored, at + 32, power);
            if (n % 2 == 1) {
                chunk.halves(10 + n - 1, row, before, third);
            }
            before = third;
            if (n < 4) {
                lastWord |= digits(last, power) << 8 * n;
            }
        }
        chunk.halves(14, row, before, lastWord);
    }

    /** One digit of each of 16 bytes, two bits of a word each. */
    private static int digits(byte[] stored, int at, int power) {
        return digits(eightBytes(stored, at), power)
                | digits(eightBytes(stored, at + 8), power) << 16;
    }

    /** The digit after the point of {@code power} times each byte, a fraction of 256. */
    private static int digits(long bytes, int power) {
        long even = (bytes & 0x00FF_00FF_00FF_00FFL) * power & 0x00FF_00FF_00FF_00FFL;
        long odd = (bytes >>> 8 & 0x00FF_00FF_00FF_00FFL) * power & 0x00FF_00FF_00FF_00FFL;
        return pairs(even * 3 >>> 8 & 0x0003_0003_0003_0003L | odd * 3 & 0x0300_0300_0300_0300L);
    }

    static void tq2(byte[] stored, int at, ChunkBuffer chunk, int row) {
        scale(half(stored, at + 64), chunk, row);
        for (int i = 0; i < 16; i += 2) {
            int from = at + i / 8 * 32;
            int shift = i % 8;
            chunk.halves(
                    i,
                    row,
                    pairs(stored, from, shift) | pairs(stored, from + 8, shift) << 16,
                    pairs(stored, from + 16, shift) | pairs(stored, from + 24, shift) << 16);
        }
    }

    /** For every 32 columns, because what is added to small numbers would weigh on a long sum. */
    private static void scale(short d, ChunkBuffer chunk, int row) {
        for (int block = 0; block < chunk.blocks; block++) {
            chunk.half(block, row, d);
        }
    }
}
