package dev.parlance.server.api;

import dev.parlance.engine.sampling.RareSamplers;
import dev.parlance.engine.sampling.SamplingParams;
import dev.parlance.engine.sampling.TokenRules;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** The fields that say how tokens are chosen, without those that name tokens. */
final class SamplingFields {
    /** Off, or close enough that no probability is smaller. */
    private static final double SMALLEST = Double.MIN_NORMAL;

    /** Above every number that these samplers make sense with. */
    private static final double MAX = 100;

    static final List<ApiField> FIELDS =
            Stream.concat(
                            Stream.of(
                                    ApiField.honoured(
                                            "temperature",
                                            "0 to 2, default 1; 0 takes the most likely token"),
                                    ApiField.honoured("top_p", "0 to 1, default 1"),
                                    ApiField.honoured(
                                            "frequency_penalty",
                                            "-2 to 2, default 0; counts generated tokens"),
                                    ApiField.honoured(
                                            "presence_penalty",
                                            "-2 to 2, default 0; counts generated tokens"),
                                    ApiField.honoured(
                                            "seed",
                                            "64 bits; absent or -1: another one for each"
                                                    + " request")),
                            extensions().map(ApiField::asExtension))
                    .toList();

    private SamplingFields() {}

    private static Stream<ApiField> extensions() {
        return Stream.of(
                ApiField.honoured("top_k", "default off; 0 and -1 are off"),
                ApiField.honoured("min_p", "0 to 1, default 0 (off)"),
                ApiField.honoured("typical_p", "0 to 1, default 1 (off)"),
                ApiField.honoured("typical", "another name of `typical_p`"),
                ApiField.honoured(
                        "repetition_penalty",
                        "above 0 and up to 10, default 1 (off); counts prompt and generated"
                                + " tokens"),
                ApiField.honoured("repeat_penalty", "another name of `repetition_penalty`"),
                ApiField.honoured(
                        "repeat_last_n",
                        "how many of the last tokens `repetition_penalty` looks at; default and"
                                + " -1: all"),
                ApiField.honoured(
                        "top_n_sigma",
                        "standard deviations of the logits, default off; 0 and -1 are off"),
                ApiField.honoured(
                        "dynatemp_range",
                        "0 to 2, default 0 (off): the temperature moves so far to both sides with"
                                + " the entropy"),
                ApiField.honoured("dynatemp_exponent", "above 0 and up to 100, default 1"),
                ApiField.honoured(
                        "xtc_probability",
                        "0 to 1, default 0 (off): how often the likeliest tokens are left out"),
                ApiField.honoured(
                        "xtc_threshold", "0 to 1, default 0.1: what counts as one of them"),
                ApiField.honoured(
                        "dry_multiplier",
                        "0 to 100, default 0 (off): penalty on going on with a repetition"),
                ApiField.honoured("dry_base", "1 to 100, default 1.75"),
                ApiField.honoured("dry_allowed_length", "1 or more, default 2"),
                ApiField.honoured("dry_penalty_last_n", "0 or more; default and -1: all tokens"));
    }

    static SamplingParams read(FieldReader body) {
        SamplingParams off = SamplingParams.DEFAULT;
        // A top_p of 0 means the smallest set there is: the most likely token.
        double topP = Math.max(SMALLEST, body.number("top_p", 0, 1, off.topP()));
        double typical = body.number("typical", 0, 1, off.typicalP());
        double typicalP = Math.max(SMALLEST, body.number("typical_p", 0, 1, typical));
        return new SamplingParams(
                body.number("temperature", 0, 2, off.temperature()),
                body.integer("top_k", -1, Integer.MAX_VALUE, off.topK()),
                topP,
                body.number("min_p", 0, 1, off.minP()),
                typicalP,
                body.number("frequency_penalty", -2, 2, off.frequencyPenalty()),
                body.number("presence_penalty", -2, 2, off.presencePenalty()),
                repetitionPenalty(body),
                Map.of(),
                seed(body),
                TokenRules.NONE,
                rare(body));
    }

    private static double repetitionPenalty(FieldReader body) {
        String name =
                body.find("repetition_penalty").isPresent()
                        ? "repetition_penalty"
                        : "repeat_penalty";
        return above0(body, name, 10, SamplingParams.DEFAULT.repetitionPenalty());
    }

    private static RareSamplers rare(FieldReader body) {
        RareSamplers off = RareSamplers.OFF;
        RareSamplers.Dry noDry = RareSamplers.Dry.OFF;
        return new RareSamplers(
                body.integer("repeat_last_n", -1, Integer.MAX_VALUE, off.repetitionWindow()),
                body.number("top_n_sigma", -1, MAX, off.topNSigma()),
                body.number("dynatemp_range", 0, 2, off.temperatureRange()),
                above0(body, "dynatemp_exponent", MAX, off.temperatureExponent()),
                body.number("xtc_probability", 0, 1, off.xtcProbability()),
                body.number("xtc_threshold", 0, 1, off.xtcThreshold()),
                new RareSamplers.Dry(
                        body.number("dry_multiplier", 0, MAX, noDry.multiplier()),
                        body.number("dry_base", 1, MAX, noDry.base()),
                        body.integer(
                                "dry_allowed_length", 1, Integer.MAX_VALUE, noDry.allowedLength()),
                        body.integer("dry_penalty_last_n", -1, Integer.MAX_VALUE, noDry.window()),
                        Set.of()));
    }

    private static double above0(FieldReader body, String name, double max, double absent) {
        double value = body.number(name, 0, max, absent);
        if (value == 0) {
            throw ApiException.invalidValue(
                    body.path(name), "'" + body.path(name) + "' must be above 0, got 0");
        }
        return value;
    }

    private static OptionalLong seed(FieldReader body) {
        OptionalLong seed = body.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE);
        return seed.isPresent() && seed.getAsLong() == -1 ? OptionalLong.empty() : seed;
    }
}
