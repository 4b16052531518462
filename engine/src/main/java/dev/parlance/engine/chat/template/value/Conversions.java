package dev.parlance.engine.chat.template.value;

import java.math.BigDecimal;

/** Conversions between kinds of numbers. */
public final class Conversions {
    private Conversions() {}

    /** A float without its fraction, as Python's {@code int}. */
    public static IntegerValue truncate(double value) {
        if (Double.isNaN(value)) {
            throw JinjaException.operation("cannot convert float NaN to integer");
        }
        if (Double.isInfinite(value)) {
            throw JinjaException.operation("cannot convert float infinity to integer");
        }
        return new IntegerValue(new BigDecimal(value).toBigInteger());
    }
}
