package dev.parlance.engine.chat.template.value;

/** Something that can be called: a global function, a method bound to its value, a macro. */
public non-sealed interface FunctionValue extends Value {
    /** How the function calls itself in messages. */
    String name();

    Value call(Arguments arguments);

    @Override
    default String typeName() {
        return "builtin_function_or_method";
    }

    @Override
    default boolean isTrue() {
        return true;
    }
}
