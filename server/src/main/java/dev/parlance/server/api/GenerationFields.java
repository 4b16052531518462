package dev.parlance.server.api;

import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.TextOptions;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.engine.sampling.SamplingParams;
import dev.parlance.engine.tokenizer.Vocabulary;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What both generating endpoints can be asked for, read and checked as far as that goes without a
 * model.
 *
 * @param choices continuations per prompt
 * @param stops stop sequences, none empty
 * @param stopTokenIds tokens that end a choice besides the model's own
 * @param ignoreEos the model's own end tokens do not end a choice
 * @param includeStop a stop sequence that was met is part of the text
 * @param skipSpecialTokens special tokens are left out of the text
 * @param returnTokenIds the answer has token ids too
 */
public record GenerationFields(
        String model,
        int choices,
        SamplingParams sampling,
        List<String> stops,
        Set<Integer> stopTokenIds,
        boolean ignoreEos,
        int minTokens,
        boolean includeStop,
        boolean skipSpecialTokens,
        boolean returnTokenIds,
        StreamFields streaming) {
    /** Of one prompt, returned or not. */
    public static final int MAX_CHOICES = 128;

    /** OpenAI allows 4; each costs a comparison per character. */
    private static final int MAX_STOPS = 64;

    private static final int MAX_STOP_CHARS = 10_000;

    private static final List<ApiField> OWN_FIELDS =
            List.of(
                    ApiField.honoured("model", "required; one of `GET /v1/models`"),
                    ApiField.honoured("n", "1 to 128, default 1"),
                    ApiField.honoured("stop", "a string or up to 64 of them; matched in the text"),
                    ApiField.ignored("user", "only hosted services need to tell users apart"),
                    ApiField.honoured("stop_token_ids", "token ids that end a choice")
                            .asExtension(),
                    ApiField.honoured("ignore_eos", "goes on behind the model's own end tokens")
                            .asExtension(),
                    ApiField.honoured("min_tokens", "no end token before so many, default 0")
                            .asExtension(),
                    ApiField.honoured(
                                    "include_stop_str_in_output",
                                    "the stop sequence that was met ends the text")
                            .asExtension(),
                    ApiField.honoured(
                                    "skip_special_tokens",
                                    "default true; false shows special tokens in the text")
                            .asExtension(),
                    ApiField.honoured("return_token_ids", "adds `token_ids` and `prompt_token_ids`")
                            .asExtension());

    /** The fields of this record, for an endpoint's table. */
    public static final List<ApiField> FIELDS =
            Stream.of(OWN_FIELDS, SamplingFields.FIELDS, StreamFields.FIELDS)
                    .flatMap(List::stream)
                    .toList();

    public GenerationFields {
        stops = List.copyOf(stops);
        stopTokenIds = Set.copyOf(stopTokenIds);
    }

    /**
     * @throws ApiException 400 if a field has a wrong type or value
     */
    public static GenerationFields read(FieldReader body) {
        return new GenerationFields(
                body.requireString("model"),
                body.integer("n", 1, MAX_CHOICES, 1),
                SamplingFields.read(body),
                readStops(body),
                readStopTokenIds(body),
                body.bool("ignore_eos", false),
                body.integer("min_tokens", 0, Integer.MAX_VALUE, 0),
                body.bool("include_stop_str_in_output", false),
                body.bool("skip_special_tokens", true),
                body.bool("return_token_ids", false),
                StreamFields.read(body));
    }

    private static List<String> readStops(FieldReader body) {
        var field = body.find("stop");
        if (field.isEmpty()) {
            return List.of();
        }
        List<String> stops = new ArrayList<>();
        if (field.get() instanceof JsonString(String stop)) {
            stops.add(checkedStop(stop, body.path("stop")));
        } else {
            int index = 0;
            for (JsonValue value : stopArray(field.get(), body.path("stop"))) {
                String path = body.path("stop") + "[" + index++ + "]";
                stops.add(checkedStop(FieldReader.string(value, path), path));
            }
        }
        return stops;
    }

    private static List<JsonValue> stopArray(JsonValue field, String path) {
        if (!(field instanceof JsonArray(List<JsonValue> values))) {
            throw FieldReader.wrongType(path, "a string or an array of strings", field);
        }
        if (values.size() > MAX_STOPS) {
            throw ApiException.invalidValue(
                    path,
                    "'"
                            + path
                            + "' must have at most "
                            + MAX_STOPS
                            + " entries, got "
                            + values.size());
        }
        return values;
    }

    private static String checkedStop(String stop, String path) {
        if (stop.isEmpty() || stop.length() > MAX_STOP_CHARS) {
            throw ApiException.invalidValue(
                    path,
                    "'"
                            + path
                            + "' must have 1 to "
                            + MAX_STOP_CHARS
                            + " characters, got "
                            + stop.length());
        }
        return stop;
    }

    private static Set<Integer> readStopTokenIds(FieldReader body) {
        Set<Integer> ids = new LinkedHashSet<>();
        String path = body.path("stop_token_ids");
        int index = 0;
        for (JsonValue value : body.array("stop_token_ids").orElse(List.of())) {
            String at = path + "[" + index++ + "]";
            ids.add((int) FieldReader.integer(value, at, 0, Integer.MAX_VALUE));
        }
        return ids;
    }

    /**
     * Checks what needs the model's vocabulary.
     *
     * @throws ApiException 400 if a token id is not in it
     */
    public void checkAgainst(Vocabulary vocabulary) {
        sampling.logitBias()
                .keySet()
                .forEach(id -> checkTokenId(id, "logit_bias", vocabulary.size()));
        stopTokenIds.forEach(id -> checkTokenId(id, "stop_token_ids", vocabulary.size()));
    }

    static void checkTokenId(long id, String path, int vocabularySize) {
        if (id < 0 || id >= vocabularySize) {
            throw ApiException.invalidValue(
                    path,
                    "token ids in '"
                            + path
                            + "' must be between 0 and "
                            + (vocabularySize - 1)
                            + ", got "
                            + id);
        }
    }

    /**
     * The work for one prompt.
     *
     * @param topLogprobs as in {@link GenerationRequest}
     * @throws ApiException 400 if fewer tokens are allowed than {@code min_tokens} demands
     */
    public GenerationRequest toRequest(
            int[] promptTokens,
            int maxTokens,
            int topLogprobs,
            boolean promptLogprobs,
            Vocabulary vocabulary) {
        if (minTokens > maxTokens) {
            throw ApiException.invalidValue(
                    "min_tokens",
                    "'min_tokens' must be at most the number of tokens to generate, which is "
                            + maxTokens
                            + ", got "
                            + minTokens);
        }
        Set<Integer> endTokens = new HashSet<>(stopTokenIds);
        if (!ignoreEos) {
            endTokens.addAll(vocabulary.endOfGeneration());
        }
        return new GenerationRequest(
                promptTokens,
                maxTokens,
                minTokens,
                endTokens,
                choices,
                sampling,
                topLogprobs,
                promptLogprobs);
    }

    /** How tokens become text. */
    public TextOptions textOptions() {
        return new TextOptions(stops, !skipSpecialTokens);
    }
}
