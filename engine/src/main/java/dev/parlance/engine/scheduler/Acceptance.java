package dev.parlance.engine.scheduler;

/**
 * How often the drafts of one sequence have been right lately, and so whether to make more: not
 * while fewer than {@link #LEAST} are, but after {@link #PAUSE} steps it is worth another try.
 *
 * <p>Threads: the engine thread.
 */
final class Acceptance {
    static final double LEAST = 0.3;
    static final int PAUSE = 32;

    /** What is assumed of a sequence without drafts yet, as if seen on so many of them. */
    private static final double FIRST_GUESS = 0.7;

    private static final double FIRST_WEIGHT = 2;

    /** How much a step's drafts count less with every later step that has some. */
    private static final double FADING = 0.85;

    private double right;
    private double seen;
    private int pause;

    Acceptance() {
        forget();
    }

    private void forget() {
        right = FIRST_GUESS * FIRST_WEIGHT;
        seen = FIRST_WEIGHT;
    }

    /** The probability that a draft is right, if those before it are. */
    double probability() {
        return right / seen;
    }

    /** Whether to make drafts for this step; to be asked once a step. */
    boolean allowsDrafts() {
        if (pause == 0) {
            return true;
        }
        pause--;
        if (pause == 0) {
            forget();
        }
        return false;
    }

    /**
     * Learns from a step.
     *
     * @param accepted drafts that were right; the next one, if there was one, was wrong, and what
     *     became of those after it says nothing
     */
    void learn(int drafted, int accepted) {
        if (drafted > 0) {
            right = FADING * right + accepted;
            seen = FADING * seen + Math.min(accepted + 1, drafted);
            pause = probability() < LEAST ? PAUSE : 0;
        }
    }
}
