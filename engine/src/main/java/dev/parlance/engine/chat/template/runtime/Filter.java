package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.value.Arguments;
import dev.parlance.engine.chat.template.value.Value;

import java.util.function.UnaryOperator;

/** A filter: {@code input | name(arguments)}. */
@FunctionalInterface
interface Filter {
    Value apply(Evaluator evaluator, Value input, Arguments arguments);

    /** A filter that takes no arguments. */
    static Filter plain(String name, UnaryOperator<Value> function) {
        return (_, input, arguments) -> {
            arguments.bind(name);
            return function.apply(input);
        };
    }
}
