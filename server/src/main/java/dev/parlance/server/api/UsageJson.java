package dev.parlance.server.api;

import dev.parlance.engine.generation.TokenUsage;
import dev.parlance.engine.json.JsonObject;

/** Writes token counts as OpenAI's {@code CompletionUsage}. */
public final class UsageJson {
    private UsageJson() {}

    public static JsonObject of(TokenUsage usage) {
        return JsonObject.builder()
                .put("prompt_tokens", usage.promptTokens())
                .put("completion_tokens", usage.completionTokens())
                .put("total_tokens", usage.totalTokens())
                .put(
                        "prompt_tokens_details",
                        JsonObject.builder()
                                .put("cached_tokens", usage.cachedTokens())
                                .put("audio_tokens", 0)
                                .build())
                .put(
                        "completion_tokens_details",
                        JsonObject.builder()
                                .put("reasoning_tokens", 0)
                                .put("audio_tokens", 0)
                                .put("accepted_prediction_tokens", usage.acceptedPredictionTokens())
                                .put("rejected_prediction_tokens", usage.rejectedPredictionTokens())
                                .build())
                .build();
    }
}
