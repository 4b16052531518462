package dev.parlance.engine.chat.template.value;

import java.util.ArrayList;
import java.util.List;

/** What {@code keys()}, {@code values()} and {@code items()} of a mapping return. */
public record DictView(DictValue dict, Part part) implements Value {
    /** Which part of the mapping is seen. */
    public enum Part {
        KEYS,
        VALUES,
        ITEMS
    }

    /** The elements, in the order of the mapping. */
    public List<Value> items() {
        return switch (part) {
            case KEYS -> new ArrayList<>(dict.entries().keySet());
            case VALUES -> new ArrayList<>(dict.entries().values());
            case ITEMS -> {
                List<Value> pairs = new ArrayList<>(dict.entries().size());
                dict.entries().forEach((key, value) -> pairs.add(TupleValue.of(key, value)));
                yield pairs;
            }
        };
    }

    @Override
    public String typeName() {
        return switch (part) {
            case KEYS -> "dict_keys";
            case VALUES -> "dict_values";
            case ITEMS -> "dict_items";
        };
    }

    @Override
    public boolean isTrue() {
        return dict.isTrue();
    }

    @Override
    public int depth() {
        return dict.depth();
    }

    @Override
    public long weight() {
        return dict.weight();
    }
}
