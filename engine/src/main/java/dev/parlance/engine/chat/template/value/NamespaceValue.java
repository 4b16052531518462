package dev.parlance.engine.chat.template.value;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The one thing a template can change: a bag of attributes made by {@code namespace()}. Threads:
 * belongs to one rendering.
 */
public final class NamespaceValue implements Value {
    private final Map<String, Value> attributes;

    public NamespaceValue(Map<String, Value> attributes) {
        this.attributes = new LinkedHashMap<>(attributes);
    }

    public Map<String, Value> attributes() {
        return attributes;
    }

    public void set(String name, Value value) {
        Limits.checkElements(attributes.size() + 1L);
        attributes.put(name, value);
    }

    @Override
    public String typeName() {
        return "Namespace";
    }

    @Override
    public boolean isTrue() {
        return true;
    }
}
