package dev.parlance.engine.chat.template.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/** Python's arithmetic operators. */
public final class Operators {
    /** More digits than a double can tell apart, so that the quotient is rounded once. */
    private static final MathContext QUOTIENT = new MathContext(60);

    private Operators() {}

    /** A number as such: flags are 0 and 1. */
    static Value number(Value value) {
        return value instanceof BooleanValue flag ? flag.asInteger() : value;
    }

    private static boolean areNumbers(Value left, Value right) {
        return Comparison.isNumber(left) && Comparison.isNumber(right);
    }

    public static Value add(Value left, Value right) {
        if (left instanceof Text a && right instanceof Text b) {
            return concatenate(a, b);
        }
        if (left instanceof ListValue a && right instanceof ListValue b) {
            return ListValue.concatenated(a, b, joined(a.items(), b.items()));
        }
        if (left instanceof TupleValue a && right instanceof TupleValue b) {
            return TupleValue.of(joined(a.items(), b.items()));
        }
        if (areNumbers(left, right)) {
            Value a = number(left);
            Value b = number(right);
            return a instanceof IntegerValue x && b instanceof IntegerValue y
                    ? new IntegerValue(x.value().add(y.value()))
                    : new FloatValue(toDouble(a) + toDouble(b));
        }
        if (left instanceof Text || left instanceof ListValue || left instanceof TupleValue) {
            if (right instanceof Undefined undefined) {
                throw undefined.error();
            }
            String type = left.typeName();
            throw JinjaException.operation(
                    "can only concatenate "
                            + type
                            + " (not \""
                            + right.typeName()
                            + "\") to "
                            + type);
        }
        throw unsupported("+", left, right);
    }

    /** Markup escapes what is joined to it, from either side. */
    private static Text concatenate(Text left, Text right) {
        if (left.isMarkup() || right.isMarkup()) {
            return Markup.escape(left).plus(Markup.escape(right));
        }
        return left.plus(right);
    }

    private static List<Value> joined(List<Value> left, List<Value> right) {
        Limits.checkElements((long) left.size() + right.size());
        List<Value> all = new ArrayList<>(left.size() + right.size());
        all.addAll(left);
        all.addAll(right);
        return all;
    }

    public static Value subtract(Value left, Value right) {
        if (!areNumbers(left, right)) {
            throw unsupported("-", left, right);
        }
        Value a = number(left);
        Value b = number(right);
        return a instanceof IntegerValue x && b instanceof IntegerValue y
                ? new IntegerValue(x.value().subtract(y.value()))
                : new FloatValue(toDouble(a) - toDouble(b));
    }

    public static Value multiply(Value left, Value right) {
        if (areNumbers(left, right)) {
            Value a = number(left);
            Value b = number(right);
            return a instanceof IntegerValue x && b instanceof IntegerValue y
                    ? new IntegerValue(x.value().multiply(y.value()))
                    : new FloatValue(toDouble(a) * toDouble(b));
        }
        if (number(right) instanceof IntegerValue times && isSequence(left)) {
            return repeat(left, times);
        }
        if (number(left) instanceof IntegerValue times && isSequence(right)) {
            return repeat(right, times);
        }
        if (isSequence(left) && !(right instanceof Undefined)) {
            throw JinjaException.operation(
                    "can't multiply sequence by non-int of type '" + right.typeName() + "'");
        }
        throw unsupported("*", left, right);
    }

    private static boolean isSequence(Value value) {
        return value instanceof Text || value instanceof ListValue || value instanceof TupleValue;
    }

    private static Value repeat(Value sequence, IntegerValue times) {
        if (times.value().bitLength() >= Long.SIZE) {
            throw JinjaException.operation("cannot fit 'int' into an index-sized integer");
        }
        int count = Math.max(0, times.clamped());
        return switch (sequence) {
            case Text text ->
                    new TextBuilder()
                            .repeat(text, text.isEmpty() ? 0 : count)
                            .build()
                            .asMarkup(text.isMarkup());
            case ListValue list -> ListValue.of(repeated(list.items(), count));
            case TupleValue tuple -> TupleValue.of(repeated(tuple.items(), count));
            default -> throw new IllegalStateException("no sequence: " + sequence.typeName());
        };
    }

    private static List<Value> repeated(List<Value> items, int times) {
        Limits.checkElements((long) items.size() * times);
        List<Value> all = new ArrayList<>(items.size() * times);
        for (int i = 0; i < times && !items.isEmpty(); i++) {
            all.addAll(items);
        }
        return all;
    }

    public static Value divide(Value left, Value right) {
        if (!areNumbers(left, right)) {
            throw unsupported("/", left, right);
        }
        Value a = number(left);
        Value b = number(right);
        checkDivisor(b);
        if (a instanceof IntegerValue x && b instanceof IntegerValue y) {
            double quotient =
                    new BigDecimal(x.value())
                            .divide(new BigDecimal(y.value()), QUOTIENT)
                            .doubleValue();
            if (Double.isInfinite(quotient)) {
                throw JinjaException.operation("integer division result too large for a float");
            }
            return new FloatValue(quotient);
        }
        return new FloatValue(toDouble(a) / toDouble(b));
    }

    private static void checkDivisor(Value divisor) {
        if (!divisor.isTrue()) {
            throw JinjaException.operation("division by zero");
        }
    }

    /** Division rounded down: {@code -7 // 2} is −4. */
    public static Value divideFloor(Value left, Value right) {
        if (!areNumbers(left, right)) {
            throw unsupported("//", left, right);
        }
        Value a = number(left);
        Value b = number(right);
        checkDivisor(b);
        if (a instanceof IntegerValue x && b instanceof IntegerValue y) {
            BigInteger[] parts = x.value().divideAndRemainder(y.value());
            boolean below = parts[1].signum() != 0 && parts[1].signum() != y.value().signum();
            return new IntegerValue(below ? parts[0].subtract(BigInteger.ONE) : parts[0]);
        }
        double x = toDouble(a);
        double y = toDouble(b);
        double remainder = remainder(x, y);
        double quotient = (x - remainder) / y;
        if (quotient == 0) {
            return new FloatValue(Math.copySign(0.0, x / y));
        }
        double floor = Math.floor(quotient);
        return new FloatValue(quotient - floor > 0.5 ? floor + 1 : floor);
    }

    /** The remainder with the divisor's sign, or formatted text if the left side is one. */
    public static Value modulo(Value left, Value right) {
        if (left instanceof Text format) {
            return PercentFormat.format(format, right);
        }
        if (!areNumbers(left, right)) {
            throw unsupported("%", left, right);
        }
        Value a = number(left);
        Value b = number(right);
        checkDivisor(b);
        if (a instanceof IntegerValue x && b instanceof IntegerValue y) {
            BigInteger remainder = x.value().remainder(y.value());
            boolean wrongSign = remainder.signum() != 0 && remainder.signum() != y.value().signum();
            return new IntegerValue(wrongSign ? remainder.add(y.value()) : remainder);
        }
        return new FloatValue(remainder(toDouble(a), toDouble(b)));
    }

    private static double remainder(double x, double y) {
        double remainder = x % y;
        if (remainder == 0) {
            return Math.copySign(0.0, y);
        }
        return (remainder < 0) == (y < 0) ? remainder : remainder + y;
    }

    public static Value power(Value left, Value right) {
        if (!areNumbers(left, right)) {
            throw unsupported("** or pow()", left, right);
        }
        Value a = number(left);
        Value b = number(right);
        if (a instanceof IntegerValue x && b instanceof IntegerValue y && y.value().signum() >= 0) {
            return integerPower(x.value(), y);
        }
        double base = toDouble(a);
        double exponent = toDouble(b);
        if (base == 0 && exponent < 0) {
            throw JinjaException.operation("0.0 cannot be raised to a negative power");
        }
        if (base < 0 && Double.isFinite(base) && exponent != Math.rint(exponent)) {
            throw JinjaException.operation("complex numbers are not supported");
        }
        // Python follows C here, where 1 to any power is 1.
        double result = base == 1 ? 1 : Math.pow(base, exponent);
        if (Double.isInfinite(result) && Double.isFinite(base) && Double.isFinite(exponent)) {
            throw JinjaException.operation("the result of ** is too large for a float");
        }
        return new FloatValue(result);
    }

    private static Value integerPower(BigInteger base, IntegerValue exponent) {
        if (base.abs().compareTo(BigInteger.ONE) <= 0) {
            boolean odd = exponent.value().testBit(0);
            return new IntegerValue(odd ? base : base.multiply(base).max(zeroth(exponent)));
        }
        long bits = (long) (base.bitLength() - 1) * exponent.clamped();
        if (!exponent.isInt() || bits > Limits.MAX_INTEGER_BITS) {
            throw JinjaException.limit(
                    "an integer of more than " + Limits.MAX_INTEGER_BITS + " bits");
        }
        return new IntegerValue(base.pow(exponent.clamped()));
    }

    /** One if the exponent is zero: even 0 to the power of 0 is 1. */
    private static BigInteger zeroth(IntegerValue exponent) {
        return exponent.isTrue() ? BigInteger.ZERO : BigInteger.ONE;
    }

    public static Value negate(Value value) {
        return switch (number(value)) {
            case IntegerValue number -> new IntegerValue(number.value().negate());
            case FloatValue number -> new FloatValue(-number.value());
            case Undefined undefined -> throw undefined.error();
            default -> throw badOperand("-", value);
        };
    }

    public static Value plus(Value value) {
        return switch (number(value)) {
            case IntegerValue number -> number;
            case FloatValue number -> number;
            case Undefined undefined -> throw undefined.error();
            default -> throw badOperand("+", value);
        };
    }

    private static JinjaException badOperand(String operator, Value value) {
        return JinjaException.operation(
                "bad operand type for unary " + operator + ": '" + value.typeName() + "'");
    }

    /** A number as a double. */
    public static double toDouble(Value number) {
        return switch (number) {
            case IntegerValue integer -> integer.toDouble();
            case FloatValue decimal -> decimal.value();
            case BooleanValue flag -> flag.isTrue() ? 1 : 0;
            case Undefined undefined -> throw undefined.error();
            default ->
                    throw JinjaException.operation("must be real number, not " + number.typeName());
        };
    }

    private static JinjaException unsupported(String operator, Value left, Value right) {
        if (left instanceof Undefined undefined) {
            return undefined.error();
        }
        if (right instanceof Undefined undefined) {
            return undefined.error();
        }
        return JinjaException.operation(
                "unsupported operand type(s) for "
                        + operator
                        + ": '"
                        + left.typeName()
                        + "' and '"
                        + right.typeName()
                        + "'");
    }
}
