package dev.parlance.engine.generation;

import java.util.Arrays;

/**
 * Follows a continuation along the prediction of it that came with the request.
 *
 * <p>It goes forward only. When a token differs from the predicted one, the place is lost, and
 * found again at the nearest place further on where two tokens in a row agree: a word replaced, put
 * in or left out costs two tokens of guessing. Which tokens agree depends on the two texts alone.
 * Threads: one at a time. Cost of a token: none while the place is known, otherwise linear in what
 * is left of the prediction.
 */
public final class PredictionMatcher {
    private static final int NONE = -1;

    private final int[] prediction;

    /** Index of the first predicted token that the continuation has not gone past. */
    private int place;

    private boolean lost;

    /** The token before, if it came after the place was lost. */
    private int previous = NONE;

    private int accepted;

    /**
     * @param prediction not to be changed any more
     */
    public PredictionMatcher(int[] prediction) {
        this.prediction = prediction;
    }

    /** Takes the next token of the continuation. */
    public void accept(int token) {
        if (!lost) {
            if (place < prediction.length && prediction[place] == token) {
                place++;
                accepted++;
                return;
            }
            lost = true;
        }
        int found = find(previous, token);
        lost = found == NONE;
        previous = lost ? token : NONE;
        if (!lost) {
            place = found + 2;
            accepted += 2;
        }
    }

    private int find(int first, int second) {
        for (int i = place; first != NONE && i + 1 < prediction.length; i++) {
            if (prediction[i] == first && prediction[i + 1] == second) {
                return i;
            }
        }
        return NONE;
    }

    /** What the prediction says comes next, at most so many tokens; none while it is lost. */
    public int[] next(int most) {
        int count = lost ? 0 : Math.min(most, prediction.length - place);
        return Arrays.copyOfRange(prediction, place, place + count);
    }

    /** How many predicted tokens have come. */
    public int accepted() {
        return accepted;
    }

    /** How many have not, those still ahead included. */
    public int rejected() {
        return prediction.length - accepted;
    }
}
