package dev.parlance.server.api.chatcompletions;

import dev.parlance.engine.generation.FinishReason;
import dev.parlance.engine.generation.GeneratedToken;
import dev.parlance.engine.generation.TokenUsage;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.server.api.CollectedChoice;
import dev.parlance.server.api.FinishReasons;
import dev.parlance.server.api.PromptLogprobs;
import dev.parlance.server.api.ResponseHead;
import dev.parlance.server.api.TokenTexts;
import dev.parlance.server.api.UsageJson;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes chat completions and their chunks. A pure function of what it is given.
 *
 * @param echo what answers begin with; may be empty
 * @param logprobs whether log probabilities are written
 * @param promptLogprobs how many likely tokens those of the prompt name; -1: none are written
 * @param tokenIds whether choices carry token ids
 * @param usageInChunks whether chunks carry {@code "usage": null}, because a last one has it
 */
record ChatCompletionMapper(
        ResponseHead head,
        TokenTexts texts,
        String echo,
        boolean logprobs,
        int promptLogprobs,
        boolean tokenIds,
        boolean usageInChunks) {
    private static final String SERVICE_TIER = "default";

    JsonObject.Builder whole(
            CollectedChoice.All all, int[] promptTokens, Optional<JsonObject> metadata) {
        List<JsonValue> choices = new ArrayList<>();
        for (CollectedChoice choice : all.choices()) {
            choices.add(wholeChoice(choice));
        }
        JsonObject.Builder answer =
                head.toJson("chat.completion")
                        .put("choices", new JsonArray(choices))
                        .put("usage", UsageJson.of(all.usage()))
                        .put("service_tier", SERVICE_TIER);
        metadata.ifPresent(pairs -> answer.put("metadata", pairs));
        if (tokenIds) {
            answer.put("prompt_token_ids", TokenTexts.ids(promptTokens));
        }
        if (promptLogprobs >= 0) {
            answer.put(
                    "prompt_logprobs",
                    PromptLogprobs.of(
                            all.choices().getFirst().promptLogprobs(), promptLogprobs, texts));
        }
        return answer;
    }

    private JsonObject wholeChoice(CollectedChoice choice) {
        JsonObject message =
                JsonObject.builder()
                        .put("role", "assistant")
                        .put("content", echo + choice.text())
                        .putNull("refusal")
                        .put("annotations", JsonArray.of())
                        .build();
        JsonObject.Builder json =
                JsonObject.builder()
                        .put("index", choice.index())
                        .put("message", message)
                        .put("logprobs", ChatLogprobs.of(logprobs, choice.tokens(), texts))
                        .put("finish_reason", FinishReasons.wireName(choice.reason()));
        if (tokenIds) {
            json.put("token_ids", TokenTexts.ids(choice.tokenIds()));
        }
        return json.build();
    }

    /** The first chunk of a choice. */
    JsonObject.Builder roleChunk(int choice, int[] promptTokens) {
        JsonObject delta = JsonObject.builder().put("role", "assistant").put("content", "").build();
        JsonObject.Builder chunk =
                chunk(choice(choice, delta, JsonNull.NULL, JsonNull.NULL).build());
        if (tokenIds) {
            chunk.put("prompt_token_ids", TokenTexts.ids(promptTokens));
        }
        return chunk;
    }

    /** More text of a choice. */
    JsonObject.Builder textChunk(int choice, String text, List<GeneratedToken> tokens) {
        JsonObject delta = JsonObject.builder().put("content", text).build();
        JsonObject.Builder json =
                choice(choice, delta, ChatLogprobs.of(logprobs, tokens, texts), JsonNull.NULL);
        if (tokenIds) {
            json.put("token_ids", TokenTexts.ids(tokens.stream().map(GeneratedToken::id).toList()));
        }
        return chunk(json.build());
    }

    /** The last chunk of a choice. */
    JsonObject.Builder finishChunk(int choice, FinishReason reason, List<Integer> cutTokenIds) {
        JsonObject.Builder json =
                choice(
                        choice,
                        JsonObject.EMPTY,
                        JsonNull.NULL,
                        new JsonString(FinishReasons.wireName(reason)));
        if (tokenIds && !cutTokenIds.isEmpty()) {
            json.put("token_ids", TokenTexts.ids(cutTokenIds));
        }
        return chunk(json.build());
    }

    /** The chunk with token counts. */
    JsonObject.Builder usageChunk(TokenUsage usage) {
        return chunk().put("choices", JsonArray.of()).put("usage", UsageJson.of(usage));
    }

    private static JsonObject.Builder choice(
            int index, JsonObject delta, JsonValue logprobs, JsonValue finishReason) {
        return JsonObject.builder()
                .put("index", index)
                .put("delta", delta)
                .put("logprobs", logprobs)
                .put("finish_reason", finishReason);
    }

    private JsonObject.Builder chunk(JsonObject choice) {
        JsonObject.Builder chunk = chunk().put("choices", JsonArray.of(choice));
        return usageInChunks ? chunk.putNull("usage") : chunk;
    }

    private JsonObject.Builder chunk() {
        return head.toJson("chat.completion.chunk").put("service_tier", SERVICE_TIER);
    }
}
