package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import dev.parlance.engine.tensor.Codebook;

/**
 * How the words of a chunk's {@link Codes} are kept in a {@link PackedMatrix}: as they are, or in
 * fewer, so that memory holds little more than the file. Fewer words are expanded chunk by chunk
 * before they are multiplied with ({@link VectorExpansion}), or read by loops of their own ({@link
 * VectorListProducts}).
 */
enum Compaction {
    /** As they are. */
    NONE(1, 1),
    /**
     * {@link Codes#FOUR_BITS} below 8: three words for four. The second and the third are the first
     * and the third of the four, whose nibbles' highest bits are the lowest of the second and the
     * fourth; the first has the upper two bits of these: of the fourth in the upper half of a
     * nibble.
     */
    THREE_BITS(3, 4),
    /** {@link Codes#BYTES} that are 128 more than values of a list: see {@link #E2M1}. */
    NON_LINEAR(Codebook.NON_LINEAR),
    /**
     * {@link Codes#BYTES} that are 128 more than values of a list: a word for two, with the indexes
     * of the first one's bytes in the lower nibbles of bytes, those of the second's in the upper.
     */
    E2M1(Codebook.E2M1_TWICE);

    /** Words that are kept … */
    private final int kept;

    /** … for so many. */
    private final int expanded;

    /** The byte that each index stands for, 16 in all; empty where these are no indexes. */
    private final byte[] bytes;

    Compaction(int kept, int expanded) {
        this.kept = kept;
        this.expanded = expanded;
        this.bytes = new byte[0];
    }

    Compaction(Codebook values) {
        this.kept = 1;
        this.expanded = 2;
        this.bytes = new byte[16];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (values.get(i) + 128);
        }
    }

    /** Words that are kept for so many words of codes. */
    int words(int codeWords) {
        return codeWords / expanded * kept;
    }

    /** The byte for each index, repeated as often as a register may need it. */
    byte[] table(int length) {
        byte[] table = new byte[length];
        for (int i = 0; i < length; i++) {
            table[i] = bytes[i % bytes.length];
        }
        return table;
    }

    /** The bits of the floats that each index stands for in an even column, then in an odd one. */
    int[] floats() {
        int[] floats = new int[2 * bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            int value = bytes[i] & 0xFF;
            floats[i] = Float.floatToRawIntBits(value);
            floats[bytes.length + i] = Float.floatToRawIntBits(value << 8);
        }
        return floats;
    }

    /**
     * The definition: replaces the words of a chunk, of all rows of the group, by those of its
     * codes.
     */
    void expand(int[] words, int codeWords) {
        // From the last on, because nothing moves towards the front.
        int to = codeWords * GROUP_ROWS;
        int from = words(codeWords) * GROUP_ROWS;
        switch (this) {
            case NONE -> {}
            case THREE_BITS -> {
                while (to > 0) {
                    from -= 3 * GROUP_ROWS;
                    to -= 4 * GROUP_ROWS;
                    for (int row = GROUP_ROWS - 1; row >= 0; row--) {
                        fourWords(words, from + row, to + row);
                    }
                }
            }
            case NON_LINEAR, E2M1 -> {
                while (to > 0) {
                    from -= GROUP_ROWS;
                    to -= 2 * GROUP_ROWS;
                    for (int row = GROUP_ROWS - 1; row >= 0; row--) {
                        int indexes = words[from + row];
                        words[to + GROUP_ROWS + row] = fourBytes(indexes >>> 4);
                        words[to + row] = fourBytes(indexes);
                    }
                }
            }
        }
    }

    private static void fourWords(int[] words, int from, int to) {
        int uppers = words[from];
        int first = words[from + GROUP_ROWS];
        int third = words[from + 2 * GROUP_ROWS];
        words[to + 3 * GROUP_ROWS] = third >>> 3 & 0x1111_1111 | uppers >>> 1 & 0x6666_6666;
        words[to + 2 * GROUP_ROWS] = third & 0x7777_7777;
        words[to + GROUP_ROWS] = first >>> 3 & 0x1111_1111 | uppers << 1 & 0x6666_6666;
        words[to] = first & 0x7777_7777;
    }

    /** What the lower nibbles of four bytes stand for. */
    private int fourBytes(int indexes) {
        return bytes[indexes & 15] & 0xFF
                | (bytes[indexes >>> 8 & 15] & 0xFF) << 8
                | (bytes[indexes >>> 16 & 15] & 0xFF) << 16
                | (bytes[indexes >>> 24 & 15] & 0xFF) << 24;
    }
}
