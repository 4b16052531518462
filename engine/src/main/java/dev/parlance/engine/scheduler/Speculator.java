package dev.parlance.engine.scheduler;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Lets sequences that decode guess some tokens ahead, so that one step can give them more than one
 * token, as long as that pays.
 *
 * <p>A guess changes when a token is computed and never what it is: a draft counts only if the
 * sequence's own sampler draws it. Threads: the engine thread.
 */
public final class Speculator {
    /** With more sequences than these a step has rows enough to be worth its while. */
    static final int MOST_SEQUENCES = 4;

    /** Most drafts of a sequence in a step. */
    static final int MOST_DRAFTS = 8;

    private final boolean enabled;
    private final StepTimes times = new StepTimes();

    private Speculator(boolean enabled) {
        this.enabled = enabled;
    }

    /** Guesses nothing. */
    public static Speculator none() {
        return new Speculator(false);
    }

    /** Guesses what requests predict, and what repeats itself. */
    public static Speculator promptLookup() {
        return new Speculator(true);
    }

    /**
     * The drafts of a step in which everybody decodes.
     *
     * @param room most drafts of all together
     * @return for each sequence, in order
     */
    List<Drafts> drafts(List<Sequence> sequences, int room) {
        if (!enabled || sequences.size() > MOST_SEQUENCES || !times.isKnown()) {
            return Collections.nCopies(sequences.size(), Drafts.NONE);
        }
        List<Drafts> proposed = sequences.stream().map(each -> each.guess(MOST_DRAFTS)).toList();
        int[] counts =
                DraftPlanner.plan(
                        proposed.stream()
                                .map(each ->
                                        new DraftPlanner.Offer(
                                                each.count(), each.acceptance().probability()))
                                .toList(),
                        room,
                        times);
        List<Drafts> planned = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            planned.add(proposed.get(i).first(counts[i]));
        }
        return planned;
    }

    /** Learns from a step in which everybody decoded. */
    void learn(int sequences, int rows, long nanos) {
        if (sequences <= MOST_SEQUENCES) {
            times.learn(rows, nanos);
        }
    }
}
