package dev.parlance.server.api.completions;

import dev.parlance.engine.json.JsonObject;
import dev.parlance.server.api.FieldReader;
import dev.parlance.server.api.GenerationFields;

import java.util.List;
import java.util.OptionalInt;

/**
 * A request whose fields are right in themselves; whether they suit a model is checked later.
 *
 * @param addSpecialTokens whether texts get BOS and the like as the model's file asks
 * @param maxTokens -1: until the context ends
 * @param echo the prompt comes before the continuation
 * @param topLogprobs how many likely tokens to report per position; -1: no log probabilities
 */
record CompletionRequest(
        GenerationFields common,
        List<CompletionPrompt> prompts,
        boolean addSpecialTokens,
        OptionalInt maxTokens,
        boolean echo,
        int topLogprobs) {
    /** OpenAI allows 5; its chat endpoint 20. */
    private static final int MAX_LOGPROBS = 20;

    CompletionRequest {
        prompts = List.copyOf(prompts);
    }

    static CompletionRequest parse(JsonObject json) {
        CompletionFields.TABLE.check(json);
        FieldReader body = FieldReader.of(json);
        var maxTokens = body.integer("max_tokens", -1, Integer.MAX_VALUE);
        return new CompletionRequest(
                GenerationFields.read(body),
                CompletionPrompt.read(body),
                body.bool("add_special_tokens", true),
                maxTokens.isPresent()
                        ? OptionalInt.of((int) maxTokens.getAsLong())
                        : OptionalInt.empty(),
                body.bool("echo", false),
                body.integer("logprobs", 0, MAX_LOGPROBS, -1));
    }

    boolean wantsLogprobs() {
        return topLogprobs >= 0;
    }
}
