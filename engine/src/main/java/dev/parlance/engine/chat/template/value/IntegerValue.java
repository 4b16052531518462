package dev.parlance.engine.chat.template.value;

import java.math.BigDecimal;
import java.math.BigInteger;

/** A whole number of any size up to {@link Limits#MAX_INTEGER_BITS}. */
public record IntegerValue(BigInteger value) implements Value {
    public IntegerValue {
        if (value.bitLength() > Limits.MAX_INTEGER_BITS) {
            throw JinjaException.limit(
                    "an integer of "
                            + value.bitLength()
                            + " bits, at most "
                            + Limits.MAX_INTEGER_BITS
                            + " are allowed");
        }
    }

    public static IntegerValue of(long value) {
        return new IntegerValue(BigInteger.valueOf(value));
    }

    /** Whether the number fits an int. */
    public boolean isInt() {
        return value.bitLength() < Integer.SIZE;
    }

    /** The number, or the nearest int: as good as the number for sizes and positions. */
    public int clamped() {
        if (isInt()) {
            return value.intValue();
        }
        return value.signum() < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
    }

    /** The nearest double. */
    public double toDouble() {
        double result = value.doubleValue();
        if (Double.isInfinite(result)) {
            throw JinjaException.operation("int too large to convert to float");
        }
        return result;
    }

    @Override
    public String typeName() {
        return "int";
    }

    @Override
    public boolean isTrue() {
        return value.signum() != 0;
    }

    @Override
    public boolean equals(Object other) {
        return switch (other) {
            case IntegerValue i -> value.equals(i.value);
            case BooleanValue b -> equals(b.asInteger());
            case FloatValue f ->
                    Double.isFinite(f.value())
                            && f.value() == Math.rint(f.value())
                            && new BigDecimal(f.value()).toBigInteger().equals(value);
            case null, default -> false;
        };
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }
}
