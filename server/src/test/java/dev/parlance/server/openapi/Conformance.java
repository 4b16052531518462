package dev.parlance.server.openapi;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonParseException;
import dev.parlance.engine.json.JsonValue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Checks what goes between clients and server against OpenAI's description: every request that is
 * accepted, every answer, every chunk. Where the description is not there, nothing is checked.
 */
public final class Conformance {
    /** What tests call a field that is to be unknown. */
    public static final String UNKNOWN_FIELD = "unheard_of";

    private static final String CHAT = "/v1/chat/completions";
    private static final String COMPLETIONS = "/v1/completions";
    private static final String MODELS = "/v1/models";
    private static final String ERROR = "ErrorResponse";
    private static final String DONE = "[DONE]";

    private Conformance() {}

    /**
     * A request and its answer.
     *
     * @param request body of the request as text; empty if there is none
     * @param contentType of the answer; empty if it has none
     * @param answer body of the answer, as far as the client read it if that is an event stream
     */
    public record Exchange(
            String method,
            String path,
            String request,
            int status,
            String contentType,
            String answer) {
        private boolean isStream() {
            return contentType.toLowerCase(Locale.ROOT).startsWith("text/event-stream");
        }

        private boolean isGeneration() {
            return method.equals("POST") && (path.equals(CHAT) || path.equals(COMPLETIONS));
        }
    }

    /** What does not fit the description, each with what was sent; empty if all does. */
    public static List<String> problems(Exchange exchange) {
        List<String> problems = new ArrayList<>(problemsOfRequest(exchange));
        problems.addAll(problemsOfAnswer(exchange));
        return problems;
    }

    /** The same of the request alone; what was refused may be as it likes. */
    public static List<String> problemsOfRequest(Exchange exchange) {
        if (!exchange.isGeneration() || exchange.status() >= 300) {
            return List.of();
        }
        Requests requests = exchange.path().equals(CHAT) ? Requests.CHAT : Requests.COMPLETIONS;
        return OpenApi.find()
                .map(api -> requests.problems(api, exchange.request()))
                .orElse(List.of());
    }

    /** The same of the answer alone. */
    public static List<String> problemsOfAnswer(Exchange exchange) {
        return OpenApi.find()
                .map(api ->
                        answers(exchange).stream()
                                .flatMap(sent -> sent.problems(api).stream())
                                .toList())
                .orElse(List.of());
    }

    /** One text that the server sent, and the schema that it is to fit. */
    private record Sent(String text, String schema) {
        List<String> problems(OpenApi api) {
            try {
                JsonValue value = Json.parse(text);
                JsonValue checked =
                        schema.equals("CreateCompletionResponse")
                                ? withoutNulls((JsonObject) value)
                                : value;
                return api.problems(checked, schema).stream()
                        .map(problem -> problem + " (" + schema + ") in " + text)
                        .toList();
            } catch (JsonParseException e) {
                return List.of(e.getMessage() + " (" + schema + ") in " + text);
            }
        }
    }

    private static List<Sent> answers(Exchange exchange) {
        if (exchange.method().equals("HEAD") || exchange.status() == 204) {
            return List.of();
        }
        if (exchange.status() >= 400) {
            return List.of(new Sent(exchange.answer(), ERROR));
        }
        if (exchange.isGeneration()) {
            return exchange.isStream()
                    ? events(exchange)
                    : List.of(new Sent(exchange.answer(), schemaOfAnswer(exchange.path())));
        }
        if (exchange.path().equals(MODELS)) {
            return List.of(new Sent(exchange.answer(), "ListModelsResponse"));
        }
        if (exchange.path().startsWith(MODELS + "/")) {
            return List.of(new Sent(exchange.answer(), "Model"));
        }
        return List.of();
    }

    private static String schemaOfAnswer(String path) {
        return path.equals(CHAT) ? "CreateChatCompletionResponse" : "CreateCompletionResponse";
    }

    private static String schemaOfChunk(String path) {
        return path.equals(CHAT)
                ? "CreateChatCompletionStreamResponse"
                : "CreateCompletionResponse";
    }

    /** The events that have come whole: a client may leave within one. */
    private static List<Sent> events(Exchange exchange) {
        List<Sent> events = new ArrayList<>();
        String text = exchange.answer();
        int start = 0;
        for (int end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n", start)) {
            String event = text.substring(start, end);
            start = end + 2;
            String data = event.substring(event.indexOf("data: ") + "data: ".length());
            if (event.startsWith("event: error\n")) {
                events.add(new Sent(data, ERROR));
            } else if (!event.startsWith(":") && !data.equals(DONE)) {
                events.add(new Sent(data, schemaOfChunk(exchange.path())));
            }
        }
        return events;
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
