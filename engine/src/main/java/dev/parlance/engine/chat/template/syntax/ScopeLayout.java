package dev.parlance.engine.chat.template.syntax;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The variables of one scope and what each is when the scope is entered. Jinja2 decides this by
 * looking at the whole scope before it runs: a variable that is assigned anywhere in it belongs to
 * it from its start. Filled by {@link ScopeAnalyzer}, unchanged afterwards.
 */
public final class ScopeLayout {
    /** What a variable is at first. */
    public enum Initial {
        /** Set by whoever enters the scope: parameters, loop variables. */
        PARAMETER,
        /** What the context has under the name. */
        CONTEXT,
        /** What the surrounding scope has under the name at that moment. */
        OUTER,
        /** Not set. */
        UNSET
    }

    private List<Variable> entered = List.of();
    private List<String> names = List.of();
    private final Set<String> specialParameters = new HashSet<>();

    /** The variables that get a value when the scope is entered. */
    public List<Variable> entered() {
        return entered;
    }

    /** The names of all variables. */
    public List<String> names() {
        return names;
    }

    /** A variable and its first value. */
    public record Variable(String name, Initial initial) {}

    /** Called once all variables are known. */
    void seal(Map<String, Initial> all) {
        names = List.copyOf(all.keySet());
        entered =
                all.entrySet().stream()
                        .filter(entry -> entry.getValue() != Initial.PARAMETER)
                        .map(entry -> new Variable(entry.getKey(), entry.getValue()))
                        .toList();
    }

    /**
     * Which of {@code caller}, {@code kwargs} and {@code varargs} a function's body mentions; only
     * those does it accept.
     */
    public Set<String> specialParameters() {
        return specialParameters;
    }
}
