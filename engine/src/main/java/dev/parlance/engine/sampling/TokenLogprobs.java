package dev.parlance.engine.sampling;

import java.util.ArrayList;
import java.util.List;

/**
 * Log probabilities at one position: of the token that stands there and of others.
 *
 * <p>Units: natural log of softmax over the raw logits, before bias, penalties and temperature; or
 * of the probability of being drawn, negative infinity for a token that could not be.
 *
 * @param tokenId the token at this position
 * @param logProbability its log probability
 * @param rank its place among all tokens, the most likely being 1, ties by lower id
 * @param candidates the most likely tokens, best first, ties by lower id, as many as were asked
 *     for; or the tokens that were named
 */
public record TokenLogprobs(
        int tokenId, double logProbability, int rank, List<Candidate> candidates) {
    /** Powers computed at once. */
    private static final int STRETCH = 1024;

    /** Another token. */
    public record Candidate(int tokenId, double logProbability) {}

    public TokenLogprobs {
        candidates = List.copyOf(candidates);
    }

    /**
     * Reads the log probabilities off a row of raw logits.
     *
     * <p>Cost: three passes over the vocabulary; float64 log-sum-exp.
     *
     * @param topCount how many of the most likely tokens to name
     * @throws IllegalStateException if the logits hold NaN or infinity
     */
    public static TokenLogprobs of(float[] logits, int tokenId, int topCount) {
        return of(logits, tokenId, mostLikely(logits, Math.min(topCount, logits.length)));
    }

    /** The same with the tokens named that these parameters ask for at a generated position. */
    static TokenLogprobs of(float[] logits, int tokenId, LogprobParams wanted) {
        return wanted.named().isEmpty()
                ? of(logits, tokenId, wanted.top())
                : of(logits, tokenId, wanted.named().stream().mapToInt(id -> id).toArray());
    }

    private static TokenLogprobs of(float[] logits, int tokenId, int[] others) {
        double logSumExp = logSumExp(logits);
        List<Candidate> candidates = new ArrayList<>(others.length);
        for (int id : others) {
            candidates.add(new Candidate(id, logits[id] - logSumExp));
        }
        return new TokenLogprobs(
                tokenId, logits[tokenId] - logSumExp, rank(logits, tokenId), candidates);
    }

    private static int rank(float[] logits, int tokenId) {
        float own = logits[tokenId];
        int rank = 1;
        for (int id = 0; id < logits.length; id++) {
            rank += logits[id] > own || (logits[id] == own && id < tokenId) ? 1 : 0;
        }
        return rank;
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
