package dev.parlance.engine.scheduler;

import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.model.LanguageModel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Lets sequences that decode guess some tokens ahead, so that one step can give them more than one
 * token, as long as that pays.
 *
 * <p>A guess changes when a token is computed and never what it is: a draft counts only if the
 * sequence's own sampler draws it. Threads: the engine thread.
 */
public final class Speculator {
    /** With more sequences than these a step has rows enough to be worth its while. */
    public static final int MOST_SEQUENCES = 4;

    /** Most drafts of a sequence in a step. */
    static final int MOST_DRAFTS = 8;

    private final boolean enabled;
    private final Optional<DraftModel> draftModel;
    private final StepTimes times = new StepTimes();

    private Speculator(boolean enabled, Optional<DraftModel> draftModel) {
        this.enabled = enabled;
        this.draftModel = draftModel;
    }

    /** Guesses nothing. */
    public static Speculator none() {
        return new Speculator(false, Optional.empty());
    }

    /** Guesses what requests predict, and what repeats itself. */
    public static Speculator promptLookup() {
        return new Speculator(true, Optional.empty());
    }

    /**
     * Guesses that and, where nothing repeats itself, what a small model says.
     *
     * @param model of the same vocabulary
     * @param cache the small model's, at best for {@link #MOST_SEQUENCES} whole contexts
     */
    public static Speculator withDraftModel(LanguageModel model, KvCache cache) {
        return withDraftModel(model, cache, System::nanoTime);
    }

    static Speculator withDraftModel(LanguageModel model, KvCache cache, LongSupplier clock) {
        return new Speculator(true, Optional.of(new DraftModel(model, cache, clock)));
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
        List<Drafts> drafts = new ArrayList<>();
        List<DraftPlanner.Offer> offers = new ArrayList<>();
        for (Sequence sequence : sequences) {
            int most = Math.min(MOST_DRAFTS, sequence.draftRoom());
            Drafts guess = sequence.guess(most);
            drafts.add(guess);
            offers.add(
                    guess.count() > 0
                            ? DraftPlanner.Offer.of(guess)
                            : draftModel
                                    .map(model -> model.offer(sequence, most))
                                    .orElse(DraftPlanner.Offer.NOTHING));
        }
        int[] counts = DraftPlanner.plan(offers, room, times);
        Map<Sequence, Integer> wanted = new LinkedHashMap<>();
        for (int i = 0; i < counts.length; i++) {
            if (drafts.get(i).count() > 0) {
                drafts.set(i, drafts.get(i).first(counts[i]));
            } else {
                wanted.put(sequences.get(i), counts[i]);
            }
        }
        if (draftModel.isPresent()) {
            Map<Sequence, Drafts> made = draftModel.get().draft(wanted);
            for (int i = 0; i < counts.length; i++) {
                drafts.set(i, made.getOrDefault(sequences.get(i), drafts.get(i)));
            }
        }
        return drafts;
    }

    /** Learns from a step in which everybody decoded. */
    void learn(int sequences, int rows, long nanos) {
        if (sequences <= MOST_SEQUENCES) {
            times.learn(rows, nanos);
        }
    }

    /** Frees what is kept for a sequence, which has ended. */
    void forget(Sequence sequence) {
        draftModel.ifPresent(model -> model.release(sequence));
    }
}
