package dev.parlance.engine.scheduler;

import java.util.function.IntUnaryOperator;

/**
 * Guesses what comes next from what came after the same tokens before: texts quote, repeat and
 * correct themselves. A pure function.
 *
 * <p>Source: Saxena, "Prompt Lookup Decoding", 2023.
 */
final class PromptLookup {
    /** The more of the last tokens agree, the better the guess; more than these add little. */
    static final int ENOUGH = 3;

    /** One token alone says too little. */
    static final int LEAST = 2;

    private static final int[] NOTHING = {};

    private PromptLookup() {}

    /**
     * What followed the latest place where the last {@link #ENOUGH} tokens stood before, or else
     * the last {@link #LEAST}.
     *
     * <p>Cost: one pass over the tokens, backwards.
     *
     * @param tokens by position
     * @param length how many there are
     * @param most tokens wanted
     * @return so many tokens, or none if there is no such place
     */
    static int[] propose(IntUnaryOperator tokens, int length, int most) {
        int best = 0;
        int bestEnd = 0;
        for (int end = length - 1; end > 0 && best < ENOUGH; end--) {
            int agreeing = agreeing(tokens, length, end);
            if (agreeing > best) {
                best = agreeing;
                bestEnd = end;
            }
        }
        return best < LEAST ? NOTHING : following(tokens, length, bestEnd, most);
    }

    /** How many tokens before {@code end} are the last ones of all. */
    private static int agreeing(IntUnaryOperator tokens, int length, int end) {
        int count = 0;
        while (count < Math.min(ENOUGH, end)
                && tokens.applyAsInt(end - 1 - count) == tokens.applyAsInt(length - 1 - count)) {
            count++;
        }
        return count;
    }

    private static int[] following(IntUnaryOperator tokens, int length, int from, int most) {
        int[] guess = new int[most];
        for (int i = 0; i < most; i++) {
            int place = from + i;
            // Behind the last token the guess goes on in itself: a short loop goes on for ever.
            guess[i] = place < length ? tokens.applyAsInt(place) : guess[place - length];
        }
        return guess;
    }
}
