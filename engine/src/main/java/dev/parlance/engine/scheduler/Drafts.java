package dev.parlance.engine.scheduler;

import java.util.Arrays;

/**
 * Tokens that a sequence is thought to say next.
 *
 * @param tokens in order; not to be changed
 * @param acceptance account of how often guesses of this kind are right
 */
record Drafts(int[] tokens, Acceptance acceptance) {
    static final Drafts NONE = new Drafts(new int[0], new Acceptance());

    int count() {
        return tokens.length;
    }

    Drafts first(int most) {
        return new Drafts(Arrays.copyOf(tokens, most), acceptance);
    }
}
