package dev.parlance.engine.chat.template.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * Python's format specification: how {@code format()} and {@code %} lay a value out.
 *
 * @param fill the character that pads
 * @param align {@code <}, {@code >}, {@code =}, {@code ^}, or 0 for the type's own
 * @param sign {@code +}, {@code -}, space, or 0 if not given
 * @param alternate whether {@code #} was given
 * @param width the least number of characters
 * @param grouping {@code ,} or {@code _} between groups of digits, or 0
 * @param precision −1 if not given
 * @param type the presentation type, or 0
 */
record FormatSpec(
        int fill,
        char align,
        char sign,
        boolean alternate,
        int width,
        char grouping,
        int precision,
        char type) {
    /** As long as anything sensible, and far below what exhausts memory. */
    private static final int MAX_PRECISION = 1000;

    static final FormatSpec PLAIN = new FormatSpec(' ', '\0', '\0', false, 0, '\0', -1, '\0');

    FormatSpec {
        Limits.checkTextChars(width);
        if (precision > MAX_PRECISION) {
            throw JinjaException.limit(
                    "a precision of "
                            + precision
                            + " in a format, at most "
                            + MAX_PRECISION
                            + " is allowed");
        }
    }

    /** Reads {@code [[fill]align][sign][#][0][width][grouping][.precision][type]}. */
    static FormatSpec parse(String spec) {
        int[] c = spec.codePoints().toArray();
        int at = 0;
        int fill = ' ';
        char align = 0;
        boolean fillGiven = c.length > 1 && isAlign(c[1]);
        if (fillGiven) {
            fill = c[0];
            align = (char) c[1];
            at = 2;
        } else if (c.length > 0 && isAlign(c[0])) {
            align = (char) c[0];
            at = 1;
        }
        char sign = 0;
        if (at < c.length && (c[at] == '+' || c[at] == '-' || c[at] == ' ')) {
            sign = (char) c[at++];
        }
        if (at < c.length && c[at] == 'z') {
            throw JinjaException.operation("the format option 'z' is not supported");
        }
        boolean alternate = at < c.length && c[at] == '#';
        at += alternate ? 1 : 0;
        if (at < c.length && c[at] == '0') {
            fill = fillGiven ? fill : '0';
            at++;
        }
        int widthEnd = digits(c, at);
        int width = integer(c, at, widthEnd, 0);
        at = widthEnd;
        char grouping = 0;
        if (at < c.length && (c[at] == ',' || c[at] == '_')) {
            grouping = (char) c[at++];
        }
        int precision = -1;
        if (at < c.length && c[at] == '.') {
            int end = digits(c, at + 1);
            if (end == at + 1) {
                throw JinjaException.operation("Format specifier missing precision");
            }
            precision = integer(c, at + 1, end, -1);
            at = end;
        }
        if (c.length - at > 1) {
            throw JinjaException.operation("Invalid format specifier '" + spec + "'");
        }
        char type = at < c.length ? (char) c[at] : 0;
        return new FormatSpec(fill, align, sign, alternate, width, grouping, precision, type);
    }

    FormatSpec withType(char wanted) {
        return new FormatSpec(fill, align, sign, alternate, width, grouping, precision, wanted);
    }

    FormatSpec withPrecision(int wanted) {
        return new FormatSpec(fill, align, sign, alternate, width, grouping, wanted, type);
    }

    /**
     * An integer as {@code %} lays it out: unlike in {@code format}, a precision is the least
     * number of digits.
     */
    Text withDigits(IntegerValue number) {
        if (precision < 0) {
            return applyInteger(number);
        }
        String digits = bare(number);
        String zeros = "0".repeat(Math.max(0, precision - digits.length()));
        String prefix = alternate && type != 'd' ? "0" + type : "";
        return layOut(number.value().signum() < 0, prefix, zeros + digits, 3);
    }

    private String bare(IntegerValue number) {
        return new FormatSpec(' ', '<', '\0', false, 0, '\0', -1, type)
                .applyInteger(new IntegerValue(number.value().abs()))
                .chars();
    }

    private static boolean isAlign(int c) {
        return c == '<' || c == '>' || c == '=' || c == '^';
    }

    private static int digits(int[] c, int from) {
        int at = from;
        while (at < c.length && c[at] >= '0' && c[at] <= '9') {
            at++;
        }
        return at;
    }

    private static int integer(int[] c, int from, int to, int fallback) {
        if (from == to) {
            return fallback;
        }
        if (to - from > 9) {
            throw JinjaException.operation("Too many decimal digits in format string");
        }
        return Integer.parseInt(new String(c, from, to - from));
    }

    /** Lays a value out, as {@code format(value, spec)} does. */
    Text apply(Value value) {
        return switch (value) {
            case Text text -> applyText(text);
            case BooleanValue flag when type == 0 && equals(PLAIN) -> Repr.str(flag);
            case BooleanValue flag -> applyInteger(flag.asInteger());
            case IntegerValue number -> applyInteger(number);
            case FloatValue number -> applyFloat(number.value());
            default -> {
                if (equals(PLAIN)) {
                    yield Repr.str(value);
                }
                throw JinjaException.operation(
                        "unsupported format string passed to " + value.typeName() + ".__format__");
            }
        };
    }

    private Text applyText(Text text) {
        if ((type != 0 && type != 's') || sign != 0 || alternate || grouping != 0) {
            throw JinjaException.operation("Invalid format specifier for a text");
        }
        if (align == '=') {
            throw JinjaException.operation("'=' alignment not allowed in string format specifier");
        }
        Text shown = text.asMarkup(false);
        if (precision >= 0 && precision < shown.codePointCount()) {
            shown = shown.slice(0, shown.offsetOf(precision));
        }
        return pad(shown, align == 0 ? '<' : align);
    }

    private Text pad(Text shown, char where) {
        Text filler = Text.trusted(Character.toString(fill));
        int missing = Math.max(0, width - shown.codePointCount());
        int left =
                switch (where) {
                    case '<' -> 0;
                    case '^' -> missing / 2;
                    default -> missing;
                };
        return TextOperations.pad(shown, width, filler, left, missing - left);
    }

    private Text applyInteger(IntegerValue number) {
        BigInteger magnitude = number.value().abs();
        boolean negative = number.value().signum() < 0;
        return switch (type) {
            case 'n' -> {
                if (grouping != 0) {
                    throw badGrouping();
                }
                yield withType('d').applyInteger(number);
            }
            case 0, 'd' -> layOut(negative, "", Numbers.decimal(checkNoPrecision(magnitude)), 3);
            case 'x', 'X' -> {
                checkGrouping();
                String digits = checkNoPrecision(magnitude).toString(16);
                yield layOut(
                        negative,
                        alternate ? "0" + type : "",
                        type == 'X' ? digits.toUpperCase(Locale.ROOT) : digits,
                        4);
            }
            case 'o', 'b' -> {
                checkGrouping();
                String digits = checkNoPrecision(magnitude).toString(type == 'o' ? 8 : 2);
                yield layOut(negative, alternate ? "0" + type : "", digits, 4);
            }
            case 'c' -> {
                checkNoPrecision(magnitude);
                if (sign != 0 || grouping != 0 || alternate) {
                    throw JinjaException.operation(
                            "Sign, grouping and # are not allowed with format specifier 'c'");
                }
                int c = number.clamped();
                if (!Character.isValidCodePoint(c)) {
                    throw JinjaException.operation("%c arg not in range(0x110000)");
                }
                yield pad(Text.untrusted(Character.toString(c)), align == 0 ? '>' : align);
            }
            case 'e', 'E', 'f', 'F', 'g', 'G', '%' -> applyFloat(number.toDouble());
            default -> throw unknownType("int");
        };
    }

    /** Only underscores may stand between digits that are not decimal. */
    private void checkGrouping() {
        if (grouping == ',') {
            throw badGrouping();
        }
    }

    private JinjaException badGrouping() {
        return JinjaException.operation("Cannot specify '" + grouping + "' with '" + type + "'.");
    }

    private BigInteger checkNoPrecision(BigInteger value) {
        if (precision >= 0) {
            throw JinjaException.operation("Precision not allowed in integer format specifier");
        }
        return value;
    }

    private JinjaException unknownType(String of) {
        return JinjaException.operation(
                "Unknown format code '" + type + "' for object of type '" + of + "'");
    }

    private Text applyFloat(double value) {
        if (type == 'n' && grouping != 0) {
            throw badGrouping();
        }
        boolean negative = Double.doubleToRawLongBits(value) < 0 && !Double.isNaN(value);
        String body = floatBody(Math.abs(value));
        return layOut(negative, "", body, 3);
    }

    /** The magnitude of a float in this presentation, without sign and padding. */
    private String floatBody(double magnitude) {
        boolean upper = type == 'E' || type == 'F' || type == 'G';
        if (Double.isNaN(magnitude) || Double.isInfinite(magnitude)) {
            String name = Double.isNaN(magnitude) ? "nan" : "inf";
            return (upper ? name.toUpperCase(Locale.ROOT) : name) + (type == '%' ? "%" : "");
        }
        int digits = precision < 0 ? 6 : precision;
        String body =
                switch (type) {
                    case 'f', 'F' -> fixed(new BigDecimal(magnitude), digits);
                    case '%' -> fixed(new BigDecimal(magnitude * 100), digits) + "%";
                    case 'e', 'E' -> scientific(magnitude, digits);
                    case 'g', 'G' -> general(magnitude, Math.max(1, digits), false);
                    case 'n' -> general(magnitude, Math.max(1, digits), false);
                    case 0 ->
                            precision < 0
                                    ? shortest(magnitude)
                                    : general(magnitude, Math.max(1, digits), true);
                    default -> throw unknownType("float");
                };
        return upper ? body.toUpperCase(Locale.ROOT) : body;
    }

    private String shortest(double magnitude) {
        String repr = Numbers.repr(magnitude);
        return alternate && repr.indexOf('.') < 0 ? repr.replace("e", ".e") : repr;
    }

    private String fixed(BigDecimal value, int digits) {
        String plain = value.setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
        return alternate && digits == 0 ? plain + "." : plain;
    }

    private String scientific(double magnitude, int digits) {
        BigDecimal rounded = rounded(magnitude, digits + 1);
        String all = rounded.unscaledValue().toString();
        all = all + "0".repeat(Math.max(0, digits + 1 - all.length()));
        int exponent = magnitude == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
        String fraction = digits > 0 ? "." + all.substring(1, digits + 1) : alternate ? "." : "";
        return all.charAt(0) + fraction + Numbers.exponentText(exponent);
    }

    private static BigDecimal rounded(double magnitude, int digits) {
        return new BigDecimal(magnitude).round(new MathContext(digits, RoundingMode.HALF_EVEN));
    }

    /** Fixed or scientific, by the size of the number; trailing zeros go unless {@code #}. */
    private String general(double magnitude, int digits, boolean likeRepr) {
        BigDecimal rounded = rounded(magnitude, digits);
        int exponent = magnitude == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
        boolean plain = exponent >= -4 && exponent < (likeRepr ? digits - 1 : digits);
        String body =
                plain
                        ? fixed(rounded, Math.max(0, digits - 1 - exponent))
                        : scientific(magnitude, digits - 1);
        if (alternate) {
            return body;
        }
        int e = body.indexOf('e');
        String mantissa = e < 0 ? body : body.substring(0, e);
        String tail = e < 0 ? "" : body.substring(e);
        if (mantissa.indexOf('.') >= 0) {
            mantissa = mantissa.replaceAll("0+$", "").replaceAll("\\.$", "");
        }
        boolean needsPoint = likeRepr && e < 0 && mantissa.indexOf('.') < 0;
        return mantissa + (needsPoint ? ".0" : "") + tail;
    }

    /** Sign, prefix, grouped digits and padding. */
    private Text layOut(boolean negative, String prefix, String body, int groupSize) {
        String head =
                (negative ? "-" : sign == '+' || sign == ' ' ? String.valueOf(sign) : "") + prefix;
        String grouped = grouping == 0 ? body : group(body, groupSize, head.length());
        if (padsInside()) {
            int missing = Math.max(0, width - head.length() - grouped.length());
            return Text.trusted(head + Character.toString(fill).repeat(missing) + grouped);
        }
        return pad(Text.trusted(head + grouped), align == 0 ? '>' : align);
    }

    /** Whether padding goes between sign and digits; a zero before the width alone means that. */
    private boolean padsInside() {
        return align == '=' || (align == 0 && fill == '0');
    }

    private String group(String body, int size, int headLength) {
        int radix = size == 3 ? 10 : 16;
        int end = 0;
        while (end < body.length() && Character.digit(body.charAt(end), radix) >= 0) {
            end++;
        }
        String tail = body.substring(end);
        int count = end;
        if (padsInside() && fill == '0') {
            // Zeros that pad are grouped with the digits.
            while (headLength + groupedLength(count, size) + tail.length() < width) {
                count++;
            }
        }
        String digits = "0".repeat(count - end) + body.substring(0, end);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < count; i++) {
            if (i > 0 && (count - i) % size == 0) {
                out.append(grouping);
            }
            out.append(digits.charAt(i));
        }
        return out + tail;
    }

    private static int groupedLength(int digits, int size) {
        return digits + (digits - 1) / size;
    }
}
