package dev.parlance.server.access;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonParseException;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A file of API keys: one JSON object a line, so that a key is added with {@code >>}. Empty lines
 * and lines that begin with {@code #} are skipped.
 *
 * <pre>{"name": "alice", "sha256": "…", "models": ["small"], "requests_per_minute": 60}</pre>
 *
 * Beside these a line may have {@code tokens_per_minute} and {@code concurrent_requests}; only
 * {@code name} and {@code sha256} must be there.
 */
public final class KeyFile {
    private static final int MAX_BYTES = 16 << 20;

    private static final String NAME = "name";
    private static final String SHA256 = "sha256";
    private static final String MODELS = "models";
    private static final String REQUESTS = "requests_per_minute";
    private static final String TOKENS = "tokens_per_minute";
    private static final String CONCURRENT = "concurrent_requests";

    private static final List<String> FIELDS =
            List.of(NAME, SHA256, MODELS, REQUESTS, TOKENS, CONCURRENT);

    private KeyFile() {}

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read
     * @throws KeyFileException if a line is no key, or there is none
     */
    public static List<ApiKey> read(Path file) throws IOException, KeyFileException {
        return parse(file.toString(), text(file));
    }

    /** All of a file, if it is not too large. */
    static String text(Path file) throws IOException, KeyFileException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        }
        if (bytes.length > MAX_BYTES) {
            throw new KeyFileException(
                    file + ": a file of keys must have at most " + MAX_BYTES + " bytes");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static List<ApiKey> parse(String file, String text) throws KeyFileException {
        List<ApiKey> keys = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (line.isBlank() || line.stripLeading().startsWith("#")) {
                continue;
            }
            try {
                keys.add(parseLine(line));
            } catch (IllegalArgumentException | JsonParseException wrong) {
                throw new KeyFileException(file + ": line " + number + ": " + wrong.getMessage());
            }
        }
        if (keys.isEmpty()) {
            throw new KeyFileException(file + ": no key is in this file");
        }
        return keys;
    }

    private static ApiKey parseLine(String line) {
        if (!(Json.parse(line) instanceof JsonObject object)) {
            throw new IllegalArgumentException("a key must be a JSON object");
        }
        for (String field : object.members().keySet()) {
            if (!FIELDS.contains(field)) {
                throw new IllegalArgumentException(
                        "'" + field + "' is not known; there are " + String.join(", ", FIELDS));
            }
        }
        KeyLimits limits =
                new KeyLimits(
                        limit(object, REQUESTS, KeyLimits.MAX_REQUESTS),
                        limit(object, TOKENS, KeyLimits.MAX_TOKENS),
                        (int) limit(object, CONCURRENT, KeyLimits.MAX_REQUESTS));
        return new ApiKey(text(object, NAME), text(object, SHA256), models(object), limits);
    }

    private static String text(JsonObject key, String field) {
        Optional<JsonValue> value = key.find(field);
        if (value.isPresent() && value.get() instanceof JsonString string) {
            return string.value();
        }
        throw new IllegalArgumentException("'" + field + "' must be a string, got " + kind(value));
    }

    private static Set<String> models(JsonObject key) {
        Optional<JsonValue> value = key.find(MODELS);
        if (value.isEmpty()) {
            return Set.of();
        }
        Set<String> models = new LinkedHashSet<>();
        if (value.get() instanceof JsonArray array) {
            for (JsonValue each : array.values()) {
                if (!(each instanceof JsonString model)) {
                    throw new IllegalArgumentException(
                            "'" + MODELS + "' must hold strings only, got " + each.kind());
                }
                models.add(model.value());
            }
        }
        if (models.isEmpty()) {
            // An empty list could be meant as none, and must not become all.
            throw new IllegalArgumentException(
                    "'"
                            + MODELS
                            + "' must be an array of names, one at least, got "
                            + value.get().kind()
                            + "; leave it out to allow all models");
        }
        return models;
    }

    private static long limit(JsonObject key, String field, long most) {
        Optional<JsonValue> value = key.find(field);
        if (value.isEmpty()) {
            return 0;
        }
        if (value.get() instanceof JsonNumber number && number.isLong()) {
            long limit = number.longValue();
            if (limit >= 1 && limit <= most) {
                return limit;
            }
        }
        String got = value.get() instanceof JsonNumber number ? number.text() : value.get().kind();
        throw new IllegalArgumentException(
                "'"
                        + field
                        + "' must be a whole number between 1 and "
                        + most
                        + ", got "
                        + got
                        + "; leave it out for no limit");
    }

    private static String kind(Optional<JsonValue> value) {
        return value.map(JsonValue::kind).orElse("nothing");
    }

    /** A key as a line of the file, without the line's end. */
    public static String line(ApiKey key) {
        JsonObject.Builder line =
                JsonObject.builder().put(NAME, key.name()).put(SHA256, key.sha256());
        if (!key.models().isEmpty()) {
            List<JsonValue> models = new ArrayList<>();
            key.models().stream().sorted().forEach(model -> models.add(new JsonString(model)));
            line.put(MODELS, new JsonArray(models));
        }
        KeyLimits limits = key.limits();
        putLimit(line, REQUESTS, limits.requestsPerMinute());
        putLimit(line, TOKENS, limits.tokensPerMinute());
        putLimit(line, CONCURRENT, limits.concurrentRequests());
        return Json.write(line.build());
    }

    private static void putLimit(JsonObject.Builder line, String field, long limit) {
        if (limit > 0) {
            line.put(field, limit);
        }
    }
}
