package dev.parlance.engine.chat.template.value;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A mapping that keeps the order of its keys. The sandbox forbids to change one. */
public final class DictValue implements Value {
    public static final DictValue EMPTY = new DictValue(Map.of());

    private final Map<Value, Value> entries;
    private final Extent extent;

    private DictValue(Map<Value, Value> entries) {
        this.entries = entries;
        this.extent = Extent.of(entries.keySet()).plus(Extent.of(entries.values()));
    }

    /** A mapping that takes the entries over; the caller no longer changes them. */
    public static DictValue of(LinkedHashMap<Value, Value> entries) {
        return new DictValue(Collections.unmodifiableMap(entries));
    }

    /** A mapping whose keys are names of the program: keyword arguments. */
    public static DictValue ofNames(Map<String, Value> named) {
        LinkedHashMap<Value, Value> entries = new LinkedHashMap<>();
        named.forEach((name, value) -> entries.put(Text.trusted(name), value));
        return of(entries);
    }

    public Map<Value, Value> entries() {
        return entries;
    }

    /** The value of a key, if there is one. */
    public @Nullable Value find(Value key) {
        return entries.get(key);
    }

    /** Whether there is such a key; one that cannot be hashed is an error even if there is none. */
    boolean contains(Value key) {
        if (entries.isEmpty()) {
            return key.hashCode() == 0 && entries.containsKey(key);
        }
        return entries.containsKey(key);
    }

    @Override
    public String typeName() {
        return "dict";
    }

    @Override
    public boolean isTrue() {
        return !entries.isEmpty();
    }

    @Override
    public int depth() {
        return extent.depth();
    }

    @Override
    public long weight() {
        return extent.weight();
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof DictValue dict && entries.equals(dict.entries));
    }

    @Override
    public int hashCode() {
        throw JinjaException.operation("unhashable type: 'dict'");
    }
}
