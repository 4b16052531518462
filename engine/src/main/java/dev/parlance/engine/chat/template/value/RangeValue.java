package dev.parlance.engine.chat.template.value;

import java.math.BigInteger;

/** Python's {@code range}; its elements are made when asked for. */
public record RangeValue(BigInteger start, BigInteger stop, BigInteger step, int count)
        implements Value {

    /** A range as Jinja2's sandbox allows it. */
    public static RangeValue of(BigInteger start, BigInteger stop, BigInteger step) {
        if (step.signum() == 0) {
            throw JinjaException.operation("range() arg 3 must not be zero");
        }
        BigInteger span = step.signum() > 0 ? stop.subtract(start) : start.subtract(stop);
        BigInteger stride = step.abs();
        BigInteger count =
                span.signum() <= 0
                        ? BigInteger.ZERO
                        : span.add(stride).subtract(BigInteger.ONE).divide(stride);
        if (count.compareTo(BigInteger.valueOf(Limits.MAX_RANGE)) > 0) {
            throw JinjaException.limit("a range of more than " + Limits.MAX_RANGE + " elements");
        }
        return new RangeValue(start, stop, step, count.intValue());
    }

    /** The element at a place from 0 to count − 1. */
    public IntegerValue at(int index) {
        if (start.bitLength() < Integer.SIZE && step.bitLength() < Integer.SIZE) {
            return IntegerValue.of(start.longValue() + step.longValue() * index);
        }
        return new IntegerValue(start.add(step.multiply(BigInteger.valueOf(index))));
    }

    /** The range of every {@code stride}-th element from one place to before another. */
    RangeValue slice(int from, int to, int stride) {
        BigInteger first = start.add(step.multiply(BigInteger.valueOf(from)));
        BigInteger end = start.add(step.multiply(BigInteger.valueOf(to)));
        return of(first, end, step.multiply(BigInteger.valueOf(stride)));
    }

    @Override
    public String typeName() {
        return "range";
    }

    @Override
    public boolean isTrue() {
        return count > 0;
    }

    @Override
    public long weight() {
        return 1 + count;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RangeValue range
                && count == range.count
                && (count == 0 || start.equals(range.start))
                && (count <= 1 || step.equals(range.step));
    }

    @Override
    public int hashCode() {
        return count == 0 ? 0 : start.hashCode() + count;
    }
}
