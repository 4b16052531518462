package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.value.JinjaException;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;

/** All filters by name. */
final class Filters {
    private static final Map<String, Filter> ALL = all();

    private Filters() {}

    static @Nullable Filter find(String name) {
        return ALL.get(name);
    }

    static boolean exists(String name) {
        return ALL.containsKey(name);
    }

    private static Map<String, Filter> all() {
        Map<String, Filter> all = new HashMap<>();
        TextFilters.addTo(all);
        MarkupFilters.addTo(all);
        NumberFilters.addTo(all);
        SequenceFilters.addTo(all);
        SelectionFilters.addTo(all);
        OrderFilters.addTo(all);
        refuse(all, "random", "what it gives cannot be repeated");
        refuse(all, "urlize", "a prompt has no links");
        refuse(all, "wordwrap", "it is not used in prompts");
        return Map.copyOf(all);
    }

    private static void refuse(Map<String, Filter> all, String name, String reason) {
        all.put(
                name,
                (_, _, _) -> {
                    throw JinjaException.operation(
                            "the filter '" + name + "' is not supported: " + reason);
                });
    }
}
