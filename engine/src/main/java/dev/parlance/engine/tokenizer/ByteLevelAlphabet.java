package dev.parlance.engine.tokenizer;

import java.util.Arrays;

/**
 * The 256 characters that byte-level vocabularies write bytes with.
 *
 * <p>A byte that is a visible character of Latin-1 stands for itself; the others (controls, spaces,
 * the soft hyphen) take the characters from U+0100 on, in order. Source: GPT-2, encoder.py, {@code
 * bytes_to_unicode}.
 */
final class ByteLevelAlphabet {
    private static final int BYTES = 256;
    private static final char[] CHARACTERS = new char[BYTES];
    private static final short[] BYTES_BY_CHARACTER = new short[2 * BYTES];

    static {
        Arrays.fill(BYTES_BY_CHARACTER, (short) -1);
        int substitute = BYTES;
        for (int value = 0; value < BYTES; value++) {
            CHARACTERS[value] = (char) (isVisible(value) ? value : substitute++);
            BYTES_BY_CHARACTER[CHARACTERS[value]] = (short) value;
        }
    }

    private ByteLevelAlphabet() {}

    private static boolean isVisible(int value) {
        return (value > ' ' && value < 0x7F) || (value > 0xA0 && value != 0xAD);
    }

    /** The character for a byte (0 to 255). */
    static char character(int value) {
        return CHARACTERS[value];
    }

    /** The byte (0 to 255) that a character stands for, or -1. */
    static int find(char character) {
        return character < BYTES_BY_CHARACTER.length ? BYTES_BY_CHARACTER[character] : -1;
    }
}
