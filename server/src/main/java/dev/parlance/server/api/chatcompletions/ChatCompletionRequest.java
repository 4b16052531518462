package dev.parlance.server.api.chatcompletions;

import dev.parlance.engine.chat.Conversation;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.server.api.ApiException;
import dev.parlance.server.api.ConversationFields;
import dev.parlance.server.api.FieldReader;
import dev.parlance.server.api.GenerationFields;

import java.util.OptionalInt;

/**
 * A request whose fields are right in themselves; whether they suit a model is checked later.
 *
 * @param addSpecialTokens whether the rendered prompt gets BOS and the like, as the model's file
 *     asks
 * @param maxTokens -1: until the context ends
 * @param prediction what the client thinks the answer will be; may be empty
 * @param topLogprobs how many likely tokens to report per position; -1: no log probabilities
 */
record ChatCompletionRequest(
        GenerationFields common,
        Conversation conversation,
        boolean addSpecialTokens,
        OptionalInt maxTokens,
        String prediction,
        int topLogprobs) {
    private static final int MAX_TOP_LOGPROBS = 20;

    static ChatCompletionRequest parse(JsonObject json) {
        ChatCompletionFields.TABLE.check(json);
        FieldReader body = FieldReader.of(json);
        return new ChatCompletionRequest(
                GenerationFields.read(body),
                ConversationFields.read(body),
                body.bool("add_special_tokens", false),
                maxTokens(body),
                Prediction.read(body),
                topLogprobs(body));
    }

    private static OptionalInt maxTokens(FieldReader body) {
        OptionalInt older = maxTokens(body, "max_tokens");
        OptionalInt newer = maxTokens(body, "max_completion_tokens");
        return newer.isPresent() ? newer : older;
    }

    private static OptionalInt maxTokens(FieldReader body, String name) {
        var field = body.integer(name, -1, Integer.MAX_VALUE);
        if (field.isEmpty()) {
            return OptionalInt.empty();
        }
        if (field.getAsLong() == 0) {
            throw ApiException.invalidValue(
                    body.path(name), "'" + body.path(name) + "' must be 1 or more, or -1, got 0");
        }
        return OptionalInt.of((int) field.getAsLong());
    }

    private static int topLogprobs(FieldReader body) {
        boolean wanted = body.bool("logprobs", false);
        int top = body.integer("top_logprobs", 0, MAX_TOP_LOGPROBS, 0);
        if (!wanted && top > 0) {
            throw ApiException.invalidValue(
                    body.path("top_logprobs"),
                    "'top_logprobs' is only allowed when 'logprobs' is true");
        }
        return wanted ? top : -1;
    }
}
