package dev.parlance.engine.chat.template.value;

import java.util.Objects;

/**
 * What a name or attribute that does not exist evaluates to. It prints as nothing, is false and
 * empty, and fails with its message when anything else is done with it.
 */
public final class Undefined implements Value {
    /** The state of a variable that has not been set; never the result of an expression. */
    public static final Undefined MISSING = new Undefined("not set");

    private final String message;

    private Undefined(String message) {
        this.message = message;
    }

    /** An undefined value with its own explanation. */
    public static Undefined because(String message) {
        return new Undefined(message);
    }

    public static Undefined name(String name) {
        return new Undefined("'" + name + "' is undefined");
    }

    public static Undefined attribute(Value owner, String attribute) {
        return new Undefined("'" + describe(owner) + "' has no attribute '" + attribute + "'");
    }

    /** The lack of an element; how the key is shown is left to the moment it is needed. */
    public static Undefined element(Value owner, Value key) {
        if (key instanceof Text name) {
            return attribute(owner, name.chars());
        }
        String shown =
                key instanceof IntegerValue number ? number.value().toString() : key.typeName();
        return new Undefined(describe(owner) + " has no element " + shown);
    }

    private static String describe(Value owner) {
        return owner == NoneValue.NONE ? "None" : owner.typeName() + " object";
    }

    /** The error for using the value. */
    public JinjaException error() {
        return JinjaException.operation(message);
    }

    @Override
    public String typeName() {
        return "Undefined";
    }

    @Override
    public boolean isTrue() {
        return false;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Undefined;
    }

    @Override
    public int hashCode() {
        return Objects.hash("Undefined");
    }
}
