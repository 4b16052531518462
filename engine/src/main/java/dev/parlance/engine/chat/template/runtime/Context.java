package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.value.Undefined;
import dev.parlance.engine.chat.template.value.Value;

import java.util.HashMap;
import java.util.Map;

/** What a template is rendered with: variables, and global functions behind them. */
final class Context {
    private final Map<String, Value> variables;
    private final Map<String, Value> globals;
    private final Map<String, Value> exported = new HashMap<>();

    Context(Map<String, Value> variables, Map<String, Value> globals) {
        this.variables = variables;
        this.globals = globals;
    }

    Value resolve(String name) {
        Value value = exported.get(name);
        if (value == null) {
            value = variables.get(name);
        }
        return value == null ? globals.getOrDefault(name, Undefined.MISSING) : value;
    }

    void export(String name, Value value) {
        exported.put(name, value);
    }
}
