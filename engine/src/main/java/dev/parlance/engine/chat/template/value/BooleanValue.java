package dev.parlance.engine.chat.template.value;

/** {@code True} or {@code False}; in arithmetic 1 or 0. There are only the two instances. */
public final class BooleanValue implements Value {
    public static final BooleanValue TRUE = new BooleanValue(true);
    public static final BooleanValue FALSE = new BooleanValue(false);

    private final boolean value;

    private BooleanValue(boolean value) {
        this.value = value;
    }

    public static BooleanValue of(boolean value) {
        return value ? TRUE : FALSE;
    }

    public IntegerValue asInteger() {
        return IntegerValue.of(value ? 1 : 0);
    }

    @Override
    public String typeName() {
        return "bool";
    }

    @Override
    public boolean isTrue() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return switch (other) {
            case BooleanValue b -> value == b.value;
            case IntegerValue i -> asInteger().equals(i);
            case FloatValue f -> asInteger().equals(f);
            default -> false;
        };
    }

    @Override
    public int hashCode() {
        return asInteger().hashCode();
    }
}
