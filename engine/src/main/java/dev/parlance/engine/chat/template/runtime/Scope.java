package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.syntax.ScopeLayout;
import dev.parlance.engine.chat.template.value.Undefined;
import dev.parlance.engine.chat.template.value.Value;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;

/** The variables of a scope while it runs. Threads: belongs to one rendering. */
final class Scope {
    private final @Nullable Scope outer;
    private final ScopeLayout layout;
    private final Context context;
    private final Map<String, Value> values = new HashMap<>();

    Scope(@Nullable Scope outer, ScopeLayout layout, Context context) {
        this.outer = outer;
        this.layout = layout;
        this.context = context;
    }

    /** A scope inside this one. */
    Scope inner(ScopeLayout innerLayout) {
        return new Scope(this, innerLayout, context);
    }

    /** Gives the variables their first values; parameters keep what has been put into them. */
    void enter() {
        for (ScopeLayout.Variable variable : layout.entered()) {
            values.put(variable.name(), first(variable));
        }
    }

    private Value first(ScopeLayout.Variable variable) {
        return switch (variable.initial()) {
            case CONTEXT -> context.resolve(variable.name());
            case OUTER -> outer == null ? Undefined.MISSING : outer.find(variable.name());
            case PARAMETER, UNSET -> Undefined.MISSING;
        };
    }

    /** Forgets all values: functions defined inside see nothing of a loop that is over. */
    void leave() {
        layout.names().forEach(name -> values.put(name, Undefined.MISSING));
    }

    /** The variable's value, {@link Undefined#MISSING} if it is not set. */
    Value find(String name) {
        for (Scope at = this; at != null; at = at.outer) {
            Value value = at.values.get(name);
            if (value != null) {
                return value;
            }
        }
        return Undefined.MISSING;
    }

    void put(String name, Value value) {
        values.put(name, value);
    }

    /** Assigns a variable; at the top level it becomes visible to blocks, too. */
    void assign(String name, Value value) {
        values.put(name, value);
        if (outer == null) {
            context.export(name, value);
        }
    }
}
