package dev.parlance.server.api.chatcompletions;

import dev.parlance.engine.generation.GeneratedToken;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.engine.sampling.TokenLogprobs;
import dev.parlance.server.api.TokenTexts;

import java.util.ArrayList;
import java.util.List;

/** Writes log probabilities in the shape of the chat endpoint. */
final class ChatLogprobs {
    private ChatLogprobs() {}

    /**
     * {@code {content, refusal}}.
     *
     * @param top how many likely tokens were asked for; -1: null, no log probabilities were
     */
    static JsonValue of(int top, List<GeneratedToken> tokens, TokenTexts texts) {
        if (top < 0) {
            return JsonNull.NULL;
        }
        List<JsonValue> content = new ArrayList<>();
        for (GeneratedToken token : tokens) {
            token.logprobs().ifPresent(logprobs -> content.add(entry(logprobs, top, texts)));
        }
        return JsonObject.builder()
                .put("content", new JsonArray(content))
                .putNull("refusal")
                .build();
    }

    private static JsonObject entry(TokenLogprobs logprobs, int top, TokenTexts texts) {
        List<JsonValue> likely = new ArrayList<>();
        logprobs.top().stream()
                .limit(top)
                .forEach(candidate ->
                        likely.add(
                                token(candidate.tokenId(), candidate.logProbability(), texts)
                                        .build()));
        return token(logprobs.tokenId(), logprobs.logProbability(), texts)
                .put("top_logprobs", new JsonArray(likely))
                .build();
    }

    private static JsonObject.Builder token(int id, double logProbability, TokenTexts texts) {
        return JsonObject.builder()
                .put("token", texts.text(id))
                .put("logprob", TokenTexts.logprob(logProbability))
                .put("bytes", texts.bytes(id));
    }
}
