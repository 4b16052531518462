package dev.parlance.engine.chat.template.value;

import java.util.Iterator;
import java.util.List;

/** Python's {@code %} on strings. What is put in keeps its own marks. */
final class PercentFormat {
    private static final String CONVERSIONS = "diouxXeEfFgGcrsa";

    private final Text format;
    private final String chars;
    private final Value arguments;
    private final Iterator<Value> positional;
    private final TextBuilder out = new TextBuilder();
    private int at;

    private PercentFormat(Text format, Value arguments) {
        this.format = format;
        this.chars = format.chars();
        this.arguments = arguments;
        this.positional =
                arguments instanceof TupleValue tuple
                        ? tuple.items().iterator()
                        : List.of(arguments).iterator();
    }

    static Text format(Text format, Value arguments) {
        return new PercentFormat(format, arguments).run().asMarkup(format.isMarkup());
    }

    private Text run() {
        while (true) {
            int percent = chars.indexOf('%', at);
            if (percent < 0) {
                break;
            }
            out.append(format, at, percent);
            at = percent + 1;
            conversion(percent);
        }
        out.append(format, at, chars.length());
        boolean mayHaveMore = arguments instanceof DictValue || isOtherMapping();
        if (positional.hasNext() && !mayHaveMore) {
            throw JinjaException.operation("not all arguments converted during string formatting");
        }
        return out.build();
    }

    /** Whatever can be subscripted passes for a mapping here. */
    private boolean isOtherMapping() {
        return arguments instanceof ListValue
                || arguments instanceof RangeValue
                || arguments instanceof Undefined;
    }

    private void conversion(int percent) {
        Value keyed = null;
        if (peek() == '(') {
            keyed = byName();
        }
        boolean left = false;
        boolean zero = false;
        boolean alternate = false;
        char sign = 0;
        for (; "-+ #0".indexOf(peek()) >= 0; at++) {
            switch (peek()) {
                case '-' -> left = true;
                case '+' -> sign = '+';
                case ' ' -> sign = sign == '+' ? '+' : ' ';
                case '#' -> alternate = true;
                default -> zero = true;
            }
        }
        int width = number();
        if (width < 0) {
            left = true;
            width = -width;
        }
        int precision = -1;
        if (peek() == '.') {
            at++;
            precision = Math.max(0, number());
        }
        while (peek() == 'h' || peek() == 'l' || peek() == 'L') {
            at++;
        }
        char type = peek();
        at++;
        if (type == '%' && at == percent + 2) {
            out.append(format, percent, percent + 1);
            return;
        }
        if (CONVERSIONS.indexOf(type) < 0) {
            throw JinjaException.operation(
                    "unsupported format character '" + type + "' at index " + (at - 1));
        }
        Value value = keyed != null ? keyed : next();
        char align = left ? '<' : zero && type != 'c' && "rsa".indexOf(type) < 0 ? '=' : '>';
        FormatSpec spec =
                new FormatSpec(
                        align == '=' ? '0' : ' ',
                        align,
                        sign,
                        alternate,
                        width,
                        '\0',
                        precision,
                        type);
        out.append(convert(value, spec));
    }

    /** The next character of the format; the end of it is an error where one is needed. */
    private char peek() {
        if (at >= chars.length()) {
            throw JinjaException.operation("incomplete format");
        }
        return chars.charAt(at);
    }

    private Value byName() {
        int end = at;
        int depth = 0;
        do {
            if (end >= chars.length()) {
                throw JinjaException.operation("incomplete format key");
            }
            depth += chars.charAt(end) == '(' ? 1 : chars.charAt(end) == ')' ? -1 : 0;
            end++;
        } while (depth > 0);
        Text name = format.slice(at + 1, end - 1);
        at = end;
        if (!(arguments instanceof DictValue dict)) {
            throw JinjaException.operation("format requires a mapping");
        }
        Value value = dict.find(name);
        if (value == null) {
            throw JinjaException.operation("KeyError: " + Repr.repr(name));
        }
        return value;
    }

    private int number() {
        if (peek() == '*') {
            at++;
            if (Operators.number(next()) instanceof IntegerValue given) {
                return given.clamped();
            }
            throw JinjaException.operation("* wants int");
        }
        int from = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        if (at - from > 9) {
            throw JinjaException.operation("width too big");
        }
        return from == at ? 0 : Integer.parseInt(chars.substring(from, at));
    }

    private Value next() {
        if (!positional.hasNext()) {
            throw JinjaException.operation("not enough arguments for format string");
        }
        return positional.next();
    }

    private Text convert(Value value, FormatSpec spec) {
        return switch (spec.type()) {
            case 's' -> text(format.isMarkup() ? Markup.escape(value) : Repr.str(value), spec);
            case 'r' -> text(Repr.repr(value), spec);
            case 'a' -> text(Repr.ascii(value), spec);
            case 'c' -> character(value, spec);
            case 'd', 'i', 'u', 'o', 'x', 'X' -> integer(value, spec);
            default -> {
                if (value instanceof Undefined undefined) {
                    throw undefined.error();
                }
                yield spec.apply(new FloatValue(Operators.toDouble(value)));
            }
        };
    }

    private static Text text(Text shown, FormatSpec spec) {
        return new FormatSpec(
                        ' ', spec.align(), '\0', false, spec.width(), '\0', spec.precision(), 's')
                .apply(shown);
    }

    private static Text character(Value value, FormatSpec spec) {
        if (value instanceof Text text && text.codePointCount() == 1) {
            return text(text, spec.withPrecision(-1));
        }
        if (!(Operators.number(value) instanceof IntegerValue number)) {
            throw JinjaException.operation("%c requires int or char");
        }
        int c = number.clamped();
        if (!Character.isValidCodePoint(c)) {
            throw JinjaException.operation("%c arg not in range(0x110000)");
        }
        // A character made from a number may come from anywhere.
        return text(Text.untrusted(Character.toString(c)), spec.withPrecision(-1));
    }

    private static Text integer(Value value, FormatSpec spec) {
        Value number = Operators.number(value);
        boolean decimal = "diu".indexOf(spec.type()) >= 0;
        if (number instanceof FloatValue given && decimal) {
            number = Conversions.truncate(given.value());
        }
        if (number instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (!(number instanceof IntegerValue integer)) {
            throw JinjaException.operation(
                    "%"
                            + spec.type()
                            + " format: "
                            + (decimal ? "a real number" : "an integer")
                            + " is required, not "
                            + value.typeName());
        }
        return spec.withType(decimal ? 'd' : spec.type()).withDigits(integer);
    }
}
