package dev.parlance.engine.tokenizer;

import dev.parlance.engine.gguf.GgufFormatException;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * SentencePiece's precompiled character map: what a text's characters are replaced by, longest
 * match first.
 *
 * <p>Shapes: four bytes length; a double-array trie over the bytes of UTF-8, one 32-bit unit a
 * node; then the replacements, each ended by a zero byte. All numbers are little-endian. Errors: a
 * map that points outside itself is found when it is read. Source: SentencePiece, normalizer.cc;
 * darts-clone, darts.h {@code DoubleArrayUnit}.
 */
final class CharacterMap {
    static final CharacterMap IDENTITY = new CharacterMap(new int[0], new byte[0]);

    private static final int LENGTH_BYTES = 4;
    private static final int LABEL_MASK = 0x800000FF;
    private static final int LEAF_FLAG = 1 << 8;
    private static final int WIDE_OFFSET_FLAG = 1 << 9;
    private static final int OFFSET_SHIFT = 10;
    private static final int WIDE_SHIFT = 8;
    private static final int VALUE_MASK = 0x7FFFFFFF;

    private final int[] units;
    private final byte[] replacements;

    private CharacterMap(int[] units, byte[] replacements) {
        this.units = units;
        this.replacements = replacements;
    }

    /**
     * @param source how errors call the map: the file and the key
     */
    static CharacterMap parse(long[] values, String source) {
        if (values.length <= LENGTH_BYTES) {
            throw new GgufFormatException(
                    source + " has " + values.length + " bytes; a character map has more than 4");
        }
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            if (values[i] < Byte.MIN_VALUE || values[i] > 0xFF) {
                throw new GgufFormatException(
                        source + " has " + values[i] + " at index " + i + "; it must be bytes");
            }
            bytes[i] = (byte) values[i];
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long trieBytes = Integer.toUnsignedLong(buffer.getInt());
        if (trieBytes % Integer.BYTES != 0
                || trieBytes == 0
                || trieBytes >= buffer.remaining()
                || bytes[bytes.length - 1] != 0) {
            throw new GgufFormatException(
                    source
                            + " says its trie has "
                            + trieBytes
                            + " bytes of "
                            + buffer.remaining()
                            + "; it must be whole units, fewer than that, and end with zero");
        }
        int[] units = new int[(int) trieBytes / Integer.BYTES];
        buffer.asIntBuffer().get(units);
        buffer.position(LENGTH_BYTES + (int) trieBytes);
        byte[] replacements = new byte[buffer.remaining()];
        buffer.get(replacements);
        CharacterMap map = new CharacterMap(units, replacements);
        map.check(source);
        return map;
    }

    /** Walks every node that a text can reach. */
    private void check(String source) {
        BitSet seen = new BitSet();
        IntList open = new IntList();
        open.add(0);
        seen.set(0);
        while (open.size() > 0) {
            int node = open.get(open.size() - 1);
            open.removeLast();
            int base = node ^ offset(node);
            if (isLeaf(node) && node != 0) {
                requireInside(base, units.length, "node", source);
                requireInside(units[base] & VALUE_MASK, replacements.length, "text", source);
            }
            for (int label = 1; label <= 0xFF; label++) {
                int child = base ^ label;
                if (child >= 0
                        && child < units.length
                        && (units[child] & LABEL_MASK) == label
                        && !seen.get(child)) {
                    seen.set(child);
                    open.add(child);
                }
            }
        }
    }

    private static void requireInside(int index, int length, String what, String source) {
        if (index < 0 || index >= length) {
            throw new GgufFormatException(
                    source + " points to " + what + " " + index + "; it has " + length);
        }
    }

    private int offset(int node) {
        int shift = (units[node] & WIDE_OFFSET_FLAG) != 0 ? WIDE_SHIFT : 0;
        return (units[node] >>> OFFSET_SHIFT) << shift;
    }

    private boolean isLeaf(int node) {
        return (units[node] & LEAF_FLAG) != 0;
    }

    String apply(String text) {
        if (units.length == 0) {
            return text;
        }
        byte[] input = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream output = new ByteArrayOutputStream(input.length);
        int position = 0;
        while (position < input.length) {
            position = replaceAt(input, position, output);
        }
        return output.toString(StandardCharsets.UTF_8);
    }

    /** Writes what the bytes at a position become, and returns where the next ones begin. */
    private int replaceAt(byte[] input, int start, ByteArrayOutputStream output) {
        int longestEnd = start;
        int replacement = 0;
        int node = 0;
        for (int i = start; i < input.length && input[i] != 0; i++) {
            int label = input[i] & 0xFF;
            node ^= offset(node) ^ label;
            if (node < 0 || node >= units.length || (units[node] & LABEL_MASK) != label) {
                break;
            }
            if (isLeaf(node)) {
                longestEnd = i + 1;
                replacement = units[node ^ offset(node)] & VALUE_MASK;
            }
        }
        if (longestEnd > start) {
            for (int i = replacement; replacements[i] != 0; i++) {
                output.write(replacements[i]);
            }
            return longestEnd;
        }
        int end = start + 1;
        while (end < input.length && (input[end] & 0xC0) == 0x80) {
            end++;
        }
        output.write(input, start, end - start);
        return end;
    }
}
