package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.value.Arguments;
import dev.parlance.engine.chat.template.value.FunctionValue;
import dev.parlance.engine.chat.template.value.Value;

import java.util.function.Function;

/** A function written in Java. */
record NativeFunction(String name, Function<Arguments, Value> body) implements FunctionValue {
    @Override
    public Value call(Arguments arguments) {
        return body.apply(arguments);
    }
}
