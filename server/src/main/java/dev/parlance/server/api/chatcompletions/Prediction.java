package dev.parlance.server.api.chatcompletions;

import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.server.api.ApiException;
import dev.parlance.server.api.FieldReader;

import java.util.List;

/** The text that the client thinks the answer will be. */
final class Prediction {
    private static final String NAME = "prediction";

    private Prediction() {}

    /**
     * Reads it; empty if there is none.
     *
     * @throws ApiException 400 if it is anything but text
     */
    static String read(FieldReader body) {
        return body.child(NAME).map(Prediction::text).orElse("");
    }

    private static String text(FieldReader prediction) {
        requireType(prediction, "content");
        JsonValue content = prediction.require("content");
        String path = prediction.path("content");
        return switch (content) {
            case JsonString(String text) -> text;
            case JsonArray(List<JsonValue> parts) -> join(parts, path);
            default -> throw FieldReader.wrongType(path, "a string or an array", content);
        };
    }

    private static String join(List<JsonValue> parts, String path) {
        if (parts.isEmpty()) {
            throw ApiException.badField(
                    path, "empty_array", "'" + path + "' must have at least 1 entry");
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            FieldReader part = FieldReader.of(parts.get(i), path + "[" + i + "]");
            requireType(part, "text");
            text.append(part.requireString("text"));
        }
        return text.toString();
    }

    private static void requireType(FieldReader object, String allowed) {
        String type = object.requireString("type");
        if (!type.equals(allowed)) {
            String path = object.path("type");
            throw ApiException.invalidValue(
                    path, "'" + path + "' must be " + allowed + ", got '" + type + "'");
        }
    }
}
