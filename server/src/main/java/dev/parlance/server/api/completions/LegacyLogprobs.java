package dev.parlance.server.api.completions;

import dev.parlance.engine.generation.GeneratedToken;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.engine.sampling.TokenLogprobs;
import dev.parlance.server.api.TokenTexts;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Log probabilities in the shape of the older endpoint: four arrays of the same length.
 *
 * <p>Two tokens of the same text share a place in {@code top_logprobs}; the likelier one keeps it.
 * Parts of characters do not, since they are named by their bytes. Threads: one at a time.
 */
final class LegacyLogprobs {
    private final TokenTexts texts;
    private final int promptTop;
    private final List<JsonValue> tokens = new ArrayList<>();
    private final List<JsonValue> tokenLogprobs = new ArrayList<>();
    private final List<JsonValue> topLogprobs = new ArrayList<>();
    private final List<JsonValue> textOffsets = new ArrayList<>();

    /**
     * @param promptTop how many likely tokens are named at positions of the prompt, of which more
     *     may be known
     */
    LegacyLogprobs(TokenTexts texts, int promptTop) {
        this.texts = texts;
        this.promptTop = promptTop;
    }

    /** Adds the tokens of a prompt; nothing comes before the first, so it has no probability. */
    void addPrompt(int[] promptTokens, int[] offsets, List<TokenLogprobs> fromSecondOn) {
        for (int i = 0; i < promptTokens.length; i++) {
            if (i == 0) {
                tokens.add(new JsonString(texts.name(promptTokens[i])));
                tokenLogprobs.add(JsonNull.NULL);
                topLogprobs.add(JsonNull.NULL);
                textOffsets.add(JsonNumber.of(offsets[i]));
            } else {
                add(fromSecondOn.get(i - 1), promptTop, offsets[i]);
            }
        }
    }

    /** Adds generated tokens, whose text begins behind so many characters. */
    void addGenerated(List<GeneratedToken> generated, int charactersBefore) {
        for (GeneratedToken token : generated) {
            int offset = charactersBefore + token.textOffset();
            token.logprobs()
                    .ifPresent(logprobs -> add(logprobs, logprobs.candidates().size(), offset));
        }
    }

    private void add(TokenLogprobs logprobs, int top, int offset) {
        tokens.add(new JsonString(texts.name(logprobs.tokenId())));
        tokenLogprobs.add(TokenTexts.logprob(logprobs.logProbability()));
        Map<String, JsonValue> likely = new LinkedHashMap<>();
        logprobs.candidates().stream()
                .limit(top)
                .forEach(candidate ->
                        likely.putIfAbsent(
                                texts.name(candidate.tokenId()),
                                TokenTexts.logprob(candidate.logProbability())));
        likely.putIfAbsent(
                texts.name(logprobs.tokenId()), TokenTexts.logprob(logprobs.logProbability()));
        topLogprobs.add(new JsonObject(likely));
        textOffsets.add(JsonNumber.of(offset));
    }

    JsonObject toJson() {
        return JsonObject.builder()
                .put("tokens", new JsonArray(tokens))
                .put("token_logprobs", new JsonArray(tokenLogprobs))
                .put("top_logprobs", new JsonArray(topLogprobs))
                .put("text_offset", new JsonArray(textOffsets))
                .build();
    }
}
