package dev.parlance.engine.chat.template.value;

import org.jspecify.annotations.Nullable;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** The arguments of a call. */
public record Arguments(List<Value> positional, Map<String, Value> named) {
    public static final Arguments NONE = new Arguments(List.of(), Map.of());

    public static Arguments of(Value... positional) {
        return new Arguments(List.of(positional), Map.of());
    }

    /** The arguments assigned to parameters of these names; refuses any that does not fit. */
    public Bound bind(String function, String... parameters) {
        if (positional.size() > parameters.length) {
            throw JinjaException.operation(
                    function
                            + "() takes at most "
                            + parameters.length
                            + " arguments, got "
                            + positional.size());
        }
        @Nullable Value[] values = new @Nullable Value[parameters.length];
        int used = 0;
        for (int i = 0; i < parameters.length; i++) {
            Value byName = named.get(parameters[i]);
            if (byName != null) {
                used++;
            }
            if (i < positional.size()) {
                if (byName != null) {
                    throw JinjaException.operation(
                            function + "() got two values for argument '" + parameters[i] + "'");
                }
                values[i] = positional.get(i);
            } else {
                values[i] = byName;
            }
        }
        if (used < named.size()) {
            Iterator<String> unknown =
                    named.keySet().stream()
                            .filter(n -> !List.of(parameters).contains(n))
                            .iterator();
            throw JinjaException.operation(
                    function + "() got an unexpected keyword argument '" + unknown.next() + "'");
        }
        return new Bound(function, parameters, values);
    }

    /** The arguments of a function that takes them by position only. */
    public Bound bindPositional(String function, String... parameters) {
        if (!named.isEmpty()) {
            throw JinjaException.operation(function + "() takes no keyword arguments");
        }
        return bind(function, parameters);
    }

    /** Arguments by the place of their parameter. */
    public static final class Bound {
        private final String function;
        private final String[] parameters;
        private final @Nullable Value[] values;

        private Bound(String function, String[] parameters, @Nullable Value[] values) {
            this.function = function;
            this.parameters = parameters;
            this.values = values;
        }

        public @Nullable Value find(int index) {
            return values[index];
        }

        /** A parameter that must be given. */
        public Value require(int index) {
            Value value = values[index];
            if (value == null) {
                throw JinjaException.operation(
                        function + "() misses its argument '" + parameters[index] + "'");
            }
            return value;
        }

        public Value or(int index, Value fallback) {
            Value value = values[index];
            return value == null ? fallback : value;
        }

        public boolean isTrue(int index, boolean fallback) {
            Value value = values[index];
            return value == null ? fallback : value.isTrue();
        }

        /** A text that must be given. */
        public Text text(int index) {
            return asText(index, require(index));
        }

        public Text text(int index, Text fallback) {
            Value value = values[index];
            return value == null ? fallback : asText(index, value);
        }

        private Text asText(int index, Value value) {
            if (value instanceof Text text) {
                return text;
            }
            throw wrong(index, value, "str");
        }

        /** A whole number that must be given, clamped to the range of an int. */
        public int integer(int index) {
            return asInteger(index, require(index));
        }

        public int integer(int index, int fallback) {
            Value value = values[index];
            return value == null ? fallback : asInteger(index, value);
        }

        private int asInteger(int index, Value value) {
            return switch (value) {
                case IntegerValue number -> number.clamped();
                case BooleanValue flag -> flag.isTrue() ? 1 : 0;
                default -> throw wrong(index, value, "int");
            };
        }

        private JinjaException wrong(int index, Value value, String expected) {
            if (value instanceof Undefined undefined) {
                return undefined.error();
            }
            return JinjaException.operation(
                    function
                            + "() argument '"
                            + parameters[index]
                            + "' must be "
                            + expected
                            + ", not "
                            + value.typeName());
        }
    }
}
