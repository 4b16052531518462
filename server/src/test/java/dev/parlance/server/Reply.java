package dev.parlance.server;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/** An answer of the server, easy to look into. */
record Reply(int status, java.net.http.HttpHeaders headers, String body) {
    static Reply of(HttpResponse<String> response) {
        return new Reply(response.statusCode(), response.headers(), response.body());
    }

    JsonObject json() {
        return (JsonObject) Json.parse(body);
    }

    /** A value by its path, such as {@code choices[0].text}, as compact JSON. */
    String at(String path) {
        return Json.write(find(json(), path));
    }

    String text(String path) {
        return ((JsonString) find(json(), path)).value();
    }

    long number(String path) {
        return ((JsonNumber) find(json(), path)).longValue();
    }

    String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    static JsonValue find(JsonValue from, String path) {
        JsonValue value = from;
        for (String step : path.replace("[", ".[").split("\\.")) {
            if (step.isEmpty()) {
                continue;
            }
            value =
                    step.startsWith("[")
                            ? ((JsonArray) value)
                                    .values()
                                    .get(Integer.parseInt(step.substring(1, step.length() - 1)))
                            : ((JsonObject) value)
                                    .find(step)
                                    .orElseThrow(
                                            () -> new AssertionError("no " + path + " in " + from));
        }
        return value;
    }

    /** The data of all events; the last must be {@code [DONE]} and is left out. */
    List<JsonObject> chunks() {
        List<JsonObject> chunks = new ArrayList<>();
        String[] events = body.split("\n\n");
        for (int i = 0; i < events.length - 1; i++) {
            if (!events[i].startsWith("data: ")) {
                throw new AssertionError("not a data event: " + events[i]);
            }
            chunks.add((JsonObject) Json.parse(events[i].substring("data: ".length())));
        }
        if (!events[events.length - 1].equals("data: [DONE]")) {
            throw new AssertionError("does not end with [DONE]: " + body);
        }
        return chunks;
    }

    /** The data of all events that are JSON, however the stream ends. */
    List<JsonObject> dataEvents() {
        return body.lines()
                .filter(line -> line.startsWith("data: {\"id\""))
                .map(line -> (JsonObject) Json.parse(line.substring("data: ".length())))
                .toList();
    }

    static boolean has(JsonObject object, String name) {
        return object.find(name).isPresent();
    }

    static boolean isNull(JsonObject object, String name) {
        return object.find(name).orElse(JsonNull.NULL) == JsonNull.NULL;
    }
}
