package dev.parlance.engine.json;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;

/**
 * A JSON number, kept as written: {@code 1} and {@code 1.0} differ, and 64-bit seeds lose no digit.
 *
 * <p>Errors: the constructor refuses text that is not a JSON number.
 */
public record JsonNumber(String text) implements JsonValue {
    public JsonNumber {
        requireNonNull(text, "text");
        if (!Grammar.isNumber(text)) {
            throw new IllegalArgumentException("not a JSON number: " + text);
        }
    }

    public static JsonNumber of(long value) {
        return new JsonNumber(Long.toString(value));
    }

    /** A finite double, as the shortest text that reads back as the same value. */
    public static JsonNumber of(double value) {
        return new JsonNumber(Double.toString(value));
    }

    /** Whether the number is written without fraction and exponent. */
    public boolean isWrittenAsInteger() {
        return text.indexOf('.') < 0 && text.indexOf('e') < 0 && text.indexOf('E') < 0;
    }

    /** The nearest double; infinite if the number is beyond a double's range. */
    public double doubleValue() {
        return Double.parseDouble(text);
    }

    /**
     * Whether this is a whole number within a long, however it is written ({@code 3}, {@code 3.0},
     * {@code 3e2}).
     */
    public boolean isLong() {
        if (isWrittenAsInteger()) {
            return text.length() <= 20 && Grammar.fitsLong(text);
        }
        double value = doubleValue();
        return value == Math.rint(value) && Math.abs(value) <= 0x1p53;
    }

    /**
     * This whole number as a long.
     *
     * @throws ArithmeticException if {@link #isLong()} is false
     */
    public long longValue() {
        if (!isLong()) {
            throw new ArithmeticException("not a whole number within 64 bits: " + text);
        }
        return isWrittenAsInteger() ? Long.parseLong(text) : (long) doubleValue();
    }

    /**
     * The exact value. Cost: grows with the exponent; use it only on numbers this program wrote.
     */
    public BigDecimal decimalValue() {
        return new BigDecimal(text);
    }

    @Override
    public String kind() {
        return "a number";
    }

    private static final class Grammar {
        static boolean isNumber(String s) {
            int i = 0;
            int n = s.length();
            if (i < n && s.charAt(i) == '-') {
                i++;
            }
            int integer = digits(s, i);
            if (integer == i || (s.charAt(i) == '0' && integer > i + 1)) {
                return false;
            }
            i = integer;
            if (i < n && s.charAt(i) == '.') {
                int fraction = digits(s, i + 1);
                if (fraction == i + 1) {
                    return false;
                }
                i = fraction;
            }
            if (i < n && (s.charAt(i) == 'e' || s.charAt(i) == 'E')) {
                int sign = i + 1;
                if (sign < n && (s.charAt(sign) == '+' || s.charAt(sign) == '-')) {
                    sign++;
                }
                int exponent = digits(s, sign);
                if (exponent == sign) {
                    return false;
                }
                i = exponent;
            }
            return i == n;
        }

        private static int digits(String s, int from) {
            int i = from;
            while (i < s.length() && s.charAt(i) >= '0' && s.charAt(i) <= '9') {
                i++;
            }
            return i;
        }

        static boolean fitsLong(String integer) {
            try {
                Long.parseLong(integer);
                return true;
            } catch (NumberFormatException tooLarge) {
                return false;
            }
        }
    }
}
