package dev.parlance.server.openapi;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What the server accepts in OpenAI's fields although the description does not have it: the only
 * list of such things. Each can put a request that makes use of it as the description has it.
 */
public enum Leniency {
    /** Clients send null for what they do not ask for. */
    NULL_IS_ABSENT(
            "\"user\": null, \"stream\": true, \"stream_options\": {\"include_usage\": null}",
            fields -> {
                removeNulls(fields);
                edit(fields, "stream_options", Leniency::removeNulls);
            }),
    /** Clients send empty lists for what they do not ask for. */
    EMPTY_IS_ABSENT(
            "\"stop\": []",
            fields -> {
                fields.remove("stop", JsonArray.of());
                fields.remove("functions", JsonArray.of());
            }),
    /** So clients of llama.cpp say that an answer may go on until the context ends. */
    MINUS_ONE_IS_NO_LIMIT(
            "\"max_tokens\": -1", fields -> fields.remove("max_tokens", JsonNumber.of(-1))),
    /** Agents have more stop sequences than 4. */
    MORE_STOPS(
            "\"stop\": [\"a\", \"b\", \"c\", \"d\", \"e\"]",
            fields ->
                    fields.computeIfPresent(
                            "stop",
                            (_, stops) ->
                                    stops instanceof JsonArray(var all) && all.size() > 4
                                            ? new JsonArray(all.subList(0, 4))
                                            : stops)),
    /** The operator may allow more than 5. */
    MORE_LOGPROBS("\"logprobs\": 6", fields -> limit(fields, "logprobs", 5)),
    /** There may be 128 answers, and so as many candidates. */
    MORE_CANDIDATES("\"best_of\": 21", fields -> limit(fields, "best_of", 20)),
    /** The text of the description itself speaks of values between -1 and 1. */
    FRACTION_OF_A_BIAS(
            "\"logit_bias\": {\"66\": 0.5}",
            fields ->
                    edit(
                            fields,
                            "logit_bias",
                            biases -> biases.replaceAll((_, _) -> JsonNumber.of(1)))),
    /** The form of llama.cpp, where a text may stand for its tokens. */
    LIST_OF_BIASES(
            "\"logit_bias\": [[66, 1], [\"b\", false]]",
            fields ->
                    fields.computeIfPresent(
                            "logit_bias",
                            (_, biases) ->
                                    biases instanceof JsonArray ? JsonObject.EMPTY : biases)),
    /** Other servers leave out of the calls in a conversation what says little. */
    CALL_IN_SHORT(
            "\"messages\": [{\"role\": \"assistant\", \"tool_calls\": [{\"function\":"
                    + " {\"name\": \"f\"}}]}]",
            fields ->
                    edit(
                            fields,
                            "messages",
                            message -> edit(message, "tool_calls", Leniency::completeCall))),
    /** Other servers give the arguments of calls as objects. */
    ARGUMENTS_AS_AN_OBJECT(
            "\"messages\": [{\"role\": \"assistant\", \"function_call\": {\"name\": \"f\","
                    + " \"arguments\": {\"a\": 1}}}]",
            fields ->
                    edit(
                            fields,
                            "messages",
                            message -> {
                                edit(message, "function_call", Leniency::writeArguments);
                                edit(
                                        message,
                                        "tool_calls",
                                        call -> edit(call, "function", Leniency::writeArguments));
                            }));

    private static final Set<String> REQUIRED = Set.of("model", "messages", "prompt");

    private final String example;
    private final Consumer<Map<String, JsonValue>> describe;

    Leniency(String example, Consumer<Map<String, JsonValue>> describe) {
        this.example = example;
        this.describe = describe;
    }

    /** Fields that make use of it. */
    public String example() {
        return example;
    }

    /** The request as the description has it. */
    static JsonObject asDescribed(JsonObject request) {
        Map<String, JsonValue> fields = new LinkedHashMap<>(request.members());
        for (Leniency each : values()) {
            each.describe.accept(fields);
        }
        return new JsonObject(fields);
    }

    /** Edits the member of this name: the object that it is, or the objects in it. */
    private static void edit(
            Map<String, JsonValue> object, String name, Consumer<Map<String, JsonValue>> edit) {
        object.computeIfPresent(name, (_, value) -> edited(value, edit));
    }

    private static JsonValue edited(JsonValue value, Consumer<Map<String, JsonValue>> edit) {
        return switch (value) {
            case JsonArray(List<JsonValue> entries) ->
                    new JsonArray(entries.stream().map(entry -> edited(entry, edit)).toList());
            case JsonObject(Map<String, JsonValue> members) -> {
                Map<String, JsonValue> copy = new LinkedHashMap<>(members);
                edit.accept(copy);
                yield new JsonObject(copy);
            }
            default -> value;
        };
    }

    private static void removeNulls(Map<String, JsonValue> object) {
        object.entrySet()
                .removeIf(member ->
                        member.getValue() == JsonNull.NULL && !REQUIRED.contains(member.getKey()));
    }

    private static void limit(Map<String, JsonValue> fields, String name, long most) {
        fields.computeIfPresent(
                name,
                (_, value) ->
                        value instanceof JsonNumber count && count.doubleValue() > most
                                ? JsonNumber.of(most)
                                : value);
    }

    private static void completeCall(Map<String, JsonValue> call) {
        call.putIfAbsent("id", new JsonString(""));
        call.putIfAbsent("type", new JsonString("function"));
        edit(call, "function", function -> function.putIfAbsent("arguments", new JsonString("{}")));
    }

    private static void writeArguments(Map<String, JsonValue> function) {
        function.computeIfPresent(
                "arguments",
                (_, arguments) ->
                        arguments instanceof JsonObject
                                ? new JsonString(Json.write(arguments))
                                : arguments);
    }
}
