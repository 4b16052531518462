package dev.parlance.engine.sampling;

import java.util.ArrayList;
import java.util.List;

/**
 * Log probabilities at one position: of the token that stands there and of the most likely ones.
 *
 * <p>Units: natural log of softmax over the raw logits, before bias, penalties and temperature.
 *
 * @param tokenId the token at this position
 * @param logProbability its log probability
 * @param top the most likely tokens, best first, ties by lower id; as many as were asked for
 */
public record TokenLogprobs(int tokenId, double logProbability, List<Candidate> top) {
    /** Powers computed at once. */
    private static final int STRETCH = 1024;

    /** One likely token. */
    public record Candidate(int tokenId, double logProbability) {}

    public TokenLogprobs {
        top = List.copyOf(top);
    }

    /**
     * Reads the log probabilities off a row of raw logits.
     *
     * <p>Cost: two passes over the vocabulary; float64 log-sum-exp.
     *
     * @param topCount how many of the most likely tokens to name
     * @throws IllegalStateException if the logits hold NaN or infinity
     */
    public static TokenLogprobs of(float[] logits, int tokenId, int topCount) {
        int[] top = mostLikely(logits, Math.min(topCount, logits.length));
        double logSumExp = logSumExp(logits);
        List<Candidate> candidates = new ArrayList<>(top.length);
        for (int id : top) {
            candidates.add(new Candidate(id, logits[id] - logSumExp));
        }
        return new TokenLogprobs(tokenId, logits[tokenId] - logSumExp, candidates);
    }

    private static double logSumExp(float[] logits) {
        float max = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            // Math.max hands on NaN.
            max = Math.max(max, logit);
        }
        if (!Float.isFinite(max)) {
            throw new IllegalStateException(
                    "the model's logits are not finite; its weights may be damaged");
        }
        double sum = 0;
        double[] powers = new double[STRETCH];
        for (int i = 0; i < logits.length; i += STRETCH) {
            int length = Math.min(STRETCH, logits.length - i);
            Powers.of(logits, i, length, max, 1, powers);
            for (int j = 0; j < length; j++) {
                sum += powers[j];
            }
        }
        return max + Math.log(sum);
    }

    private static int[] mostLikely(float[] logits, int count) {
        int[] best = new int[count];
        int size = 0;
        for (int id = 0; id < logits.length && count > 0; id++) {
            if (size == count && !(logits[id] > logits[best[size - 1]])) {
                continue;
            }
            int place = size < count ? size++ : size - 1;
            while (place > 0 && logits[id] > logits[best[place - 1]]) {
                best[place] = best[place - 1];
                place--;
            }
            best[place] = id;
        }
        return best;
    }
}
