package dev.parlance.server;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonBoolean;
import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.server.api.ApiField;
import dev.parlance.server.api.FieldTable;
import dev.parlance.server.api.chatcompletions.ChatCompletionFields;
import dev.parlance.server.api.completions.CompletionFields;
import dev.parlance.server.api.tokenize.TokenizeFields;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Bodies that grew from valid ones by a few changes, most of them within the JSON. */
public final class FuzzedBody {
    private FuzzedBody() {}

    static final List<String> CHAT =
            List.of(
                    """
                    {"model": "maker/small-model", "messages": [
                      {"role": "system", "content": [{"type": "text", "text": "s"}]},
                      {"role": "user", "content": "Hi", "name": "Ann"},
                      {"role": "assistant", "content": null, "refusal": "no", "tool_calls": [
                        {"id": "c", "type": "function",
                         "function": {"name": "f", "arguments": "{\\"a\\": 1}"}},
                        {"type": "custom", "custom": {"name": "g", "input": "x"}}],
                       "function_call": {"name": "f", "arguments": {}}},
                      {"role": "tool", "tool_call_id": "c", "content": "t"}],
                     "max_completion_tokens": 9, "n": 2, "stop": ["a", "b"], "seed": -5,
                     "logprobs": true, "top_logprobs": 2, "metadata": {"a": "b"},
                     "verbosity": "high", "reasoning_effort": "low", "documents": [{"a": 1}],
                     "chat_template_kwargs": {"suffix": "x"}, "logit_bias": {"7": 1.5},
                     "stream": true, "stream_options": {"include_usage": true}}
                    """);

    static final List<String> COMPLETIONS =
            List.of(
                    """
                    {"model": "maker/small-model", "prompt": ["a", "b"], "max_tokens": 9,
                     "echo": true, "logprobs": 3, "n": 2, "temperature": 0.5, "top_p": 0.9,
                     "logit_bias": [[65, 1], ["hi", false]], "bad_words": ["x"],
                     "allowed_token_ids": [1, 2], "stop_token_ids": [5], "min_tokens": 1,
                     "dry_multiplier": 1, "dry_sequence_breakers": ["a"], "xtc_probability": 0.5,
                     "truncate_prompt_tokens": -1, "truncation_side": "left", "best_of": 1}
                    """,
                    """
                    {"model": "maker/small-model", "prompt": [[1, 2], [256, 257]], "suffix": "x",
                     "stream": true, "stream_options": {"continuous_usage_stats": true},
                     "request_id": "r", "seed": 9223372036854775807, "frequency_penalty": -2}
                    """);

    static final List<String> TOKENIZE =
            List.of(
                    "{\"prompt\": \"a\", \"return_token_strs\": true}",
                    "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}",
                    "{\"tokens\": [1, 2, 257]}");

    /** Bodies of a path that are fine as they are. */
    static List<String> valid(String path) {
        return switch (path) {
            case "/v1/chat/completions" -> CHAT;
            case "/v1/completions" -> COMPLETIONS;
            default -> TOKENIZE;
        };
    }

    private static List<String> fields(String path) {
        FieldTable table =
                switch (path) {
                    case "/v1/chat/completions" -> ChatCompletionFields.TABLE;
                    case "/v1/completions" -> CompletionFields.TABLE;
                    default -> TokenizeFields.TOKENIZE;
                };
        return table.fields().stream().map(ApiField::name).toList();
    }

    /** JSON that is likely to be wrong somewhere. */
    public static JsonValue json(String path, Choices choices) {
        JsonObject body = (JsonObject) Json.parse(choices.of(valid(path)));
        Map<String, JsonValue> members = new LinkedHashMap<>(body.members());
        for (int more = choices.below(4); more > 0; more--) {
            members.put(choices.of(fields(path)), any(choices));
        }
        JsonValue value = new JsonObject(members);
        for (int changes = choices.below(4); changes > 0; changes--) {
            value = changed(value, choices);
        }
        return value;
    }

    /** The same as bytes, which may be damaged too. */
    static byte[] bytes(String path, Choices choices) {
        byte[] bytes = Json.write(json(path, choices)).getBytes(StandardCharsets.UTF_8);
        if (choices.below(4) == 1) {
            bytes[choices.below(bytes.length)] = (byte) choices.below(256);
        }
        return choices.below(20) == 1
                ? Arrays.copyOf(bytes, choices.below(bytes.length + 1))
                : bytes;
    }

    /** The same with one change somewhere in it. */
    private static JsonValue changed(JsonValue value, Choices choices) {
        boolean here = choices.below(8) == 1;
        return switch (value) {
            case JsonObject(Map<String, JsonValue> members) when !here && !members.isEmpty() -> {
                Map<String, JsonValue> changed = new LinkedHashMap<>(members);
                String name = choices.of(List.copyOf(members.keySet()));
                switch (choices.below(10)) {
                    case 0 -> changed.remove(name);
                    case 1 -> changed.put(choices.of(List.copyOf(members.keySet())), any(choices));
                    case 2 -> changed.put(name + "x", members.getOrDefault(name, JsonNull.NULL));
                    default ->
                            changed.computeIfPresent(name, (_, member) -> changed(member, choices));
                }
                yield new JsonObject(changed);
            }
            case JsonArray(List<JsonValue> values) when !here && !values.isEmpty() -> {
                List<JsonValue> changed = new ArrayList<>(values);
                int index = choices.below(changed.size());
                switch (choices.below(6)) {
                    case 0 -> changed.remove(index);
                    case 1 -> changed.add(index, any(choices));
                    case 2 -> changed.addAll(values);
                    default -> changed.set(index, changed(changed.get(index), choices));
                }
                yield new JsonArray(changed);
            }
            default -> any(choices);
        };
    }

    private static JsonValue any(Choices choices) {
        return switch (choices.below(12)) {
            case 0 -> JsonNull.NULL;
            case 1 -> JsonBoolean.of(choices.below(2) == 1);
            case 2 -> JsonNumber.of(choices.below(300));
            case 3 -> JsonNumber.of(-choices.below(5));
            case 4 -> new JsonNumber("1" + Long.toUnsignedString(choices.number()));
            case 5 -> new JsonNumber("1e" + choices.below(400));
            case 6 -> new JsonNumber(Double.toString(choices.below(2000) / 100.0 - 10));
            case 7 -> new JsonString("");
            case 8 -> new JsonString(Character.toString(choices.below(0x800)));
            case 9 -> new JsonString("\ud83c\udf89<s>".repeat(choices.below(40)));
            case 10 -> JsonObject.EMPTY;
            default -> nested(choices.below(60));
        };
    }

    private static JsonValue nested(int depth) {
        JsonValue value = JsonArray.of();
        for (int i = 0; i < depth; i++) {
            value = i % 2 == 0 ? JsonArray.of(value) : new JsonObject(Map.of("type", value));
        }
        return value;
    }
}
