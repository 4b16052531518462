package dev.parlance.engine.sampling;

import java.util.List;

/**
 * Which log probabilities to report. Errors: the constructor refuses values outside the ranges
 * given here.
 *
 * @param top how many likely tokens to name per generated position; 0: only the token itself; -1:
 *     nothing is reported
 * @param named the tokens to name there rather than the likely ones; empty: the likely ones
 * @param afterSampling whether those positions tell of the distribution that the token was drawn
 *     from, rather than of the model's
 * @param promptTop how many likely tokens to name per position of the prompt; 0 and -1 as above
 */
public record LogprobParams(int top, List<Integer> named, boolean afterSampling, int promptTop) {
    /** Nothing is reported. */
    public static final LogprobParams NONE = new LogprobParams(-1, false);

    public LogprobParams {
        require(top >= -1, "top", top);
        require(promptTop >= -1, "promptTop", promptTop);
        named = List.copyOf(named);
    }

    /** The model's own, of the likely tokens. */
    public LogprobParams(int top, boolean ofPrompt) {
        this(top, List.of(), false, ofPrompt ? top : -1);
    }

    private static void require(boolean holds, String name, int got) {
        if (!holds) {
            throw new IllegalArgumentException(name + " must be -1 or more, got " + got);
        }
    }

    /** Whether anything is reported of generated tokens. */
    public boolean ofGenerated() {
        return top >= 0;
    }

    /** Whether anything is reported of the prompt. */
    public boolean ofPrompt() {
        return promptTop >= 0;
    }
}
