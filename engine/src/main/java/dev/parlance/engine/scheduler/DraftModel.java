package dev.parlance.engine.scheduler;

import dev.parlance.engine.kvcache.BlockTable;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvDemand;
import dev.parlance.engine.model.Batch;
import dev.parlance.engine.model.LanguageModel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A small model of the same vocabulary that says what the large one is likely to say next.
 *
 * <p>It reads along with the sequences that want drafts, with keys and values of its own, and goes
 * on greedily behind their last tokens: all sequences together, a token in each pass. Threads: the
 * engine thread.
 */
final class DraftModel {
    /** Most tokens of a sequence that it reads in a step; a longer prompt takes it several. */
    static final int MOST_READ = 128;

    /**
     * With more unread tokens than these it only reads, so that reading is not taken for a pass.
     */
    private static final int FEW_UNREAD = 16;

    /** How much the newest passes count in what one is thought to take. */
    private static final double LEARNING = 0.1;

    /** How much less a pass is thought to take with every step that had none, to try again. */
    private static final double FORGETTING = 0.99;

    private final LanguageModel model;
    private final KvCache cache;
    private final LongSupplier clock;
    private final Map<Sequence, Reader> readers = new HashMap<>();
    private double passNanos;

    /**
     * @param cache the model's, for as many sequences as may have drafts at once
     * @param clock nanoseconds, by which passes are measured
     */
    DraftModel(LanguageModel model, KvCache cache, LongSupplier clock) {
        this.model = model;
        this.cache = cache;
        this.clock = clock;
    }

    /** How far it is with a sequence. */
    private static final class Reader {
        final Sequence sequence;
        final BlockTable blocks;
        final Acceptance acceptance = new Acceptance();

        /** How many tokens it has computed: known ones and, behind them, drafts. */
        private int computed;

        /** Where its latest drafts begin: so many tokens were known then. */
        private int start;

        private int[] drafts = {};
        private int made;

        Reader(Sequence sequence, BlockTable blocks) {
            this.sequence = sequence;
            this.blocks = blocks;
        }

        /** Goes back to where the sequence went on in another way than the drafts, and begins. */
        void begin(int count, KvCache cache) {
            int right = start;
            while (right < Math.min(computed, sequence.known())
                    && sequence.knownToken(right) == drafts[right - start]) {
                right++;
            }
            computed = Math.min(computed, right);
            cache.slide(blocks, computed);
            start = sequence.known();
            drafts = new int[count];
            made = 0;
        }

        int unread() {
            return sequence.known() - computed;
        }

        boolean isDone() {
            return made == drafts.length;
        }

        /** The next tokens to compute, up to the one whose logits give the next draft. */
        Batch.Run run() {
            int end = start + made;
            int count = Math.min(MOST_READ, end - computed);
            int[] tokens = new int[count];
            for (int i = 0; i < count; i++) {
                int position = computed + i;
                tokens[i] =
                        position < start ? sequence.knownToken(position) : drafts[position - start];
            }
            Batch.Run run =
                    new Batch.Run(
                            blocks,
                            computed,
                            tokens,
                            computed + count == end
                                    ? Batch.LogitsWanted.LAST
                                    : Batch.LogitsWanted.NONE,
                            sequence.owner().promptLength());
            computed += count;
            return run;
        }

        void take(float[] logits) {
            int best = 0;
            for (int id = 1; id < logits.length; id++) {
                best = logits[id] > logits[best] ? id : best;
            }
            drafts[made++] = best;
        }
    }

    /**
     * How many drafts it could make in this step: none while it still has to read much of the
     * sequence, of which it then reads some, or is rarely right.
     */
    DraftPlanner.Offer offer(Sequence sequence, int most) {
        int count = Math.min(most, model.contextLength() - sequence.known());
        Optional<Reader> found = count < 1 ? Optional.empty() : reader(sequence);
        if (found.isEmpty() || !found.get().acceptance.allowsDrafts()) {
            return DraftPlanner.Offer.NOTHING;
        }
        Reader reader = found.get();
        reader.begin(0, cache);
        if (reader.unread() > FEW_UNREAD) {
            model.forward(new Batch(List.of(reader.run())), cache, (_, _, _) -> {});
            return DraftPlanner.Offer.NOTHING;
        }
        return new DraftPlanner.Offer(count, reader.acceptance.probability(), passNanos);
    }

    private Optional<Reader> reader(Sequence sequence) {
        Reader reader = readers.get(sequence);
        if (reader == null) {
            KvDemand demand = new KvDemand(sequence.positionsNeeded(), MOST_READ, List.of());
            if (cache.canAllocate(demand)) {
                reader = new Reader(sequence, cache.allocate(demand));
                readers.put(sequence, reader);
            }
        }
        return Optional.ofNullable(reader);
    }

    /**
     * Makes the drafts of a step.
     *
     * @param wanted how many each sequence is to have; none, or no more than it was offered
     * @return those that have any
     */
    Map<Sequence, Drafts> draft(Map<Sequence, Integer> wanted) {
        Map<Sequence, Drafts> drafts = new HashMap<>();
        List<Reader> open = new ArrayList<>();
        wanted.forEach((sequence, count) -> {
            Reader reader = readers.get(sequence);
            if (reader != null && count > 0) {
                reader.begin(count, cache);
                open.add(reader);
                drafts.put(sequence, new Drafts(reader.drafts, reader.acceptance));
            }
        });
        int passes = 0;
        long begin = clock.getAsLong();
        while (!open.isEmpty()) {
            List<Reader> pass = List.copyOf(open);
            Batch batch = new Batch(pass.stream().map(Reader::run).toList());
            model.forward(batch, cache, (run, _, logits) -> pass.get(run).take(logits));
            open.removeIf(Reader::isDone);
            passes++;
        }
        learn(passes, clock.getAsLong() - begin);
        return drafts;
    }

    private void learn(int passes, long nanos) {
        if (passes == 0) {
            passNanos *= FORGETTING;
        } else {
            double each = (double) nanos / passes;
            passNanos += (passNanos == 0 ? 1 : LEARNING) * (each - passNanos);
        }
    }

    /** Frees what it has of a sequence, which has ended. */
    void release(Sequence sequence) {
        Reader reader = readers.remove(sequence);
        if (reader != null) {
            cache.release(reader.blocks);
        }
    }
}
