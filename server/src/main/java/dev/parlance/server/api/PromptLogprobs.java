package dev.parlance.server.api;

import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.engine.sampling.TokenLogprobs;

import java.util.ArrayList;
import java.util.List;

/** Writes the log probabilities of a prompt's tokens in vLLM's shape. */
public final class PromptLogprobs {
    private PromptLogprobs() {}

    /**
     * Null for the first token, then for each an object from token ids to {@code {logprob,
     * decoded_token}}: the token itself, then the likely ones.
     *
     * @param top how many likely ones were asked for
     */
    public static JsonArray of(List<TokenLogprobs> fromSecondOn, int top, TokenTexts texts) {
        List<JsonValue> entries = new ArrayList<>();
        entries.add(JsonNull.NULL);
        for (TokenLogprobs position : fromSecondOn) {
            JsonObject.Builder entry = JsonObject.builder();
            put(entry, position.tokenId(), position.logProbability(), texts);
            position.top().stream()
                    .limit(top)
                    .forEach(
                            likely -> put(entry, likely.tokenId(), likely.logProbability(), texts));
            entries.add(entry.build());
        }
        return new JsonArray(entries);
    }

    private static void put(
            JsonObject.Builder entry, int tokenId, double logProbability, TokenTexts texts) {
        entry.put(
                Integer.toString(tokenId),
                JsonObject.builder()
                        .put("logprob", TokenTexts.logprob(logProbability))
                        .put("decoded_token", texts.text(tokenId))
                        .build());
    }
}
