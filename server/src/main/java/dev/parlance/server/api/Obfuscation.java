package dev.parlance.server.api;

import java.util.random.RandomGenerator;

/**
 * Random padding for chunks, so that their sizes on the wire say less about the text in them.
 * Threads: as safe as its source of random numbers.
 */
public final class Obfuscation {
    private static final String ALPHABET =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private static final int MAX_CHARS = 16;

    private final RandomGenerator random;

    public Obfuscation(RandomGenerator random) {
        this.random = random;
    }

    /** 1 to 16 letters and digits. */
    public String next() {
        StringBuilder padding = new StringBuilder();
        for (int length = random.nextInt(1, MAX_CHARS + 1); length > 0; length--) {
            padding.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return padding.toString();
    }
}
