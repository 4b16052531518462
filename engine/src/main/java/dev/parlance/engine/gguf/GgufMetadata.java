package dev.parlance.engine.gguf;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A file's key/value pairs with typed look-ups.
 *
 * <p>Errors: a look-up of a value of another kind throws {@link GgufFormatException} that names
 * file, key, kind found and kind expected; so do the look-ups without {@code find} when the key is
 * missing.
 */
public final class GgufMetadata {
    private final String fileName;
    private final Map<String, GgufValue> values;

    /**
     * @param fileName how errors call the file
     */
    public GgufMetadata(String fileName, Map<String, GgufValue> values) {
        this.fileName = fileName;
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** How errors call the file. */
    public String fileName() {
        return fileName;
    }

    /** All pairs in the file's order. */
    public Map<String, GgufValue> values() {
        return values;
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    public Optional<String> findString(String key) {
        return switch (values.get(key)) {
            case null -> Optional.empty();
            case GgufValue.Text(var text) -> Optional.of(text);
            case GgufValue other -> throw wrongKind(key, other, "a string");
        };
    }

    public OptionalLong findInteger(String key) {
        return switch (values.get(key)) {
            case null -> OptionalLong.empty();
            case GgufValue.Int(var value) -> OptionalLong.of(value);
            case GgufValue other -> throw wrongKind(key, other, "an integer");
        };
    }

    /** A float; integers are taken as floats too, since converters write both. */
    public OptionalDouble findFloat(String key) {
        return switch (values.get(key)) {
            case null -> OptionalDouble.empty();
            case GgufValue.Float(var value) -> OptionalDouble.of(value);
            case GgufValue.Int(var value) -> OptionalDouble.of(value);
            case GgufValue other -> throw wrongKind(key, other, "a float");
        };
    }

    public Optional<Boolean> findBoolean(String key) {
        return switch (values.get(key)) {
            case null -> Optional.empty();
            case GgufValue.Bool(var value) -> Optional.of(value);
            case GgufValue other -> throw wrongKind(key, other, "a boolean");
        };
    }

    public Optional<List<String>> findStrings(String key) {
        return switch (values.get(key)) {
            case null -> Optional.empty();
            case GgufValue.TextArray(var texts) -> Optional.of(texts);
            case GgufValue other -> throw wrongKind(key, other, "an array of strings");
        };
    }

    /** The integers of an array; the caller must not change them. */
    public Optional<long[]> findIntegers(String key) {
        return switch (values.get(key)) {
            case null -> Optional.empty();
            case GgufValue.IntArray(var integers) -> Optional.of(integers);
            case GgufValue other -> throw wrongKind(key, other, "an array of integers");
        };
    }

    /** The floats of an array; the caller must not change them. */
    public Optional<float[]> findFloats(String key) {
        return switch (values.get(key)) {
            case null -> Optional.empty();
            case GgufValue.FloatArray(var floats) -> Optional.of(floats);
            case GgufValue other -> throw wrongKind(key, other, "an array of floats");
        };
    }

    public String string(String key) {
        return findString(key).orElseThrow(() -> missing(key));
    }

    public List<String> strings(String key) {
        return findStrings(key).orElseThrow(() -> missing(key));
    }

    /** An integer that must be there and within {@code min..max}. */
    public int integer(String key, int min, int max) {
        return check(key, findInteger(key).orElseThrow(() -> missing(key)), min, max);
    }

    /** An integer within {@code min..max}, or the fallback where the key is missing. */
    public int integer(String key, int min, int max, int fallback) {
        OptionalLong value = findInteger(key);
        return value.isPresent() ? check(key, value.getAsLong(), min, max) : fallback;
    }

    private int check(String key, long value, int min, int max) {
        if (value < min || value > max) {
            throw new GgufFormatException(
                    fileName
                            + ": metadata '"
                            + key
                            + "' is "
                            + value
                            + "; it must be between "
                            + min
                            + " and "
                            + max);
        }
        return (int) value;
    }

    public GgufFormatException missing(String key) {
        return new GgufFormatException(fileName + ": metadata '" + key + "' is missing");
    }

    private GgufFormatException wrongKind(String key, GgufValue found, String expected) {
        return new GgufFormatException(
                fileName
                        + ": metadata '"
                        + key
                        + "' is "
                        + found.kind()
                        + "; it must be "
                        + expected);
    }
}
