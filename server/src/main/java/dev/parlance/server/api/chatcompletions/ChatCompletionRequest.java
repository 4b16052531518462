package dev.parlance.server.api.chatcompletions;

import dev.parlance.engine.chat.Conversation;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.server.api.ApiException;
import dev.parlance.server.api.ApiOptions;
import dev.parlance.server.api.ConversationFields;
import dev.parlance.server.api.FieldReader;
import dev.parlance.server.api.GenerationFields;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A request whose fields are right in themselves; whether they suit a model is checked later.
 *
 * @param addSpecialTokens whether the rendered prompt gets BOS and the like, as the model's file
 *     asks
 * @param maxTokens -1: until the context ends
 * @param prediction what the client thinks the answer will be; may be empty
 * @param echo what answers begin with: the message that is continued, if it is to be repeated
 * @param metadata given back with the answer
 * @param topLogprobs how many likely tokens to report per position; -1: no log probabilities
 */
record ChatCompletionRequest(
        GenerationFields common,
        Conversation conversation,
        boolean addSpecialTokens,
        OptionalInt maxTokens,
        String echo,
        String prediction,
        int topLogprobs,
        Optional<JsonObject> metadata) {
    private static final int MAX_METADATA = 16;
    private static final int MAX_METADATA_NAME_CHARS = 64;
    private static final int MAX_METADATA_VALUE_CHARS = 512;

    static ChatCompletionRequest parse(JsonObject json, ApiOptions options) {
        ChatCompletionFields.TABLE.check(json, options);
        FieldReader body = FieldReader.of(json);
        GenerationFields common = GenerationFields.read(body, options);
        int topLogprobs = topLogprobs(body, options);
        common.logprobs().check(topLogprobs >= 0);
        Conversation conversation = ConversationFields.read(body);
        return new ChatCompletionRequest(
                common,
                conversation,
                body.bool("add_special_tokens", false),
                maxTokens(body),
                echo(body, conversation),
                Prediction.read(body),
                topLogprobs,
                metadata(body));
    }

    private static String echo(FieldReader body, Conversation conversation) {
        if (!body.bool("echo", false)) {
            return "";
        }
        if (!conversation.continueFinalMessage()) {
            throw ApiException.invalidValue(
                    body.path("echo"),
                    "'echo' is only allowed when 'continue_final_message' is true");
        }
        return conversation.messages().getLast().text();
    }

    private static OptionalInt maxTokens(FieldReader body) {
        // All are read, so that none is wrong unnoticed.
        OptionalInt older = maxTokens(body, "max_tokens");
        OptionalInt newer = maxTokens(body, "max_completion_tokens");
        OptionalInt foreign = maxTokens(body, "n_predict");
        return newer.isPresent() ? newer : older.isPresent() ? older : foreign;
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

    private static int topLogprobs(FieldReader body, ApiOptions options) {
        boolean wanted = body.bool("logprobs", false);
        int top = body.integer("top_logprobs", 0, options.maxLogprobs(), 0);
        int foreign = body.integer("n_probs", 0, options.maxLogprobs(), 0);
        if (foreign > 0) {
            return Math.max(foreign, top);
        }
        if (!wanted && top > 0) {
            throw ApiException.invalidValue(
                    body.path("top_logprobs"),
                    "'top_logprobs' is only allowed when 'logprobs' is true");
        }
        return wanted ? top : -1;
    }

    private static Optional<JsonObject> metadata(FieldReader body) {
        Optional<FieldReader> metadata = body.child("metadata");
        metadata.ifPresent(pairs -> {
            int count = pairs.object().members().size();
            FieldReader.checkSize(body.path("metadata"), count, MAX_METADATA);
            for (String name : pairs.object().members().keySet()) {
                checkLength(pairs.path(name), "name", name, MAX_METADATA_NAME_CHARS);
                checkLength(
                        pairs.path(name),
                        "value",
                        pairs.requireString(name),
                        MAX_METADATA_VALUE_CHARS);
            }
        });
        return metadata.map(FieldReader::object);
    }

    private static void checkLength(String path, String what, String text, int max) {
        if (text.length() > max) {
            throw ApiException.invalidValue(
                    path,
                    "the "
                            + what
                            + " in 'metadata' must have at most "
                            + max
                            + " characters, got "
                            + text.length());
        }
    }
}
