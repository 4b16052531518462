package dev.parlance.engine.sampling;

import java.util.Arrays;

/** Tokens in the order they came. Threads: one at a time. */
final class TokenHistory {
    private int[] tokens;
    private int size;

    TokenHistory(int... first) {
        tokens = first.clone();
        size = first.length;
    }

    int size() {
        return size;
    }

    /** The token so many places before the end; 0 is the last. */
    int fromEnd(int places) {
        return tokens[size - 1 - places];
    }

    void add(int token) {
        if (size == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * size + 16);
        }
        tokens[size++] = token;
    }

    boolean endsWith(int[] sequence) {
        return sequence.length <= size
                && Arrays.equals(
                        tokens, size - sequence.length, size, sequence, 0, sequence.length);
    }
}
