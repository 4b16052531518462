package dev.parlance.engine.chat.template.syntax;

import dev.parlance.engine.chat.template.syntax.ScopeLayout.Initial;

import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The variables of one scope while it is looked through. */
final class Symbols {
    private static final Set<String> SPECIAL = Set.of("caller", "kwargs", "varargs");

    private final @Nullable Symbols outer;
    private final Map<String, Initial> initials = new LinkedHashMap<>();
    private final Set<String> stored = new HashSet<>();

    /** Special parameters that a function's body mentions; null if this is no function. */
    private @Nullable Set<String> mentioned;

    Symbols(@Nullable Symbols outer) {
        this.outer = outer;
    }

    Map<String, Initial> initials() {
        return initials;
    }

    Symbols copy() {
        Symbols copy = new Symbols(outer);
        copy.initials.putAll(initials);
        copy.stored.addAll(stored);
        copy.mentioned = mentioned;
        return copy;
    }

    /** What a variable of this scope or one around it is at first; null if there is none. */
    @Nullable Initial find(String name) {
        Initial own = initials.get(name);
        return own != null || outer == null ? own : outer.find(name);
    }

    /** Makes this the scope of a function, which notes the special parameters it mentions. */
    void becomeFunction(Set<String> mentions) {
        mentioned = mentions;
        SPECIAL.forEach(this::parameter);
    }

    void load(String name) {
        if (SPECIAL.contains(name)) {
            for (Symbols at = this; at != null; at = at.outer) {
                if (at.mentioned != null) {
                    at.mentioned.add(name);
                }
            }
        }
        if (find(name) == null) {
            initials.put(name, Initial.CONTEXT);
        }
    }

    void store(String name) {
        stored.add(name);
        if (!initials.containsKey(name)) {
            initials.put(name, isOuter(name) ? Initial.OUTER : Initial.UNSET);
        }
    }

    void parameter(String name) {
        stored.add(name);
        initials.put(name, Initial.PARAMETER);
    }

    private boolean isOuter(String name) {
        return outer != null && outer.find(name) != null;
    }

    /** Takes over what branches have; a variable only they set starts as it is outside. */
    void merge(List<Symbols> branches) {
        Set<String> news = new HashSet<>();
        branches.forEach(branch -> news.addAll(branch.stored));
        news.removeAll(stored);
        for (Symbols branch : branches) {
            initials.putAll(branch.initials);
            stored.addAll(branch.stored);
        }
        for (String name : news) {
            initials.put(name, isOuter(name) ? Initial.OUTER : Initial.CONTEXT);
        }
    }
}
