package dev.parlance.engine.chat.template.value;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Locale;

/** Numbers from text and to text, as Python reads and writes them. */
public final class Numbers {
    /** From this decimal exponent on Python writes a float with an exponent. */
    private static final int MAX_PLAIN_EXPONENT = 16;

    private static final int MIN_PLAIN_EXPONENT = -4;

    private Numbers() {}

    /** Python's {@code repr} of a float: the shortest digits that read back as the same value. */
    public static String repr(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        String sign = Double.doubleToRawLongBits(value) < 0 ? "-" : "";
        if (value == 0) {
            return sign + "0.0";
        }
        // Double.toString gives the shortest digits since JDK 19; only their layout differs.
        BigDecimal decimal = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
        if (decimal.precision() == 2) {
            // It writes two digits where one would do: 4.9E-324 for 5e-324.
            BigDecimal shorter = decimal.round(new MathContext(1));
            decimal = shorter.doubleValue() == Math.abs(value) ? shorter : decimal;
        }
        int exponent = decimal.precision() - decimal.scale() - 1;
        if (exponent >= MIN_PLAIN_EXPONENT && exponent < MAX_PLAIN_EXPONENT) {
            String plain = decimal.toPlainString();
            return sign + (plain.indexOf('.') < 0 ? plain + ".0" : plain);
        }
        String digits = decimal.unscaledValue().toString();
        String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
        return sign + digits.charAt(0) + fraction + exponentText(exponent);
    }

    static String exponentText(int exponent) {
        String digits = Integer.toString(Math.abs(exponent));
        return "e" + (exponent < 0 ? "-" : "+") + (digits.length() < 2 ? "0" : "") + digits;
    }

    /** The decimal digits of an integer; refuses very long ones, as Python does. */
    public static String decimal(BigInteger value) {
        String digits = value.toString();
        if (digits.length() > Limits.MAX_INTEGER_DIGITS + 1) {
            throw JinjaException.operation(
                    "an integer of more than "
                            + Limits.MAX_INTEGER_DIGITS
                            + " digits cannot be written");
        }
        return digits;
    }

    /** Python's {@code int(text, base)}; null if the text is no such number. */
    public static @Nullable BigInteger parseInteger(String text, int base) {
        String body = Characters.strip(text);
        boolean negative = body.startsWith("-");
        if (negative || body.startsWith("+")) {
            body = body.substring(1);
        }
        int radix = base;
        String prefix = body.length() > 1 ? body.substring(0, 2).toLowerCase(Locale.ROOT) : "";
        int prefixed =
                switch (prefix) {
                    case "0x" -> 16;
                    case "0o" -> 8;
                    case "0b" -> 2;
                    default -> 0;
                };
        if (prefixed != 0 && (base == 0 || base == prefixed)) {
            radix = prefixed;
            body = body.substring(2);
            body = body.startsWith("_") ? body.substring(1) : body;
        } else if (base == 0) {
            radix = 10;
            String significant = body.replace("_", "");
            if (significant.startsWith("0") && !significant.chars().allMatch(c -> c == '0')) {
                return null;
            }
        }
        String digits = digits(body, radix);
        if (digits == null) {
            return null;
        }
        if (digits.length() > Limits.MAX_INTEGER_DIGITS && Integer.bitCount(radix) != 1) {
            return null;
        }
        Limits.checkTextChars(digits.length());
        if (digits.length() > Limits.MAX_INTEGER_BITS) {
            throw JinjaException.limit("an integer of " + digits.length() + " digits");
        }
        BigInteger value = new BigInteger(digits, radix);
        return negative ? value.negate() : value;
    }

    /** Digits without single underscores between them, as ASCII; null if there is anything else. */
    private static @Nullable String digits(String body, int radix) {
        StringBuilder digits = new StringBuilder();
        boolean afterDigit = false;
        for (int i = 0; i < body.length(); ) {
            int c = body.codePointAt(i);
            i += Character.charCount(c);
            if (c == '_' && afterDigit && i < body.length()) {
                afterDigit = false;
                continue;
            }
            int digit = Character.digit(c, radix);
            if (digit < 0) {
                return null;
            }
            digits.append(Character.forDigit(digit, radix));
            afterDigit = true;
        }
        return digits.isEmpty() || !afterDigit ? null : digits.toString();
    }

    /** Python's {@code float(text)}; null if the text is no number. */
    public static @Nullable Double parseFloat(String text) {
        String body = Characters.strip(text);
        String lower = body.toLowerCase(Locale.ROOT);
        String unsigned =
                lower.startsWith("-") || lower.startsWith("+") ? lower.substring(1) : lower;
        boolean negative = lower.startsWith("-");
        if (unsigned.equals("inf") || unsigned.equals("infinity")) {
            return negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        if (unsigned.equals("nan")) {
            return Double.NaN;
        }
        StringBuilder plain = new StringBuilder(negative ? "-" : "");
        char before = 0;
        boolean anyDigit = false;
        boolean exponent = false;
        for (int i = 0; i < unsigned.length(); i++) {
            char c = unsigned.charAt(i);
            int digit = Character.digit(c, 10);
            boolean digitBefore = before >= '0' && before <= '9';
            if (c == '_') {
                boolean between =
                        digitBefore
                                && i + 1 < unsigned.length()
                                && Character.digit(unsigned.charAt(i + 1), 10) >= 0;
                if (!between) {
                    return null;
                }
            } else if (digit >= 0) {
                plain.append(digit);
                anyDigit = true;
                before = '0';
                continue;
            } else if (c == 'e' && anyDigit && !exponent) {
                exponent = true;
                plain.append(c);
            } else if (c == '.' && !exponent && plain.indexOf(".") < 0) {
                plain.append(c);
            } else if ((c == '-' || c == '+') && before == 'e') {
                plain.append(c);
            } else {
                return null;
            }
            before = c;
        }
        if (!anyDigit || before == 'e' || before == '-' || before == '+') {
            return null;
        }
        return Double.parseDouble(plain.toString());
    }
}
