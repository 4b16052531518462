package dev.parlance.server.api;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonParseException;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.server.http.HttpRequest;
import dev.parlance.server.http.HttpResponse;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/** JSON in and out of requests. */
public final class JsonBodies {
    private JsonBodies() {}

    /**
     * The body, which must be a JSON object.
     *
     * @throws ApiException 415 if the content type says that it is something else, 400 if it is
     */
    public static JsonObject read(HttpRequest request) {
        String contentType = request.header("content-type").orElse("");
        if (!contentType.isBlank()) {
            checkContentType(contentType);
        } else if (request.header("origin").isPresent()) {
            // Without a type, a browser lets every page send it, unseen by CORS.
            throw ApiException.of(
                    415,
                    ApiException.INVALID_REQUEST,
                    "unsupported_media_type",
                    "A web page must send the header 'Content-Type: application/json'");
        }
        JsonValue body;
        try {
            body = Json.parse(request.body());
        } catch (JsonParseException notJson) {
            throw ApiException.badRequest(
                    "The request body could not be read: " + notJson.getMessage());
        }
        if (body instanceof JsonObject object) {
            return object;
        }
        throw ApiException.badRequest("The request body must be a JSON object, got " + body.kind());
    }

    private static void checkContentType(String contentType) {
        String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
        String type = parts[0].strip();
        boolean json = type.endsWith("/json") || type.endsWith("+json");
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].replace("\"", "").strip();
            json &=
                    !parameter.startsWith("charset=")
                            || parameter.equals("charset=utf-8")
                            || parameter.equals("charset=utf8")
                            || parameter.equals("charset=us-ascii");
        }
        if (!json) {
            throw ApiException.of(
                    415,
                    ApiException.INVALID_REQUEST,
                    "unsupported_media_type",
                    "The content type must be application/json in UTF-8, got '"
                            + contentType
                            + "'; send the header 'Content-Type: application/json'");
        }
    }

    /** 200 with a body. */
    public static HttpResponse ok(JsonValue body) {
        return new HttpResponse.Whole(
                200,
                Map.of("content-type", "application/json"),
                Json.write(body).getBytes(StandardCharsets.UTF_8));
    }
}
