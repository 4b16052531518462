package dev.parlance.engine.chat.template.value;

import org.jspecify.annotations.Nullable;

/** A value with attributes and nothing else: {@code loop}, a cycler, a macro. */
public non-sealed interface ObjectValue extends Value {
    /** An attribute, or null if there is none of that name. */
    @Nullable Value attribute(String name);

    /** What {@code len} gives; −1 if the object has no length. */
    default int length() {
        return -1;
    }

    @Override
    default boolean isTrue() {
        return true;
    }
}
