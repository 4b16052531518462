package dev.parlance.server.api.completions;

import dev.parlance.engine.generation.FinishReason;
import dev.parlance.engine.generation.GeneratedToken;
import dev.parlance.engine.generation.TokenUsage;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.engine.sampling.TokenLogprobs;
import dev.parlance.server.api.CollectedChoice;
import dev.parlance.server.api.FinishReasons;
import dev.parlance.server.api.PromptLogprobs;
import dev.parlance.server.api.ResponseHead;
import dev.parlance.server.api.TokenTexts;
import dev.parlance.server.api.UsageJson;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes completions and their chunks. A pure function of what it is given.
 *
 * @param prompts in order; choice {@code c} belongs to prompt {@code c / choicesPerPrompt}
 * @param topLogprobs how many likely tokens log probabilities of an echoed prompt name; -1: none
 *     are written, nor for what is generated
 * @param promptLogprobs the same for the prompt, in vLLM's shape
 * @param tokenIds whether choices carry token ids
 * @param usageInChunks whether chunks carry {@code "usage": null}, because a last one has it
 */
record CompletionMapper(
        ResponseHead head,
        TokenTexts texts,
        List<PreparedPrompt> prompts,
        int choicesPerPrompt,
        int topLogprobs,
        int promptLogprobs,
        boolean tokenIds,
        boolean usageInChunks) {

    JsonObject.Builder whole(CollectedChoice.All all) {
        List<JsonValue> choices = new ArrayList<>();
        for (CollectedChoice choice : all.choices()) {
            choices.add(wholeChoice(choice));
        }
        return answer().put("choices", new JsonArray(choices))
                .put("usage", UsageJson.of(all.usage()));
    }

    private JsonObject wholeChoice(CollectedChoice choice) {
        PreparedPrompt prompt = promptOf(choice.index());
        LegacyLogprobs entries = new LegacyLogprobs(texts, topLogprobs);
        if (topLogprobs >= 0) {
            prompt.echo()
                    .ifPresent(echo ->
                            entries.addPrompt(
                                    prompt.tokens(), echo.offsets(), choice.promptLogprobs()));
            entries.addGenerated(choice.tokens(), prompt.echoedCharacters());
        }
        String text = prompt.echo().map(EchoedPrompt::text).orElse("") + choice.text();
        JsonObject.Builder json =
                choice(
                        choice.index(),
                        text,
                        toJson(entries),
                        new JsonString(FinishReasons.wireName(choice.reason())));
        if (tokenIds) {
            json.put("prompt_token_ids", TokenTexts.ids(prompt.tokens()));
            json.put("token_ids", TokenTexts.ids(choice.tokenIds()));
        }
        if (promptLogprobs >= 0) {
            json.put(
                    "prompt_logprobs",
                    PromptLogprobs.of(choice.promptLogprobs(), promptLogprobs, texts));
        }
        return json.build();
    }

    private JsonValue toJson(LegacyLogprobs entries) {
        return topLogprobs >= 0 ? entries.toJson() : JsonNull.NULL;
    }

    PreparedPrompt promptOf(int choice) {
        return prompts.get(choice / choicesPerPrompt);
    }

    /**
     * The first chunk of a choice, when there is something to say before the continuation: the
     * prompt, or its token ids.
     */
    JsonObject.Builder promptChunk(int choice, List<TokenLogprobs> promptLogprobs) {
        PreparedPrompt prompt = promptOf(choice);
        LegacyLogprobs entries = new LegacyLogprobs(texts, topLogprobs);
        if (topLogprobs >= 0) {
            prompt.echo()
                    .ifPresent(echo ->
                            entries.addPrompt(prompt.tokens(), echo.offsets(), promptLogprobs));
        }
        JsonObject.Builder json =
                choice(
                        choice,
                        prompt.echo().map(EchoedPrompt::text).orElse(""),
                        toJson(entries),
                        JsonNull.NULL);
        if (tokenIds) {
            json.put("prompt_token_ids", TokenTexts.ids(prompt.tokens()));
        }
        return chunk(json.build());
    }

    /** More text of a choice. */
    JsonObject.Builder textChunk(int choice, String text, List<GeneratedToken> tokens) {
        LegacyLogprobs entries = new LegacyLogprobs(texts, topLogprobs);
        if (topLogprobs >= 0) {
            entries.addGenerated(tokens, promptOf(choice).echoedCharacters());
        }
        JsonObject.Builder json = choice(choice, text, toJson(entries), JsonNull.NULL);
        if (tokenIds) {
            json.put("token_ids", TokenTexts.ids(tokens.stream().map(GeneratedToken::id).toList()));
        }
        return chunk(json.build());
    }

    /** The last chunk of a choice. */
    JsonObject.Builder finishChunk(int choice, FinishReason reason, List<Integer> cutTokenIds) {
        JsonObject.Builder json =
                choice(choice, "", JsonNull.NULL, new JsonString(FinishReasons.wireName(reason)));
        if (tokenIds && !cutTokenIds.isEmpty()) {
            json.put("token_ids", TokenTexts.ids(cutTokenIds));
        }
        return chunk(json.build());
    }

    /** The chunk with token counts. */
    JsonObject.Builder usageChunk(TokenUsage usage) {
        return answer().put("choices", JsonArray.of()).put("usage", UsageJson.of(usage));
    }

    private static JsonObject.Builder choice(
            int index, String text, JsonValue logprobs, JsonValue finishReason) {
        return JsonObject.builder()
                .put("index", index)
                .put("text", text)
                .put("logprobs", logprobs)
                .put("finish_reason", finishReason);
    }

    private JsonObject.Builder chunk(JsonObject choice) {
        JsonObject.Builder chunk = answer().put("choices", JsonArray.of(choice));
        return usageInChunks ? chunk.putNull("usage") : chunk;
    }

    private JsonObject.Builder answer() {
        return head.toJson("text_completion");
    }
}
