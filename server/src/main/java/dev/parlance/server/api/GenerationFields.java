package dev.parlance.server.api;

import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.KvSharing;
import dev.parlance.engine.generation.TextOptions;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.engine.sampling.LogprobParams;
import dev.parlance.engine.sampling.SamplingParams;
import dev.parlance.engine.tokenizer.Tokenizer;
import dev.parlance.engine.tokenizer.Vocabulary;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What both generating endpoints can be asked for, read and checked as far as that goes without a
 * model.
 *
 * @param choices continuations per prompt
 * @param preferences about single tokens; folded into the sampling by {@link #forModel}
 * @param stops stop sequences, none empty
 * @param stopTokenIds tokens that end a choice besides the model's own
 * @param ignoreEos the model's own end tokens do not end a choice
 * @param includeStop a stop sequence that was met is part of the text
 * @param skipSpecialTokens special tokens are left out of the text
 * @param returnTokenIds the answer has token ids too
 * @param timings the answer, or each of its chunks, says how long it took
 * @param truncation how a prompt that is too long is cut
 * @param requestId what the client wants the answer's id to end with
 * @param sharing with whom what is computed is shared
 * @param priority lower runs first
 */
public record GenerationFields(
        String model,
        int choices,
        SamplingParams sampling,
        TokenPreferences preferences,
        List<String> stops,
        Set<Integer> stopTokenIds,
        boolean ignoreEos,
        int minTokens,
        boolean includeStop,
        boolean skipSpecialTokens,
        boolean returnTokenIds,
        LogprobFields logprobs,
        boolean timings,
        PromptTruncation truncation,
        Optional<String> requestId,
        KvSharing sharing,
        int priority,
        StreamFields streaming) {
    /** Of one prompt, returned or not. */
    public static final int MAX_CHOICES = 128;

    /** OpenAI allows 4; each costs a comparison per character. */
    private static final int MAX_STOPS = 64;

    private static final int MAX_STOP_CHARS = 10_000;

    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    /** Much more than a secret needs. */
    private static final int MAX_SALT_CHARS = 1024;

    private static final List<ApiField> OWN_FIELDS =
            List.of(
                    ApiField.honoured("model", "required; one of `GET /v1/models`"),
                    ApiField.honoured("n", "1 to 128, default 1"),
                    ApiField.honoured(
                            "stop",
                            "a string or up to 64 of them; matched in the text; the name of a"
                                    + " special token means the token"),
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
                                    "no_stop_trim", "another name of `include_stop_str_in_output`")
                            .asExtension(),
                    ApiField.honoured(
                                    "skip_special_tokens",
                                    "default true; false shows special tokens in the text")
                            .asExtension(),
                    ApiField.honoured("return_token_ids", "adds `token_ids` and `prompt_token_ids`")
                            .asExtension(),
                    ApiField.honoured("return_tokens", "another name of `return_token_ids`")
                            .asExtension(),
                    ApiField.honoured(
                                    "timings_per_token",
                                    "default false; true adds `timings` to the answer or to each"
                                            + " chunk: tokens, milliseconds and tokens per second"
                                            + " of prompt and generation, in llama.cpp's shape")
                            .asExtension(),
                    ApiField.honoured(
                                    "request_id",
                                    "what the answer's `id` ends with: 1 to 128 of letters,"
                                            + " digits, `.`, `_`, `:`, `-`")
                            .asExtension(),
                    ApiField.honoured("rid", "another name of `request_id`").asExtension(),
                    ApiField.honoured(
                                    "cache_salt",
                                    "1 to 1024 characters; computed prompts are reused only for"
                                            + " requests with the same salt")
                            .asExtension(),
                    ApiField.honoured(
                                    "cache_prompt",
                                    "default true; false: the prompt is computed anew, and nothing"
                                            + " of the request is kept for others")
                            .asExtension(),
                    ApiField.honoured("priority", "a whole number; lower runs first, default 0")
                            .asExtension());

    /** The fields of this record, for an endpoint's table. */
    public static final List<ApiField> FIELDS =
            Stream.of(
                            OWN_FIELDS,
                            SamplingFields.FIELDS,
                            TokenPreferences.FIELDS,
                            LogprobFields.FIELDS,
                            PromptTruncation.FIELDS,
                            StreamFields.FIELDS)
                    .flatMap(List::stream)
                    .toList();

    public GenerationFields {
        stops = List.copyOf(stops);
        stopTokenIds = Set.copyOf(stopTokenIds);
    }

    /**
     * @throws ApiException 400 if a field has a wrong type or value
     */
    public static GenerationFields read(FieldReader body, ApiOptions options) {
        StreamFields streaming = StreamFields.read(body, options);
        return new GenerationFields(
                body.requireString("model"),
                body.integer("n", 1, MAX_CHOICES, 1),
                SamplingFields.read(body),
                TokenPreferences.read(body),
                readStops(body),
                body.tokenIds("stop_token_ids"),
                body.bool("ignore_eos", false),
                body.integer("min_tokens", 0, Integer.MAX_VALUE, 0),
                body.bool("include_stop_str_in_output", body.bool("no_stop_trim", false)),
                body.bool("skip_special_tokens", true),
                body.bool("return_token_ids", body.bool("return_tokens", false)),
                LogprobFields.read(body, options, streaming.stream()),
                body.bool("timings_per_token", false),
                PromptTruncation.read(body),
                requestId(body),
                sharing(body),
                body.integer("priority", Integer.MIN_VALUE, Integer.MAX_VALUE, 0),
                streaming);
    }

    private static Optional<String> requestId(FieldReader body) {
        String name = body.find("request_id").isPresent() ? "request_id" : "rid";
        Optional<String> id = body.string(name);
        if (id.isPresent() && !REQUEST_ID.matcher(id.get()).matches()) {
            throw ApiException.invalidValue(
                    body.path(name),
                    "'"
                            + body.path(name)
                            + "' must be 1 to 128 letters, digits and '.', '_', ':', '-'");
        }
        return id;
    }

    private static KvSharing sharing(FieldReader body) {
        String salt =
                body.string("cache_salt")
                        .map(text ->
                                FieldReader.checkedText(
                                        text, body.path("cache_salt"), MAX_SALT_CHARS))
                        .orElse("");
        return new KvSharing(body.bool("cache_prompt", true), salt);
    }

    private static List<String> readStops(FieldReader body) {
        var field = body.find("stop");
        if (field.isEmpty()) {
            return List.of();
        }
        List<String> stops = new ArrayList<>();
        if (field.get() instanceof JsonString(String stop)) {
            stops.add(FieldReader.checkedText(stop, body.path("stop"), MAX_STOP_CHARS));
        } else {
            int index = 0;
            for (JsonValue value : stopArray(field.get(), body.path("stop"))) {
                String path = body.path("stop") + "[" + index++ + "]";
                stops.add(
                        FieldReader.checkedText(
                                FieldReader.string(value, path), path, MAX_STOP_CHARS));
            }
        }
        return stops;
    }

    private static List<JsonValue> stopArray(JsonValue field, String path) {
        if (!(field instanceof JsonArray(List<JsonValue> values))) {
            throw FieldReader.wrongType(path, "a string or an array of strings", field);
        }
        FieldReader.checkSize(path, values.size(), MAX_STOPS);
        return values;
    }

    /**
     * The same for one model: what named tokens by text or id has become ids of its vocabulary.
     *
     * @throws ApiException 400 if a token id is not in it, or no token may come
     */
    public GenerationFields forModel(Tokenizer tokenizer) {
        Vocabulary vocabulary = tokenizer.vocabulary();
        stopTokenIds.forEach(id -> checkTokenId(id, "stop_token_ids", vocabulary.size()));
        logprobs.checkTokens(vocabulary.size());
        Set<Integer> ends = new LinkedHashSet<>(stopTokenIds);
        if (skipSpecialTokens) {
            // They are not in the text, where a stop sequence is looked for.
            stops.forEach(stop ->
                    vocabulary.findId(stop).stream()
                            .filter(vocabulary::isSpecial)
                            .forEach(ends::add));
        }
        Set<Integer> ruledOut = minTokens > 0 ? endTokens(ends, vocabulary) : Set.of();
        return new GenerationFields(
                model,
                choices,
                preferences.applyTo(sampling, tokenizer, ruledOut),
                preferences,
                stops,
                ends,
                ignoreEos,
                minTokens,
                includeStop,
                skipSpecialTokens,
                returnTokenIds,
                logprobs,
                timings,
                truncation,
                requestId,
                sharing,
                priority,
                streaming);
    }

    private Set<Integer> endTokens(Set<Integer> own, Vocabulary vocabulary) {
        Set<Integer> ends = new HashSet<>(own);
        if (!ignoreEos) {
            ends.addAll(vocabulary.endOfGeneration());
        }
        return ends;
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
     * @param reported made by {@link #logprobs()}
     * @param service the server's part of how it is served
     * @throws ApiException 400 if fewer tokens are allowed than {@code min_tokens} demands
     */
    public GenerationRequest toRequest(
            int[] promptTokens,
            int maxTokens,
            LogprobParams reported,
            Vocabulary vocabulary,
            ServicePolicy service) {
        if (minTokens > maxTokens) {
            throw ApiException.invalidValue(
                    "min_tokens",
                    "'min_tokens' must be at most the number of tokens to generate, which is "
                            + maxTokens
                            + ", got "
                            + minTokens);
        }
        return new GenerationRequest(
                promptTokens,
                maxTokens,
                minTokens,
                endTokens(stopTokenIds, vocabulary),
                choices,
                sampling,
                reported,
                sharing,
                service.terms(priority),
                new int[0]);
    }

    /** How tokens become text. */
    public TextOptions textOptions() {
        return new TextOptions(stops, !skipSpecialTokens);
    }
}
