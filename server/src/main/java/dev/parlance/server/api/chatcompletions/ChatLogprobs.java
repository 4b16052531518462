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
     * @param wanted null is written if they were not asked for
     */
    static JsonValue of(boolean wanted, List<GeneratedToken> tokens, TokenTexts texts) {
        if (!wanted) {
            return JsonNull.NULL;
        }
        List<JsonValue> content = new ArrayList<>();
        for (GeneratedToken token : tokens) {
            token.logprobs().ifPresent(logprobs -> content.add(entry(logprobs, texts)));
        }
        return JsonObject.builder()
                .put("content", new JsonArray(content))
                .putNull("refusal")
                .build();
    }

    private static JsonObject entry(TokenLogprobs logprobs, TokenTexts texts) {
        List<JsonValue> likely = new ArrayList<>();
        for (TokenLogprobs.Candidate candidate : logprobs.candidates()) {
            likely.add(token(candidate.tokenId(), candidate.logProbability(), texts).build());
        }
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
