package dev.parlance.engine.sampling;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Takes something off the logits of tokens that would repeat a stretch; see {@link
 * RareSamplers.Dry}.
 *
 * <p>Cost: linear in the window. Threads: one at a time.
 */
final class DryPenalty {
    private final RareSamplers.Dry params;
    private final BitSet breakers = new BitSet();

    /** Per place before the end, how long a stretch that ends there equals the text's end. */
    private int[] lengths = new int[0];

    /** Per token, the longest such stretch that it stood behind. */
    private final Map<Integer, Integer> longestBefore = new HashMap<>();

    DryPenalty(RareSamplers.Dry params) {
        this.params = params;
        params.breakers().forEach(breakers::set);
    }

    void apply(TokenHistory history, float[] logits) {
        int size = history.size();
        if (params.window() != RareSamplers.ALL) {
            size = Math.min(size, params.window());
        }
        int longest = unbroken(history, size);
        if (longest < params.allowedLength()) {
            return;
        }
        matchEnds(history, size);
        longestBefore.clear();
        for (int place = 1; place < size; place++) {
            int length = Math.min(lengths[place], longest);
            if (length >= params.allowedLength()) {
                longestBefore.merge(history.fromEnd(place - 1), length, Math::max);
            }
        }
        longestBefore.forEach((token, length) -> Sampler.add(logits, token, -penalty(length)));
    }

    private double penalty(int length) {
        double penalty =
                params.multiplier() * Math.pow(params.base(), length - params.allowedLength());
        return Math.min(penalty, Float.MAX_VALUE);
    }

    /** How many of the last tokens come behind the last breaker. */
    private int unbroken(TokenHistory history, int size) {
        for (int place = 0; place < size; place++) {
            if (breakers.get(history.fromEnd(place))) {
                return place;
            }
        }
        return size;
    }

    /** The Z algorithm (Gusfield 1997) on the text read backwards. */
    private void matchEnds(TokenHistory history, int size) {
        if (lengths.length < size) {
            lengths = new int[2 * size];
        }
        int left = 0;
        int right = 0;
        for (int place = 1; place < size; place++) {
            int length = place < right ? Math.min(right - place, lengths[place - left]) : 0;
            while (place + length < size
                    && history.fromEnd(length) == history.fromEnd(place + length)) {
                length++;
            }
            lengths[place] = length;
            if (place + length > right) {
                left = place;
                right = place + length;
            }
        }
    }
}
