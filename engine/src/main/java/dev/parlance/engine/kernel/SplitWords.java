package dev.parlance.engine.kernel;

/** Puts whole numbers of 5 and 6 bits into words: see {@link Codes} for what lies where. */
final class SplitWords {
    private SplitWords() {}

    /**
     * Eight numbers of 5 bits as 40 bits.
     *
     * @param uppers a bit for each of the eight nibbles; what is above is left out
     */
    static long fives(int nibbles, int uppers) {
        long lower = nibbles & 0xFFFF_FFFFL;
        lower = lower & 0xFFFF | (lower & 0xFFFF_0000L) << 4;
        lower = lower & 0x0FF0_00FFL | (lower & 0xF_F000_FF00L) << 2;
        lower = lower & 0x3_C0F0_3C0FL | (lower & 0x3C_0F03_C0F0L) << 1;
        long upper = uppers & 0xFF;
        upper = upper & 0xF | (upper & 0xF0) << 16;
        upper = upper & 0x30_0003 | (upper & 0xC0_000C) << 8;
        upper = upper & 0x4010_0401L | (upper & 0x8020_0802L) << 4;
        return lower | upper << 4;
    }

    /** Writes a block of 32 numbers, eight at a time. */
    static void fives(
            long first,
            long second,
            long third,
            long fourth,
            ChunkBuffer chunk,
            int row,
            int block) {
        int at = 5 * block;
        int lowerLast = (int) (second >>> 35);
        int upperLast = (int) (fourth >>> 35);
        chunk.word(at, row, threeFives(first, lowerLast >>> 4, third, upperLast >>> 4));
        chunk.word(
                at + 1,
                row,
                threeFives(first >>> 15, lowerLast >>> 3, third >>> 15, upperLast >>> 3));
        chunk.word(
                at + 2,
                row,
                threeFives(
                        first >>> 30 | second << 10,
                        lowerLast >>> 2,
                        third >>> 30 | fourth << 10,
                        upperLast >>> 2));
        chunk.word(
                at + 3,
                row,
                threeFives(second >>> 5, lowerLast >>> 1, fourth >>> 5, upperLast >>> 1));
        chunk.word(at + 4, row, threeFives(second >>> 20, lowerLast, fourth >>> 20, upperLast));
    }

    /** Three numbers in each half, and above them a bit of its last one. */
    private static int threeFives(long lower, int lowerLast, long upper, int upperLast) {
        int lowerHalf = (int) lower & 0x7FFF | (lowerLast & 1) << 15;
        return lowerHalf | (int) upper << 16 & 0x7FFF_0000 | upperLast << 31;
    }

    /**
     * Eight numbers of 6 bits as 48 bits.
     *
     * @param uppers two bits for each of the eight nibbles
     */
    static long sixes(int nibbles, int uppers) {
        long lower = nibbles & 0xFFFF_FFFFL;
        lower = lower & 0xFFFF | (lower & 0xFFFF_0000L) << 8;
        lower = lower & 0xFF00_00FFL | (lower & 0xFF_0000_FF00L) << 4;
        lower = lower & 0xF0_0F00_F00FL | (lower & 0xF00_F00F_00F0L) << 2;
        long upper = uppers & 0xFFFF;
        upper = upper & 0xFF | (upper & 0xFF00) << 16;
        upper = upper & 0x0F00_000F | (upper & 0xF000_00F0L) << 8;
        upper = upper & 0x30_0300_3003L | (upper & 0xC0_0C00_C00CL) << 4;
        return lower | upper << 4;
    }

    /** Writes a block of 16 numbers, eight at a time. */
    static void sixes(long lower, long upper, ChunkBuffer chunk, int row, int block) {
        int at = 3 * block;
        chunk.word(at, row, twoSixes(lower, 44) | twoSixes(upper, 44) << 16);
        chunk.word(at + 1, row, twoSixes(lower >>> 12, 28) | twoSixes(upper >>> 12, 28) << 16);
        chunk.word(at + 2, row, twoSixes(lower >>> 24, 12) | twoSixes(upper >>> 24, 12) << 16);
    }

    /**
     * Two numbers, and above them four bits of the last two.
     *
     * @param rest where these are
     */
    private static int twoSixes(long numbers, int rest) {
        return (int) numbers & 0xFFF | ((int) (numbers >>> rest) & 0xF) << 12;
    }
}
