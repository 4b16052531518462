package dev.parlance.server.api;

import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import java.util.Optional;

/** OpenAI's error envelope: {@code {"error": {message, type, param, code}}}, always all four. */
final class ErrorBody {
    private ErrorBody() {}

    static JsonObject of(ApiException failure) {
        JsonObject error =
                JsonObject.builder()
                        .put("message", failure.getMessage())
                        .put("type", failure.type())
                        .put("param", orNull(failure.param()))
                        .put("code", orNull(failure.code()))
                        .build();
        return JsonObject.builder().put("error", error).build();
    }

    private static JsonValue orNull(Optional<String> text) {
        return text.<JsonValue>map(JsonString::new).orElse(JsonNull.NULL);
    }
}
