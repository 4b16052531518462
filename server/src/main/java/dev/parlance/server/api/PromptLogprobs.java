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
     * Null for the first token, then for each an object from token ids to {@code {logprob, rank,
     * decoded_token}}: the token itself, then the likely ones. The most likely has rank 1.
     *
     * @param top how many likely ones were asked for
     */
    public static JsonArray of(List<TokenLogprobs> fromSecondOn, int top, TokenTexts texts) {
        List<JsonValue> entries = new ArrayList<>();
        entries.add(JsonNull.NULL);
        for (TokenLogprobs position : fromSecondOn) {
            JsonObject.Builder entry = JsonObject.builder();
            put(entry, position.tokenId(), position.logProbability(), position.rank(), texts);
            int rank = 1;
            for (TokenLogprobs.Candidate likely : position.candidates()) {
                if (rank <= top) {
                    put(entry, likely.tokenId(), likely.logProbability(), rank++, texts);
                }
            }
            entries.add(entry.build());
        }
        return new JsonArray(entries);
    }

    private static void put(
            JsonObject.Builder entry,
            int tokenId,
            double logProbability,
            int rank,
            TokenTexts texts) {
        entry.put(
                Integer.toString(tokenId),
                JsonObject.builder()
                        .put("logprob", TokenTexts.logprob(logProbability))
                        .put("rank", rank)
                        .put("decoded_token", texts.text(tokenId))
                        .build());
    }
}
