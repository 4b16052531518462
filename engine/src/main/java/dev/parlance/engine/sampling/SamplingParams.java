package dev.parlance.engine.sampling;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * How the next token is chosen from the logits.
 *
 * <p>Applied in this order: logit bias, penalties (frequency and presence, DRY, repetition), rules,
 * temperature, top-nσ, top-k, typical, top-p, min-p, XTC, draw. With OpenAI's fields only, this is
 * OpenAI's order. Errors: the constructor refuses values outside the ranges given here.
 *
 * @param temperature ≥ 0; 0 is greedy, ties to the lowest id
 * @param topK 0 or less: off; otherwise only the k most likely tokens
 * @param topP (0, 1]; smallest set of most likely tokens with at least this probability
 * @param minP [0, 1]; drops tokens less likely than this share of the most likely one
 * @param typicalP (0, 1]; locally typical sampling (Meister et al. 2022); 1 is off
 * @param frequencyPenalty [-2, 2]; subtracted per earlier occurrence among the generated tokens
 * @param presencePenalty [-2, 2]; subtracted once from every token generated earlier
 * @param repetitionPenalty > 0; divides positive and multiplies negative logits of tokens in prompt
 *     and continuation; 1 is off (Keskar et al. 2019)
 * @param logitBias token id to the amount added to its logit, [-100, 100]
 * @param seed start of the random numbers; absent: a random one. Choice i of a request uses a
 *     stream derived from (seed, i).
 * @param rules which tokens may come at all
 * @param rare what few requests ask for
 */
public record SamplingParams(
        double temperature,
        int topK,
        double topP,
        double minP,
        double typicalP,
        double frequencyPenalty,
        double presencePenalty,
        double repetitionPenalty,
        Map<Integer, Double> logitBias,
        OptionalLong seed,
        TokenRules rules,
        RareSamplers rare) {

    /** OpenAI's defaults: temperature 1, everything else off, a random seed. */
    public static final SamplingParams DEFAULT =
            new SamplingParams(1, 0, 1, 0, 1, 0, 0, 1, Map.of(), OptionalLong.empty());

    /** Always the most likely token. */
    public static final SamplingParams GREEDY = DEFAULT.withTemperature(0);

    public SamplingParams {
        require(
                temperature >= 0 && temperature < Double.POSITIVE_INFINITY,
                "temperature",
                "0 or more",
                temperature);
        require(topP > 0 && topP <= 1, "topP", "above 0 and at most 1", topP);
        require(minP >= 0 && minP <= 1, "minP", "between 0 and 1", minP);
        require(typicalP > 0 && typicalP <= 1, "typicalP", "above 0 and at most 1", typicalP);
        require(
                Math.abs(frequencyPenalty) <= 2,
                "frequencyPenalty",
                "between -2 and 2",
                frequencyPenalty);
        require(
                Math.abs(presencePenalty) <= 2,
                "presencePenalty",
                "between -2 and 2",
                presencePenalty);
        require(
                repetitionPenalty > 0 && repetitionPenalty < Double.POSITIVE_INFINITY,
                "repetitionPenalty",
                "above 0",
                repetitionPenalty);
        logitBias = Collections.unmodifiableMap(new TreeMap<>(logitBias));
        logitBias
                .values()
                .forEach(bias ->
                        require(Math.abs(bias) <= 100, "logitBias", "between -100 and 100", bias));
    }

    /** Every token allowed, and nothing rare. */
    public SamplingParams(
            double temperature,
            int topK,
            double topP,
            double minP,
            double typicalP,
            double frequencyPenalty,
            double presencePenalty,
            double repetitionPenalty,
            Map<Integer, Double> logitBias,
            OptionalLong seed) {
        this(
                temperature,
                topK,
                topP,
                minP,
                typicalP,
                frequencyPenalty,
                presencePenalty,
                repetitionPenalty,
                logitBias,
                seed,
                TokenRules.NONE,
                RareSamplers.OFF);
    }

    private static void require(boolean holds, String name, String allowed, double got) {
        if (!holds) {
            throw new IllegalArgumentException(name + " must be " + allowed + ", got " + got);
        }
    }

    public SamplingParams withTemperature(double newTemperature) {
        return new SamplingParams(
                newTemperature,
                topK,
                topP,
                minP,
                typicalP,
                frequencyPenalty,
                presencePenalty,
                repetitionPenalty,
                logitBias,
                seed,
                rules,
                rare);
    }

    public SamplingParams withSeed(long newSeed) {
        return new SamplingParams(
                temperature,
                topK,
                topP,
                minP,
                typicalP,
                frequencyPenalty,
                presencePenalty,
                repetitionPenalty,
                logitBias,
                OptionalLong.of(newSeed),
                rules,
                rare);
    }

    public SamplingParams withLogitBias(Map<Integer, Double> newLogitBias) {
        return new SamplingParams(
                temperature,
                topK,
                topP,
                minP,
                typicalP,
                frequencyPenalty,
                presencePenalty,
                repetitionPenalty,
                newLogitBias,
                seed,
                rules,
                rare);
    }

    public SamplingParams withRules(TokenRules newRules) {
        return new SamplingParams(
                temperature,
                topK,
                topP,
                minP,
                typicalP,
                frequencyPenalty,
                presencePenalty,
                repetitionPenalty,
                logitBias,
                seed,
                newRules,
                rare);
    }

    public SamplingParams withRare(RareSamplers newRare) {
        return new SamplingParams(
                temperature,
                topK,
                topP,
                minP,
                typicalP,
                frequencyPenalty,
                presencePenalty,
                repetitionPenalty,
                logitBias,
                seed,
                rules,
                newRare);
    }
}
