package dev.parlance.engine.kernel;

/**
 * Puts whole numbers of 3, 5 and 6 bits into words: see {@link Compaction#THREE_BITS} and {@link
 * Codes} for what lies where.
 */
final class SplitWords {
    private SplitWords() {}

    /** Writes 32 numbers of 3 bits, each of which has a nibble; four words become three. */
    static void threes(
            int first, int second, int third, int fourth, ChunkBuffer chunk, int row, int four) {
        int uppers = second >>> 1 & 0x3333_3333 | fourth << 1 & 0xCCCC_CCCC;
        chunk.word(3 * four, row, uppers);
        chunk.word(3 * four + 1, row, first | (second & 0x1111_1111) << 3);
        chunk.word(3 * four + 2, row, third | (fourth & 0x1111_1111) << 3);
    }

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
        int rest = (int) (fourth >>> 30);
        int at = 5 * block;
        chunk.word(at, row, thirty(first) | rest >>> 8 << 30);
        chunk.word(at + 1, row, thirty(first >>> 30 | second << 10) | rest >>> 6 << 30);
        chunk.word(at + 2, row, thirty(second >>> 20 | third << 20) | rest >>> 4 << 30);
        chunk.word(at + 3, row, thirty(third >>> 10) | rest >>> 2 << 30);
        chunk.word(at + 4, row, thirty(fourth) | rest << 30);
    }

    private static int thirty(long bits) {
        return (int) bits & 0x3FFF_FFFF;
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
    static void sixes(long first, long second, ChunkBuffer chunk, int row, int block) {
        int rest = (int) (second >>> 24);
        int at = 3 * block;
        chunk.word(at, row, (int) first & 0xFF_FFFF | rest >>> 16 << 24);
        chunk.word(at + 1, row, (int) (first >>> 24) & 0xFF_FFFF | rest >>> 8 << 24);
        chunk.word(at + 2, row, (int) second & 0xFF_FFFF | rest << 24);
    }
}
