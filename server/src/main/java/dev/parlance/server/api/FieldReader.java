package dev.parlance.server.api;

import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonBoolean;
import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads the fields of a JSON object and names each by its path when it is wrong ({@code
 * messages[0].content[1].type}).
 *
 * <p>A field that is {@code null} counts as absent. A whole number may be written {@code 1.0}.
 * Errors: {@link ApiException} with status 400.
 */
public final class FieldReader {
    private static final int MAX_SHOWN_CHARS = 60;

    private final JsonObject object;
    private final String prefix;

    private FieldReader(JsonObject object, String prefix) {
        this.object = object;
        this.prefix = prefix;
    }

    /** A reader of a request's body. */
    public static FieldReader of(JsonObject body) {
        return new FieldReader(body, "");
    }

    /** A reader of a value that must be an object. */
    public static FieldReader of(JsonValue value, String path) {
        if (value instanceof JsonObject object) {
            return new FieldReader(object, path + ".");
        }
        throw wrongType(path, "an object", value);
    }

    public JsonObject object() {
        return object;
    }

    /** The path of a field of this object. */
    public String path(String name) {
        return prefix + name;
    }

    /** The field's value, unless it is absent or null. */
    public Optional<JsonValue> find(String name) {
        return object.find(name).filter(value -> value != JsonNull.NULL);
    }

    public JsonValue require(String name) {
        return find(name).orElseThrow(() -> ApiException.missing(path(name)));
    }

    public Optional<String> string(String name) {
        return find(name).map(value -> string(value, path(name)));
    }

    public String requireString(String name) {
        return string(require(name), path(name));
    }

    public static String string(JsonValue value, String path) {
        if (value instanceof JsonString(String text)) {
            return text;
        }
        throw wrongType(path, "a string", value);
    }

    public boolean bool(String name, boolean absent) {
        return find(name).map(value -> bool(value, path(name))).orElse(absent);
    }

    private static boolean bool(JsonValue value, String path) {
        if (value instanceof JsonBoolean(boolean flag)) {
            return flag;
        }
        throw wrongType(path, "true or false", value);
    }

    public OptionalLong integer(String name, long min, long max) {
        Optional<JsonValue> value = find(name);
        return value.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(integer(value.get(), path(name), min, max));
    }

    public int integer(String name, int min, int max, int absent) {
        return (int) integer(name, min, max).orElse(absent);
    }

    public static long integer(JsonValue value, String path, long min, long max) {
        if (!(value instanceof JsonNumber number)) {
            throw wrongType(path, "a whole number", value);
        }
        if (!number.isLong()) {
            boolean fraction = number.doubleValue() != Math.rint(number.doubleValue());
            throw ApiException.invalidValue(
                    path,
                    quoted(path)
                            + (fraction ? " must be a whole number" : " must fit 64 bits")
                            + ", got "
                            + shown(number.text()));
        }
        long got = number.longValue();
        if (got < min || got > max) {
            String allowed = "between " + min + " and " + max;
            if (max >= Integer.MAX_VALUE) {
                // A bound that is only the size of a number is worth naming only when it is hit.
                allowed = got < min ? min + " or more" : "at most " + max;
            }
            throw outOfRange(path, allowed, number);
        }
        return got;
    }

    public OptionalDouble number(String name, double min, double max) {
        Optional<JsonValue> value = find(name);
        return value.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(number(value.get(), path(name), min, max));
    }

    public double number(String name, double min, double max, double absent) {
        return number(name, min, max).orElse(absent);
    }

    public static double number(JsonValue value, String path, double min, double max) {
        if (!(value instanceof JsonNumber number)) {
            throw wrongType(path, "a number", value);
        }
        double got = number.doubleValue();
        if (!(got >= min && got <= max)) {
            throw outOfRange(path, "between " + shown(min) + " and " + shown(max), number);
        }
        return got;
    }

    private static ApiException outOfRange(String path, String allowed, JsonNumber got) {
        return ApiException.invalidValue(
                path, quoted(path) + " must be " + allowed + ", got " + shown(got.text()));
    }

    /** A nested object. */
    public Optional<FieldReader> child(String name) {
        return find(name).map(value -> of(value, path(name)));
    }

    FieldReader requireChild(String name) {
        return of(require(name), path(name));
    }

    public Optional<List<JsonValue>> array(String name) {
        return find(name).map(value -> array(value, path(name)));
    }

    public static List<JsonValue> array(JsonValue value, String path) {
        if (value instanceof JsonArray(List<JsonValue> values)) {
            return values;
        }
        throw wrongType(path, "an array", value);
    }

    /** Token ids, whatever model they may be for; empty if the field is absent. */
    Set<Integer> tokenIds(String name) {
        Set<Integer> ids = new LinkedHashSet<>();
        int index = 0;
        for (JsonValue value : array(name).orElse(List.of())) {
            String at = path(name) + "[" + index++ + "]";
            ids.add((int) integer(value, at, 0, Integer.MAX_VALUE));
        }
        return ids;
    }

    /** Texts, none of them empty, at most so many of at most so many characters. */
    Optional<List<String>> texts(String name, int maxCount, int maxChars) {
        Optional<List<JsonValue>> values = array(name);
        if (values.isEmpty()) {
            return Optional.empty();
        }
        checkSize(path(name), values.get().size(), maxCount);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < values.get().size(); i++) {
            String at = path(name) + "[" + i + "]";
            texts.add(checkedText(string(values.get().get(i), at), at, maxChars));
        }
        return Optional.of(texts);
    }

    public static void checkSize(String path, int size, int max) {
        if (size > max) {
            throw ApiException.invalidValue(
                    path, quoted(path) + " must have at most " + max + " entries, got " + size);
        }
    }

    /** A text of 1 to so many characters. */
    static String checkedText(String text, String path, int maxChars) {
        if (text.isEmpty() || text.length() > maxChars) {
            throw ApiException.invalidValue(
                    path,
                    quoted(path)
                            + " must have 1 to "
                            + maxChars
                            + " characters, got "
                            + text.length());
        }
        return text;
    }

    /** One of a few words. */
    Optional<String> oneOf(String name, List<String> allowed) {
        Optional<String> word = string(name);
        if (word.isPresent() && !allowed.contains(word.get())) {
            throw ApiException.invalidValue(
                    path(name),
                    quoted(path(name))
                            + " must be one of "
                            + String.join(", ", allowed)
                            + ", got '"
                            + shown(word.get())
                            + "'");
        }
        return word;
    }

    /** The error of a value of the wrong kind. */
    public static ApiException wrongType(String path, String expected, JsonValue got) {
        return ApiException.badField(
                path,
                "invalid_type",
                quoted(path) + " must be " + expected + ", got " + got.kind());
    }

    private static String quoted(String path) {
        return "'" + path + "'";
    }

    private static String shown(String text) {
        return text.length() <= MAX_SHOWN_CHARS ? text : text.substring(0, MAX_SHOWN_CHARS) + "…";
    }

    private static String shown(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
}
