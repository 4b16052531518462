package dev.parlance.engine.sampling;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The tokens that may still be drawn at one position, with their weights: starts as the whole
 * vocabulary and is narrowed filter by filter.
 *
 * <p>Scratch space: one instance serves all sequences of an engine, position after position, so
 * that no step allocates anything of the vocabulary's size. Threads: one at a time.
 *
 * <p>Units: a weight is proportional to a probability; the most likely token of the whole
 * vocabulary has weight 1. Every filter works on the distribution that the filter before it left,
 * renormalised. Filters keep at least one token of positive weight.
 */
public final class Candidates {
    /*
     * What surely stays out is dropped first. If few tokens are left, as of a peaked distribution,
     * the ids become a binary heap over `rank`, and a filter takes tokens off its top until it has
     * enough; if many are left, they are sorted. Equal ranks are in order of ascending id both
     * ways, so the order is total and the result never depends on which it was.
     */

    /** So many tokens are sorted rather than taken off a heap one by one. */
    private static final int MANY_TOKENS = 2048;

    private final float[] logits;
    private final double[] weights;
    private final double[] rank;
    private final int[] ids;
    private final RankSort sort = new RankSort();
    private int size;
    private double temperature = 1;
    private float maxLogit;

    public Candidates(int vocabularySize) {
        logits = new float[vocabularySize];
        weights = new double[vocabularySize];
        rank = new double[vocabularySize];
        ids = new int[vocabularySize];
    }

    /**
     * A working copy of the logits, for changes before {@link #begin} and {@link #mostLikely}.
     *
     * @throws IllegalArgumentException if there are not as many as tokens in the vocabulary
     */
    float[] copyOf(float[] source) {
        if (source.length != logits.length) {
            throw new IllegalArgumentException(
                    source.length + " logits for a vocabulary of " + logits.length);
        }
        System.arraycopy(source, 0, logits, 0, source.length);
        return logits;
    }

    int size() {
        return size;
    }

    int id(int index) {
        return ids[index];
    }

    /**
     * The token with the highest logit, the lowest id among equals.
     *
     * @throws IllegalStateException if a logit is not a number or all are masked
     */
    int mostLikely() {
        int best = -1;
        float max = Float.NEGATIVE_INFINITY;
        boolean finite = true;
        for (int id = 0; id < logits.length; id++) {
            float logit = logits[id];
            // False for NaN and for +infinity.
            finite &= logit <= Float.MAX_VALUE;
            if (logit > max) {
                max = logit;
                best = id;
            }
        }
        if (!finite) {
            throw new IllegalStateException(
                    "the model's logits are not finite; its weights may be damaged");
        }
        if (best < 0) {
            throw new IllegalStateException("no token is allowed at this position");
        }
        return best;
    }

    /** Makes the most likely token the only candidate, and returns it. */
    int keepMostLikely() {
        ids[0] = mostLikely();
        weights[ids[0]] = 1;
        size = 1;
        return ids[0];
    }

    /** Makes every token that is not masked a candidate; {@link #weigh} must follow. */
    void begin(double newTemperature) {
        temperature = newTemperature;
        maxLogit = logits[mostLikely()];
        size = 0;
        for (int id = 0; id < logits.length; id++) {
            if (logits[id] > Float.NEGATIVE_INFINITY) {
                ids[size++] = id;
            }
        }
    }

    /**
     * Gives the candidates the weight {@code exp((logit - max) / temperature)}. {@link #keepTopK},
     * which needs no weights, comes before.
     */
    void weigh() {
        if (size > logits.length / 2) {
            // Those of masked tokens are never looked at.
            Powers.of(logits, 0, logits.length, maxLogit, temperature, weights);
        } else {
            for (int i = 0; i < size; i++) {
                weights[ids[i]] = Powers.of(exponent(ids[i]));
            }
        }
    }

    private double exponent(int id) {
        return ((double) logits[id] - maxLogit) / temperature;
    }

    /**
     * Drops tokens whose logit is more than {@code n} standard deviations below the best; before
     * {@link #keepTopK}.
     */
    void keepTopSigma(double n) {
        double mean = 0;
        for (int i = 0; i < size; i++) {
            mean += logits[ids[i]];
        }
        mean /= size;
        double squares = 0;
        for (int i = 0; i < size; i++) {
            double distance = logits[ids[i]] - mean;
            squares += distance * distance;
        }
        double least = maxLogit - n * Math.sqrt(squares / size);
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (logits[ids[i]] >= least) {
                ids[kept++] = ids[i];
            }
        }
        size = kept;
    }

    /**
     * Keeps the {@code k} most likely; with {@link #keepTopSigma} the only filter that may come
     * before {@link #weigh}.
     */
    void keepTopK(int k) {
        if (k < size) {
            selectByLogit(k);
            rankByLogit();
            takeBest(k, Double.POSITIVE_INFINITY);
        }
    }

    /** Drops all but the {@code k} most likely: most tokens are only compared with the k-th. */
    private void selectByLogit(int k) {
        for (int i = k / 2 - 1; i >= 0; i--) {
            sinkLikely(i, k);
        }
        float least = logits[ids[0]];
        for (int i = k; i < size; i++) {
            // An equal one has a higher id: ids ascend until now.
            if (logits[ids[i]] > least) {
                ids[0] = ids[i];
                sinkLikely(0, k);
                least = logits[ids[0]];
            }
        }
        size = k;
    }

    /** Like {@link #sink}, for a heap with the least likely token on top. */
    private void sinkLikely(int index, int heap) {
        int id = ids[index];
        int parent = index;
        while (2 * parent + 1 < heap) {
            int child = 2 * parent + 1;
            if (child + 1 < heap && likelier(ids[child], ids[child + 1])) {
                child++;
            }
            if (!likelier(id, ids[child])) {
                break;
            }
            ids[parent] = ids[child];
            parent = child;
        }
        ids[parent] = id;
    }

    private boolean likelier(int a, int b) {
        return logits[a] > logits[b] || (logits[a] == logits[b] && a < b);
    }

    /**
     * Keeps the smallest set whose surprise is nearest to the expected one and whose probability is
     * at least {@code mass}.
     *
     * <p>Source: Meister, Pimentel, Wiher, Cotterell: Locally Typical Sampling, 2022.
     */
    void keepTypical(double mass) {
        double total = totalWeight();
        double logTotal = Math.log(total);
        double entropy = entropy(total);
        for (int i = 0; i < size; i++) {
            double surprise = logTotal - exponent(ids[i]);
            rank[ids[i]] = -Math.abs(surprise - entropy);
        }
        takeBest(size, mass * total);
    }

    private double entropy(double total) {
        double logTotal = Math.log(total);
        double entropy = 0;
        for (int i = 0; i < size; i++) {
            double weight = weights[ids[i]];
            if (weight > 0) {
                entropy -= weight / total * (exponent(ids[i]) - logTotal);
            }
        }
        return entropy;
    }

    /** The entropy as a share of the greatest there can be with as many candidates, 0 to 1. */
    double entropyShare() {
        return size < 2 ? 0 : Math.clamp(entropy(totalWeight()) / Math.log(size), 0, 1);
    }

    /** Keeps the smallest set of most likely tokens whose probability is at least {@code mass}. */
    void keepTopP(double mass) {
        double total = totalWeight();
        // All that weigh less than this have less than what may be left out, even together.
        double least = (1 - mass) * total / (size + 1);
        int kept = 0;
        for (int i = 0; i < size; i++) {
            int id = ids[i];
            ids[kept] = id;
            kept += weights[id] < least ? 0 : 1;
        }
        size = kept;
        rankByLogit();
        takeBest(size, mass * total);
    }

    /** Drops tokens less likely than {@code share} of the most likely one. */
    void keepMinP(double share) {
        double max = 0;
        for (int i = 0; i < size; i++) {
            max = Math.max(max, weights[ids[i]]);
        }
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (weights[ids[i]] >= share * max) {
                ids[kept++] = ids[i];
            }
        }
        size = kept;
    }

    /**
     * Of the tokens that are at least as probable as {@code threshold}, drops all but the least
     * likely.
     *
     * <p>Source: "Exclude top choices" by p-e-w, text-generation-webui pull request 6335.
     */
    void dropTopChoices(double threshold) {
        double least = threshold * totalWeight();
        int last = -1;
        for (int i = 0; i < size; i++) {
            if (weights[ids[i]] >= least && (last < 0 || likelier(last, ids[i]))) {
                last = ids[i];
            }
        }
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (weights[ids[i]] < least || ids[i] == last) {
                ids[kept++] = ids[i];
            }
        }
        size = kept;
    }

    /** The token at {@code uniform}, in [0, 1), of the candidates' weights laid end to end. */
    int draw(double uniform) {
        double target = uniform * totalWeight();
        double sum = 0;
        int last = ids[0];
        for (int i = 0; i < size; i++) {
            double weight = weights[ids[i]];
            if (weight > 0) {
                last = ids[i];
                sum += weight;
                if (sum > target) {
                    return last;
                }
            }
        }
        return last;
    }

    /**
     * How likely tokens were to be drawn, to be asked for after the draw.
     *
     * @param wanted which tokens besides this one
     */
    TokenLogprobs logprobs(int tokenId, LogprobParams wanted) {
        // Of what is no candidate any more the weights are old.
        rankByDraw();
        double logTotal = Math.log(totalWeight());
        IntStream others =
                wanted.named().isEmpty()
                        ? mostOftenDrawn(wanted.top())
                        : wanted.named().stream().mapToInt(Integer::intValue);
        int better = 0;
        for (int i = 0; i < size; i++) {
            better += before(ids[i], tokenId) ? 1 : 0;
        }
        return new TokenLogprobs(
                tokenId,
                rank[tokenId] - logTotal,
                better + 1,
                others.mapToObj(id -> new TokenLogprobs.Candidate(id, rank[id] - logTotal))
                        .toList());
    }

    private void rankByDraw() {
        Arrays.fill(rank, Double.NEGATIVE_INFINITY);
        for (int i = 0; i < size; i++) {
            rank[ids[i]] = Math.log(weights[ids[i]]);
        }
    }

    private IntStream mostOftenDrawn(int count) {
        return IntStream.range(0, size)
                .map(i -> ids[i])
                .filter(id -> rank[id] > Double.NEGATIVE_INFINITY)
                .boxed()
                .sorted((a, b) -> before(a, b) ? -1 : before(b, a) ? 1 : 0)
                .limit(count)
                .mapToInt(Integer::intValue);
    }

    private double totalWeight() {
        double total = 0;
        for (int i = 0; i < size; i++) {
            total += weights[ids[i]];
        }
        return total;
    }

    private void rankByLogit() {
        for (int i = 0; i < size; i++) {
            rank[ids[i]] = logits[ids[i]];
        }
    }

    /** Keeps the best by rank, best first: at most {@code count}, and no more than the weight. */
    private void takeBest(int count, double weight) {
        if (size >= MANY_TOKENS) {
            sort.sort(ids, size, rank);
            double sum = 0;
            int taken = 0;
            while (taken < Math.min(count, size) && (sum < weight || taken == 0)) {
                sum += weights[ids[taken++]];
            }
            size = taken;
            return;
        }
        for (int i = size / 2 - 1; i >= 0; i--) {
            sink(i, size);
        }
        int heap = size;
        double sum = 0;
        while (heap > 0 && size - heap < count && (sum < weight || heap == size)) {
            int id = ids[0];
            heap--;
            ids[0] = ids[heap];
            ids[heap] = id;
            sum += weights[id];
            sink(0, heap);
        }
        // Taken ids stand at the end, last taken first.
        for (int low = 0, high = size - 1; low < high; low++, high--) {
            int id = ids[low];
            ids[low] = ids[high];
            ids[high] = id;
        }
        size -= heap;
    }

    private void sink(int index, int heap) {
        int id = ids[index];
        int parent = index;
        while (2 * parent + 1 < heap) {
            int child = 2 * parent + 1;
            if (child + 1 < heap && before(ids[child + 1], ids[child])) {
                child++;
            }
            if (!before(ids[child], id)) {
                break;
            }
            ids[parent] = ids[child];
            parent = child;
        }
        ids[parent] = id;
    }

    private boolean before(int a, int b) {
        return rank[a] > rank[b] || (rank[a] == rank[b] && a < b);
    }
}
