package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonValue;

import java.util.ArrayList;
import java.util.List;

/** Checks every answer of the tests against OpenAI's description, where it is there. */
final class Conformance {
    private Conformance() {}

    static void check(String path, Reply reply) {
        OpenApi.find().ifPresent(api -> check(api, path, reply));
    }

    private static void check(OpenApi api, String path, Reply reply) {
        boolean chat = path.equals("/v1/chat/completions");
        boolean stream = reply.header("content-type").startsWith("text/event-stream");
        if (reply.status() >= 400) {
            assertFits(api, reply.json(), "ErrorResponse");
        } else if (chat && stream) {
            for (JsonObject chunk : reply.dataEvents()) {
                assertFits(api, chunk, "CreateChatCompletionStreamResponse");
            }
        } else if (chat) {
            assertFits(api, reply.json(), "CreateChatCompletionResponse");
        } else if (path.equals("/v1/completions")) {
            for (JsonObject answer : stream ? reply.dataEvents() : List.of(reply.json())) {
                assertFits(api, withoutNulls(answer), "CreateCompletionResponse");
            }
        }
    }

    private static void assertFits(OpenApi api, JsonObject value, String schema) {
        assertThat(api.problems(value, schema)).as("%s against %s", value, schema).isEmpty();
    }

    /**
     * An answer of the older endpoint without the nulls that its schema forgets: chunks have no
     * finish reason and no usage, as in the example beside it, and an echoed prompt begins with a
     * token that has no probability.
     */
    private static JsonObject withoutNulls(JsonObject answer) {
        JsonObject.Builder without = JsonObject.builder();
        answer.members()
                .forEach((name, value) -> {
                    if (name.equals("choices")) {
                        without.put(
                                name,
                                new JsonArray(
                                        ((JsonArray) value)
                                                .values().stream()
                                                        .<JsonValue>map(Conformance::choice)
                                                        .toList()));
                    } else if (value != JsonNull.NULL) {
                        without.put(name, value);
                    }
                });
        return without.build();
    }

    private static JsonObject choice(JsonValue choice) {
        JsonObject.Builder without = JsonObject.builder();
        ((JsonObject) choice)
                .members()
                .forEach((name, value) -> {
                    if (name.equals("finish_reason") && value == JsonNull.NULL) {
                        without.put(name, "stop");
                    } else if (name.equals("logprobs") && value instanceof JsonObject logprobs) {
                        without.put(name, withFirst(logprobs));
                    } else {
                        without.put(name, value);
                    }
                });
        return without.build();
    }

    private static JsonObject withFirst(JsonObject logprobs) {
        JsonObject.Builder with = JsonObject.builder();
        logprobs.members()
                .forEach((name, value) -> {
                    List<JsonValue> entries = new ArrayList<>(((JsonArray) value).values());
                    if (!entries.isEmpty() && entries.getFirst() == JsonNull.NULL) {
                        entries.set(
                                0,
                                name.equals("token_logprobs")
                                        ? JsonNumber.of(0)
                                        : JsonObject.EMPTY);
                    }
                    with.put(name, new JsonArray(entries));
                });
        return with.build();
    }
}
