package dev.parlance.engine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * Joins the bytes of tokens and gives out whole characters.
 *
 * <p>Held back is only what may still become a character: a first byte with as many good bytes
 * behind it as have come. Everything else is decoded at once, so the pieces are what decoding all
 * bytes together gives. Source: The Unicode Standard, table 3-7, well-formed UTF-8.
 */
final class Utf8Detokenizer implements Detokenizer {
    private static final int MAX_HELD_BYTES = 3;

    private final IntFunction<byte[]> bytesByToken;
    private byte[] held = new byte[0];

    Utf8Detokenizer(IntFunction<byte[]> bytesByToken) {
        this.bytesByToken = bytesByToken;
    }

    @Override
    public String accept(int tokenId) {
        byte[] added = bytesByToken.apply(tokenId);
        byte[] bytes = Arrays.copyOf(held, held.length + added.length);
        System.arraycopy(added, 0, bytes, held.length, added.length);
        int end = bytes.length - unfinishedLength(bytes);
        held = Arrays.copyOfRange(bytes, end, bytes.length);
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    @Override
    public String finish() {
        String rest = new String(held, StandardCharsets.UTF_8);
        held = new byte[0];
        return rest;
    }

    /** How many bytes at the end begin a character that more bytes could finish. */
    private static int unfinishedLength(byte[] bytes) {
        for (int length = 1; length <= Math.min(MAX_HELD_BYTES, bytes.length); length++) {
            int first = bytes[bytes.length - length] & 0xFF;
            if (first >= 0xC0) {
                return length < characterLength(first) && beginsWell(bytes, length) ? length : 0;
            }
            if (first < 0x80) {
                return 0;
            }
        }
        return 0;
    }

    private static int characterLength(int first) {
        if (first < 0xC2 || first > 0xF4) {
            return 0;
        }
        return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    }

    /**
     * Whether the second byte, if it is there, may follow the first. Java's decoder takes the three
     * bytes of a surrogate (0xED, then 0xA0 or above) as one error, so they are kept together too.
     */
    private static boolean beginsWell(byte[] bytes, int length) {
        if (length < 2) {
            return true;
        }
        int first = bytes[bytes.length - length] & 0xFF;
        int second = bytes[bytes.length - length + 1] & 0xFF;
        return switch (first) {
            case 0xE0 -> second >= 0xA0;
            case 0xF0 -> second >= 0x90;
            case 0xF4 -> second < 0x90;
            default -> true;
        };
    }
}
