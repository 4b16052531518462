package dev.parlance.engine.chat.template.value;

import java.math.BigDecimal;

/** A floating-point number. */
public record FloatValue(double value) implements Value {
    @Override
    public String typeName() {
        return "float";
    }

    @Override
    public boolean isTrue() {
        return value != 0;
    }

    @Override
    public boolean equals(Object other) {
        return switch (other) {
            case FloatValue f -> value == f.value;
            case IntegerValue i -> i.equals(this);
            case BooleanValue b -> b.asInteger().equals(this);
            case null, default -> false;
        };
    }

    @Override
    public int hashCode() {
        boolean whole = Double.isFinite(value) && value == Math.rint(value);
        return whole ? new BigDecimal(value).toBigInteger().hashCode() : Double.hashCode(value);
    }
}
