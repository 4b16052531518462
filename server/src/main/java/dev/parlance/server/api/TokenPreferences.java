package dev.parlance.server.api;

import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonBoolean;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.engine.sampling.RareSamplers;
import dev.parlance.engine.sampling.SamplingParams;
import dev.parlance.engine.sampling.TokenRules;
import dev.parlance.engine.tokenizer.PromptText;
import dev.parlance.engine.tokenizer.Tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a request says about single tokens and texts, which only a model's vocabulary can turn into
 * ids.
 *
 * @param biases added to logits
 * @param allowed nothing but these tokens may come; empty: all may
 * @param badWords texts that must not come
 * @param dryBreakers texts whose tokens break a repetition; only looked at where DRY is on
 */
record TokenPreferences(
        List<Bias> biases, Set<Integer> allowed, List<String> badWords, List<String> dryBreakers) {
    private static final int MAX_ENTRIES = 4096;
    private static final int MAX_TEXTS = 256;
    private static final int MAX_TEXT_CHARS = 1000;

    /** Each is looked for in every token of the vocabulary. */
    private static final int MAX_BREAKERS = 32;

    private static final List<String> DEFAULT_BREAKERS = List.of("\n", ":", "\"", "*");

    static final List<ApiField> FIELDS =
            List.of(
                    ApiField.honoured(
                            "logit_bias",
                            "token id to -100 to 100, fractions allowed; or llama.cpp's list of"
                                    + " `[id or text, bias]`, in which `false` bans"),
                    ApiField.honoured("allowed_token_ids", "nothing but these tokens comes")
                            .asExtension(),
                    ApiField.honoured(
                                    "bad_words",
                                    "texts that must not come, as the tokens they make alone and"
                                            + " behind a space")
                            .asExtension(),
                    ApiField.honoured(
                                    "dry_sequence_breakers",
                                    "default line feed, `:`, `\"`, `*`: tokens with one of these"
                                            + " end a repetition")
                            .asExtension());

    /**
     * One wish about a token.
     *
     * @param path where it stands in the request
     * @param amount absent: the token must not come
     */
    record Bias(String path, TokenName token, Optional<Double> amount) {}

    /** A token by its id, or all tokens of a text. */
    sealed interface TokenName {
        record Id(int id) implements TokenName {}

        record Text(String text) implements TokenName {}
    }

    TokenPreferences {
        biases = List.copyOf(biases);
        allowed = Set.copyOf(allowed);
        badWords = List.copyOf(badWords);
        dryBreakers = List.copyOf(dryBreakers);
    }

    static TokenPreferences read(FieldReader body) {
        return new TokenPreferences(
                readBiases(body),
                body.tokenIds("allowed_token_ids"),
                body.texts("bad_words", MAX_TEXTS, MAX_TEXT_CHARS).orElse(List.of()),
                body.texts("dry_sequence_breakers", MAX_BREAKERS, MAX_TEXT_CHARS)
                        .orElse(DEFAULT_BREAKERS));
    }

    private static List<Bias> readBiases(FieldReader body) {
        String path = body.path("logit_bias");
        Optional<JsonValue> field = body.find("logit_bias");
        if (field.isEmpty()) {
            return List.of();
        }
        List<Bias> biases = new ArrayList<>();
        switch (field.get()) {
            case JsonObject(Map<String, JsonValue> members) -> {
                checkCount(members.size(), path);
                members.forEach((id, value) -> biases.add(ofMember(id, value, path)));
            }
            case JsonArray(List<JsonValue> pairs) -> {
                checkCount(pairs.size(), path);
                for (int i = 0; i < pairs.size(); i++) {
                    biases.add(ofPair(pairs.get(i), path + "[" + i + "]"));
                }
            }
            default ->
                    throw FieldReader.wrongType(
                            path, "an object or an array of pairs", field.get());
        }
        return biases;
    }

    private static void checkCount(int count, String path) {
        if (count > MAX_ENTRIES) {
            throw ApiException.invalidValue(
                    path,
                    "'" + path + "' must have at most " + MAX_ENTRIES + " entries, got " + count);
        }
    }

    private static Bias ofMember(String id, JsonValue value, String path) {
        String at = path + "." + id;
        double amount = FieldReader.number(value, at, -100, 100);
        return new Bias(at, new TokenName.Id(tokenId(id, at)), Optional.of(amount));
    }

    private static int tokenId(String id, String path) {
        try {
            long number = new JsonNumber(id).longValue();
            if (number >= 0 && number <= Integer.MAX_VALUE) {
                return (int) number;
            }
        } catch (IllegalArgumentException | ArithmeticException notANumber) {
            // Answered below.
        }
        throw ApiException.invalidValue(
                path, "the names in 'logit_bias' must be token ids, got '" + id + "'");
    }

    private static Bias ofPair(JsonValue pair, String path) {
        List<JsonValue> values = FieldReader.array(pair, path);
        if (values.size() != 2) {
            throw ApiException.invalidValue(
                    path,
                    "'"
                            + path
                            + "' must have 2 entries, a token and its bias, got "
                            + values.size());
        }
        TokenName token =
                switch (values.getFirst()) {
                    case JsonString(String text) -> new TokenName.Text(text);
                    case JsonNumber id ->
                            new TokenName.Id(
                                    (int)
                                            FieldReader.integer(
                                                    id, path + "[0]", 0, Integer.MAX_VALUE));
                    default ->
                            throw FieldReader.wrongType(
                                    path + "[0]", "a token id or a text", values.getFirst());
                };
        boolean bans = values.getLast().equals(JsonBoolean.FALSE);
        return new Bias(
                path,
                token,
                bans
                        ? Optional.empty()
                        : Optional.of(
                                FieldReader.number(values.getLast(), path + "[1]", -100, 100)));
    }

    /**
     * The parameters with all this as token ids.
     *
     * @param endTokens what {@code minTokens} rules out at first
     * @throws ApiException 400 if an id is not in the vocabulary, or no token is left
     */
    SamplingParams applyTo(SamplingParams sampling, Tokenizer tokenizer, Set<Integer> endTokens) {
        Map<Integer, Double> amounts = new LinkedHashMap<>();
        Set<List<Integer>> banned = new HashSet<>();
        for (Bias bias : biases) {
            for (int id : ids(bias, tokenizer)) {
                bias.amount()
                        .ifPresentOrElse(
                                amount -> amounts.put(id, amount), () -> banned.add(List.of(id)));
            }
        }
        allowed.forEach(id ->
                GenerationFields.checkTokenId(
                        id, "allowed_token_ids", tokenizer.vocabulary().size()));
        for (String word : badWords) {
            banned.add(boxed(tokenizer.encode(PromptText.plain(word))));
            banned.add(boxed(tokenizer.encode(PromptText.plain(" " + word))));
        }
        banned.remove(List.of());
        TokenRules rules =
                new TokenRules(
                        allowed.isEmpty() ? Optional.empty() : Optional.of(allowed),
                        List.copyOf(banned));
        if (!rules.leavesToken(endTokens)) {
            throw ApiException.invalidValue(
                    "allowed_token_ids",
                    "'allowed_token_ids' must name a token that no other field rules out");
        }
        return withBreakers(sampling.withLogitBias(amounts).withRules(rules), tokenizer);
    }

    private static int[] ids(Bias bias, Tokenizer tokenizer) {
        return switch (bias.token()) {
            case TokenName.Text(String text) -> tokenizer.encode(PromptText.plain(text));
            case TokenName.Id(int id) -> {
                GenerationFields.checkTokenId(id, bias.path(), tokenizer.vocabulary().size());
                yield new int[] {id};
            }
        };
    }

    private static List<Integer> boxed(int[] ids) {
        return Arrays.stream(ids).boxed().toList();
    }

    /** Looks at every token of the vocabulary, so only where it is asked for. */
    private SamplingParams withBreakers(SamplingParams sampling, Tokenizer tokenizer) {
        RareSamplers rare = sampling.rare();
        if (rare.dry().multiplier() == 0) {
            return sampling;
        }
        Set<Integer> breakers = new HashSet<>();
        for (int id = 0; id < tokenizer.vocabulary().size(); id++) {
            String text = new String(tokenizer.bytes(id), StandardCharsets.UTF_8);
            if (dryBreakers.stream().anyMatch(text::contains)) {
                breakers.add(id);
            }
        }
        return sampling.withRare(rare.withDry(rare.dry().withBreakers(breakers)));
    }
}
