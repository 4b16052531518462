package dev.parlance.engine.sampling;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Chooses the tokens of one choice from their logits, in the order that {@link SamplingParams}
 * gives.
 *
 * <p>The same parameters, prompt, random stream and logits give the same tokens, whatever else
 * runs. Threads: one at a time; it keeps the tokens of its choice. Cost: a few passes over the
 * vocabulary, nothing of its size allocated.
 */
public final class Sampler {
    private final SamplingParams params;
    private final RandomStream random;
    private final int[] biasedTokens;
    private final double[] biases;
    private final Map<Integer, Integer> generatedCounts = new HashMap<>();
    private final BitSet seenTokens = new BitSet();
    private final List<TokenMask> masks;
    private final Optional<DryPenalty> dry;
    private final TokenHistory history;
    private int generated;

    /** A sampler for a continuation of a prompt; the stream is used whatever the seed in params. */
    public Sampler(SamplingParams params, int[] promptTokens, RandomStream random) {
        this.params = params;
        this.random = random;
        this.biasedTokens =
                params.logitBias().keySet().stream().mapToInt(Integer::intValue).toArray();
        this.biases =
                params.logitBias().values().stream().mapToDouble(Double::doubleValue).toArray();
        this.masks = TokenMask.of(params.rules());
        this.history = new TokenHistory(promptTokens);
        RareSamplers.Dry penalty = params.rare().dry();
        this.dry =
                penalty.multiplier() > 0 ? Optional.of(new DryPenalty(penalty)) : Optional.empty();
        if (params.repetitionPenalty() != 1) {
            Arrays.stream(promptTokens).forEach(seenTokens::set);
        }
    }

    /**
     * Chooses the next token and remembers it.
     *
     * @param logits one per token of the vocabulary; left as they are
     * @param excluded tokens that must not come here
     * @param candidates scratch space of the engine
     * @throws IllegalStateException if the logits hold NaN or infinity, or nothing is allowed
     */
    public int next(float[] logits, Set<Integer> excluded, Candidates candidates) {
        float[] adjusted = candidates.copyOf(logits);
        for (int i = 0; i < biasedTokens.length; i++) {
            add(adjusted, biasedTokens[i], biases[i]);
        }
        penalize(adjusted);
        for (int id : excluded) {
            adjusted[id] = Float.NEGATIVE_INFINITY;
        }
        for (TokenMask mask : masks) {
            mask.apply(adjusted);
        }
        int token = choose(candidates);
        remember(token);
        return token;
    }

    /**
     * What was known of the token that {@link #next} has just chosen.
     *
     * @param logits those it was chosen from
     * @param candidates as {@link #next} left them
     */
    public static TokenLogprobs logprobs(
            float[] logits, int token, LogprobParams wanted, Candidates candidates) {
        return wanted.afterSampling()
                ? candidates.logprobs(token, wanted)
                : TokenLogprobs.of(logits, token, wanted);
    }

    private int choose(Candidates candidates) {
        if (params.temperature() == 0) {
            return candidates.keepMostLikely();
        }
        RareSamplers rare = params.rare();
        double temperature = temperature(candidates);
        if (temperature == 0) {
            return candidates.keepMostLikely();
        }
        candidates.begin(temperature);
        if (rare.topNSigma() > 0) {
            candidates.keepTopSigma(rare.topNSigma());
        }
        if (params.topK() > 0) {
            candidates.keepTopK(params.topK());
        }
        candidates.weigh();
        if (params.typicalP() < 1) {
            candidates.keepTypical(params.typicalP());
        }
        if (params.topP() < 1) {
            candidates.keepTopP(params.topP());
        }
        if (params.minP() > 0) {
            candidates.keepMinP(params.minP());
        }
        if (rare.xtcProbability() > 0 && random.coinAt(generated) < rare.xtcProbability()) {
            candidates.dropTopChoices(rare.xtcThreshold());
        }
        return candidates.draw(random.at(generated));
    }

    /** Source: Zhu et al., "Hot or Cold?", 2024, in the form that llama.cpp gave it. */
    private double temperature(Candidates candidates) {
        RareSamplers rare = params.rare();
        if (rare.temperatureRange() == 0) {
            return params.temperature();
        }
        candidates.begin(1);
        candidates.weigh();
        double least = Math.max(0, params.temperature() - rare.temperatureRange());
        double most = params.temperature() + rare.temperatureRange();
        double share = Math.pow(candidates.entropyShare(), rare.temperatureExponent());
        return least + (most - least) * share;
    }

    private void penalize(float[] logits) {
        generatedCounts.forEach((id, count) ->
                add(logits, id, -params.presencePenalty() - count * params.frequencyPenalty()));
        if (dry.isPresent()) {
            dry.get().apply(history, logits);
        }
        noteWindow();
        double penalty = params.repetitionPenalty();
        for (int id = seenTokens.nextSetBit(0); id >= 0; id = seenTokens.nextSetBit(id + 1)) {
            double logit = logits[id];
            set(logits, id, logit > 0 ? logit / penalty : logit * penalty);
        }
    }

    /** Where the repetition penalty looks at the last tokens only, these are the seen ones. */
    private void noteWindow() {
        int window = params.rare().repetitionWindow();
        if (params.repetitionPenalty() != 1 && window != RareSamplers.ALL) {
            seenTokens.clear();
            for (int place = Math.min(window, history.size()) - 1; place >= 0; place--) {
                seenTokens.set(history.fromEnd(place));
            }
        }
    }

    static void add(float[] logits, int id, double amount) {
        set(logits, id, logits[id] + amount);
    }

    private static void set(float[] logits, int id, double logit) {
        // A penalty near 0 or a huge one must not turn a finite logit into an infinite one. NaN and
        // infinities of the model itself stay, to be found and reported.
        logits[id] =
                Float.isFinite(logits[id])
                        ? (float) Math.clamp(logit, -Float.MAX_VALUE, Float.MAX_VALUE)
                        : logits[id];
    }

    private void remember(int token) {
        generated++;
        history.add(token);
        for (TokenMask mask : masks) {
            mask.accept(token);
        }
        if (params.frequencyPenalty() != 0 || params.presencePenalty() != 0) {
            generatedCounts.merge(token, 1, Integer::sum);
        }
        if (params.repetitionPenalty() != 1) {
            seenTokens.set(token);
        }
    }
}
