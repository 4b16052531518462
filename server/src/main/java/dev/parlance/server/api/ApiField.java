package dev.parlance.server.api;

import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonBoolean;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import java.util.Set;
import java.util.function.Predicate;

/**
 * How one field of a request is treated.
 *
 * @param note for people: what it does here, or why it is not honoured
 * @param harmless values of a refused field that ask for nothing, and are accepted
 */
public record ApiField(
        String name,
        Origin origin,
        Treatment treatment,
        String note,
        Predicate<JsonValue> harmless) {
    /** Whose field it is. */
    public enum Origin {
        /** In OpenAI's API description. */
        OPENAI,
        /** Known from other servers. */
        EXTENSION
    }

    /** What happens to it; there is no fourth way. */
    public enum Treatment {
        /** It does what it says. */
        HONOURED,
        /** A value that asks for something is answered with 400. */
        REFUSED,
        /** It is accepted and changes nothing. */
        IGNORED
    }

    public static ApiField honoured(String name, String note) {
        return new ApiField(name, Origin.OPENAI, Treatment.HONOURED, note, _ -> true);
    }

    public static ApiField ignored(String name, String note) {
        return new ApiField(name, Origin.OPENAI, Treatment.IGNORED, note, _ -> true);
    }

    public static ApiField refused(String name, String note, Predicate<JsonValue> harmless) {
        return new ApiField(name, Origin.OPENAI, Treatment.REFUSED, note, harmless);
    }

    /** The same field, as one that other servers have. */
    public ApiField asExtension() {
        return new ApiField(name, Origin.EXTENSION, treatment, note, harmless);
    }

    /** False, zero, an empty text, an empty list or an empty object. */
    public static boolean isNothing(JsonValue value) {
        return switch (value) {
            case JsonBoolean(boolean flag) -> !flag;
            case JsonNumber number -> number.doubleValue() == 0;
            case JsonString(String text) -> text.isEmpty();
            case JsonArray(var values) -> values.isEmpty();
            case JsonObject(var members) -> members.isEmpty();
            default -> false;
        };
    }

    /** One of these texts, or nothing. */
    public static Predicate<JsonValue> isOneOf(String... texts) {
        Set<String> allowed = Set.of(texts);
        return value ->
                isNothing(value) || (value instanceof JsonString(String t) && allowed.contains(t));
    }

    /** This number, which means that the field does nothing. */
    public static Predicate<JsonValue> isNumber(double off) {
        return value -> value instanceof JsonNumber number && number.doubleValue() == off;
    }
}
