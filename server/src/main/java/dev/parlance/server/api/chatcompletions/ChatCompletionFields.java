package dev.parlance.server.api.chatcompletions;

import static dev.parlance.server.api.ApiField.honoured;
import static dev.parlance.server.api.ApiField.ignored;
import static dev.parlance.server.api.ApiField.isOneOf;
import static dev.parlance.server.api.ApiField.refused;

import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.server.api.ApiField;
import dev.parlance.server.api.ConversationFields;
import dev.parlance.server.api.FieldTable;
import dev.parlance.server.api.ForeignFields;
import dev.parlance.server.api.GenerationFields;

import java.util.List;
import java.util.stream.Stream;

/** The fields of {@code POST /v1/chat/completions}. */
public final class ChatCompletionFields {
    private static final List<ApiField> OWN_FIELDS =
            List.of(
                    honoured(
                            "max_completion_tokens",
                            "1 or more, default and -1: until the context ends; wins over"
                                    + " `max_tokens`"),
                    honoured("max_tokens", "older name of `max_completion_tokens`"),
                    honoured("n_predict", "another name of `max_tokens`").asExtension(),
                    honoured("logprobs", "default false"),
                    honoured("top_logprobs", "0 to `--max-logprobs`, with `logprobs: true`"),
                    honoured(
                                    "n_probs",
                                    "1 or more: `logprobs: true` with so many `top_logprobs`; 0 is"
                                            + " off")
                            .asExtension(),
                    honoured(
                                    "add_special_tokens",
                                    "default false: the chat template writes them where the model"
                                            + " wants them")
                            .asExtension(),
                    refused(
                            "response_format",
                            "structured output comes in a later version",
                            ChatCompletionFields::isTextFormat),
                    refused("tools", "tools come in a later version", ApiField::isNothing),
                    refused(
                            "tool_choice",
                            "tools come in a later version",
                            isOneOf("none", "auto")),
                    ignored("parallel_tool_calls", "there are no tools to be called yet"),
                    refused("functions", "tools come in a later version", ApiField::isNothing),
                    refused(
                            "function_call",
                            "tools come in a later version",
                            isOneOf("none", "auto")),
                    refused(
                            "modalities",
                            "models here write text only",
                            value -> value.equals(JsonArray.of(new JsonString("text")))),
                    refused("audio", "models here write text only", ApiField::isNothing),
                    refused(
                            "web_search_options",
                            "this server does not search the web",
                            _ -> false),
                    refused("moderation", "this server does not moderate", ApiField::isNothing),
                    refused(
                            "store",
                            "stored completions come in a later version",
                            ApiField::isNothing),
                    honoured(
                            "metadata",
                            "up to 16 texts, given back with an answer that is not streamed"),
                    honoured(
                            "prediction",
                            "content as a string or text parts; makes the same answer faster where"
                                    + " it is right. See [speculation](speculation.md)"),
                    ignored("service_tier", "there is one tier; answers say `default`"),
                    ignored("safety_identifier", "only hosted services need it"),
                    ignored(
                            "prompt_cache_key",
                            "there is one cache, matched by tokens; `cache_salt` keeps apart"),
                    ignored("prompt_cache_options", "prompts are matched by their tokens"),
                    ignored("prompt_cache_retention", "prompts are matched by their tokens"),
                    honoured(
                                    "echo",
                                    "default false; true, with `continue_final_message`: answers"
                                            + " begin with the message that they continue")
                            .asExtension());

    /** All of them. */
    public static final FieldTable TABLE =
            new FieldTable(
                    "`POST /v1/chat/completions`",
                    "",
                    Stream.of(
                                    ConversationFields.FIELDS,
                                    GenerationFields.FIELDS,
                                    OWN_FIELDS,
                                    ForeignFields.FIELDS)
                            .flatMap(List::stream)
                            .toList());

    private ChatCompletionFields() {}

    private static boolean isTextFormat(JsonValue value) {
        return value instanceof JsonObject format
                && format.find("type").orElse(format).equals(new JsonString("text"));
    }
}
