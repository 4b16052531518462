package dev.parlance.engine.json;

/**
 * One JSON value. Objects keep the order of their members; numbers keep the text they were written
 * with.
 */
public sealed interface JsonValue
        permits JsonObject, JsonArray, JsonString, JsonNumber, JsonBoolean, JsonNull {

    /**
     * What people call this kind of value, for error messages: {@code "a string"}, {@code "an
     * object"}, …
     */
    String kind();
}
