package dev.parlance.server.api;

import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.engine.sampling.SamplingParams;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The fields that say how tokens are chosen. */
final class SamplingFields {
    /** More entries than any vocabulary's share that is biased by hand. */
    private static final int MAX_BIASES = 4096;

    /** Off, or close enough that no probability is smaller. */
    private static final double SMALLEST = Double.MIN_NORMAL;

    static final List<ApiField> FIELDS =
            List.of(
                    ApiField.honoured(
                            "temperature", "0 to 2, default 1; 0 takes the most likely token"),
                    ApiField.honoured("top_p", "0 to 1, default 1"),
                    ApiField.honoured(
                            "frequency_penalty", "-2 to 2, default 0; counts generated tokens"),
                    ApiField.honoured(
                            "presence_penalty", "-2 to 2, default 0; counts generated tokens"),
                    ApiField.honoured("logit_bias", "token id to -100 to 100; fractions allowed"),
                    ApiField.honoured(
                            "seed", "64 bits; absent or -1: another one for each request"),
                    ApiField.honoured("top_k", "default off; 0 and -1 are off").asExtension(),
                    ApiField.honoured("min_p", "0 to 1, default 0 (off)").asExtension(),
                    ApiField.honoured("typical_p", "0 to 1, default 1 (off)").asExtension(),
                    ApiField.honoured(
                                    "repetition_penalty",
                                    "above 0 and up to 10, default 1 (off); counts prompt and"
                                            + " generated tokens")
                            .asExtension(),
                    ApiField.honoured("repeat_penalty", "another name of `repetition_penalty`")
                            .asExtension());

    private SamplingFields() {}

    static SamplingParams read(FieldReader body) {
        SamplingParams off = SamplingParams.DEFAULT;
        // A top_p of 0 means the smallest set there is: the most likely token.
        double topP = Math.max(SMALLEST, body.number("top_p", 0, 1, off.topP()));
        double typicalP = Math.max(SMALLEST, body.number("typical_p", 0, 1, off.typicalP()));
        double repeat = body.number("repeat_penalty", 0, 10, off.repetitionPenalty());
        double repetition = body.number("repetition_penalty", 0, 10, repeat);
        if (repetition == 0) {
            String name =
                    body.find("repetition_penalty").isPresent()
                            ? "repetition_penalty"
                            : "repeat_penalty";
            throw ApiException.invalidValue(
                    body.path(name), "'" + body.path(name) + "' must be above 0, got 0");
        }
        return new SamplingParams(
                body.number("temperature", 0, 2, off.temperature()),
                body.integer("top_k", -1, Integer.MAX_VALUE, off.topK()),
                topP,
                body.number("min_p", 0, 1, off.minP()),
                typicalP,
                body.number("frequency_penalty", -2, 2, off.frequencyPenalty()),
                body.number("presence_penalty", -2, 2, off.presencePenalty()),
                repetition,
                logitBias(body),
                seed(body));
    }

    private static OptionalLong seed(FieldReader body) {
        OptionalLong seed = body.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE);
        return seed.isPresent() && seed.getAsLong() == -1 ? OptionalLong.empty() : seed;
    }

    private static Map<Integer, Double> logitBias(FieldReader body) {
        Map<Integer, Double> biases = new LinkedHashMap<>();
        body.child("logit_bias")
                .ifPresent(map -> {
                    if (map.object().members().size() > MAX_BIASES) {
                        throw ApiException.invalidValue(
                                body.path("logit_bias"),
                                "'logit_bias' must have at most "
                                        + MAX_BIASES
                                        + " entries, got "
                                        + map.object().members().size());
                    }
                    map.object()
                            .members()
                            .forEach((id, value) ->
                                    biases.put(tokenId(map, id), bias(map, id, value)));
                });
        return biases;
    }

    private static int tokenId(FieldReader map, String id) {
        try {
            long number = new JsonNumber(id).longValue();
            if (number >= 0 && number <= Integer.MAX_VALUE) {
                return (int) number;
            }
        } catch (IllegalArgumentException | ArithmeticException notANumber) {
            // Answered below.
        }
        throw ApiException.invalidValue(
                map.path(id), "the names in 'logit_bias' must be token ids, got '" + id + "'");
    }

    private static double bias(FieldReader map, String id, JsonValue value) {
        return FieldReader.number(value, map.path(id), -100, 100);
    }
}
