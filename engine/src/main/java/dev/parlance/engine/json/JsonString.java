package dev.parlance.engine.json;

import static java.util.Objects.requireNonNull;

/** A JSON string, unescaped. */
public record JsonString(String value) implements JsonValue {
    public JsonString {
        requireNonNull(value, "value");
    }

    @Override
    public String kind() {
        return "a string";
    }
}
