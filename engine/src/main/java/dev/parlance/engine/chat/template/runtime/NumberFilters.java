package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.value.Arguments;
import dev.parlance.engine.chat.template.value.BooleanValue;
import dev.parlance.engine.chat.template.value.Conversions;
import dev.parlance.engine.chat.template.value.FloatValue;
import dev.parlance.engine.chat.template.value.IntegerValue;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.chat.template.value.Numbers;
import dev.parlance.engine.chat.template.value.Operators;
import dev.parlance.engine.chat.template.value.Text;
import dev.parlance.engine.chat.template.value.Undefined;
import dev.parlance.engine.chat.template.value.Value;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;

/** Filters that give numbers, or text about numbers. */
final class NumberFilters {
    /** Beyond this no float has digits left to round. */
    private static final int MAX_PRECISION = 400;

    private NumberFilters() {}

    static void addTo(Map<String, Filter> all) {
        all.put("int", NumberFilters::toInteger);
        all.put("float", NumberFilters::toFloat);
        all.put("round", NumberFilters::round);
        all.put("abs", (_, input, a) -> absolute(input, a));
        all.put("filesizeformat", NumberFilters::fileSize);
    }

    private static Value toInteger(Evaluator evaluator, Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("int", "default", "base");
        Value fallback = bound.or(0, IntegerValue.of(0));
        return switch (input) {
            case IntegerValue number -> number;
            case BooleanValue flag -> flag.asInteger();
            case FloatValue number ->
                    Double.isNaN(number.value()) ? fallback : Conversions.truncate(number.value());
            case Text text -> {
                IntegerValue base = integer(bound.or(1, IntegerValue.of(10)));
                BigInteger number = base == null ? null : parse(text.chars(), base.clamped());
                if (number != null) {
                    yield new IntegerValue(number);
                }
                Double decimal = Numbers.parseFloat(text.chars());
                yield decimal == null || !Double.isFinite(decimal)
                        ? fallback
                        : Conversions.truncate(decimal);
            }
            case Undefined undefined -> throw undefined.error();
            default -> fallback;
        };
    }

    private static @Nullable BigInteger parse(String text, int base) {
        return base == 0 || (base >= 2 && base <= 36) ? Numbers.parseInteger(text, base) : null;
    }

    private static Value toFloat(Evaluator evaluator, Value input, Arguments arguments) {
        Value fallback = arguments.bind("float", "default").or(0, new FloatValue(0));
        return switch (input) {
            case IntegerValue number -> new FloatValue(number.toDouble());
            case BooleanValue flag -> new FloatValue(flag.isTrue() ? 1 : 0);
            case FloatValue number -> number;
            case Text text -> {
                Double number = Numbers.parseFloat(text.chars());
                yield number == null ? fallback : new FloatValue(number);
            }
            case Undefined undefined -> throw undefined.error();
            default -> fallback;
        };
    }

    private static @Nullable IntegerValue integer(Value value) {
        return switch (value) {
            case IntegerValue number -> number;
            case BooleanValue flag -> flag.asInteger();
            default -> null;
        };
    }

    private static Value round(Evaluator evaluator, Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("round", "precision", "method");
        int precision = bound.integer(0, 0);
        String method = bound.text(1, Text.trusted("common")).chars();
        IntegerValue whole = integer(input);
        switch (method) {
            case "common" -> {
                if (whole != null) {
                    return roundInteger(whole, precision);
                }
                return roundFloat(input, precision);
            }
            case "ceil", "floor" -> {
                return roundTo(input, precision, method.equals("ceil"));
            }
            default -> throw JinjaException.operation("method must be common, ceil or floor");
        }
    }

    private static Value roundInteger(IntegerValue number, int precision) {
        if (precision >= 0) {
            return number;
        }
        if (precision < -MAX_PRECISION) {
            return IntegerValue.of(0);
        }
        BigDecimal rounded =
                new BigDecimal(number.value()).setScale(precision, RoundingMode.HALF_EVEN);
        return new IntegerValue(rounded.toBigInteger());
    }

    private static Value roundFloat(Value input, int precision) {
        if (!(input instanceof FloatValue number)) {
            if (input instanceof Undefined undefined) {
                throw undefined.error();
            }
            throw JinjaException.operation(
                    "type " + input.typeName() + " doesn't define __round__ method");
        }
        if (!Double.isFinite(number.value()) || precision > MAX_PRECISION) {
            return number;
        }
        if (precision < -MAX_PRECISION) {
            return new FloatValue(Math.copySign(0.0, number.value()));
        }
        double rounded =
                new BigDecimal(number.value())
                        .setScale(precision, RoundingMode.HALF_EVEN)
                        .doubleValue();
        return new FloatValue(Math.copySign(rounded, number.value()));
    }

    /** Up or down at a decimal place, by multiplying and dividing, errors of floats included. */
    private static Value roundTo(Value input, int precision, boolean up) {
        Value factor = Operators.power(IntegerValue.of(10), IntegerValue.of(precision));
        Value scaled = Operators.multiply(input, factor);
        Value whole;
        if (scaled instanceof FloatValue number) {
            double value = number.value();
            whole = Conversions.truncate(up ? Math.ceil(value) : Math.floor(value));
        } else {
            whole = scaled;
        }
        return Operators.divide(whole, factor);
    }

    private static Value absolute(Value input, Arguments arguments) {
        arguments.bind("abs");
        IntegerValue whole = integer(input);
        if (whole != null) {
            return new IntegerValue(whole.value().abs());
        }
        if (input instanceof FloatValue number) {
            return new FloatValue(Math.abs(number.value()));
        }
        throw JinjaException.operation("bad operand type for abs(): '" + input.typeName() + "'");
    }

    private static Value fileSize(Evaluator evaluator, Value input, Arguments arguments) {
        boolean binary = arguments.bind("filesizeformat", "binary").isTrue(0, false);
        if (input instanceof Undefined undefined) {
            throw undefined.error();
        }
        Double parsed = input instanceof Text text ? Numbers.parseFloat(text.chars()) : null;
        double bytes = parsed == null ? Operators.toDouble(input) : parsed;
        double base = binary ? 1024 : 1000;
        if (bytes == 1) {
            return Text.trusted("1 Byte");
        }
        if (bytes < base) {
            return Text.trusted(Conversions.truncate(bytes).value() + " Bytes");
        }
        double unit = base;
        String prefixes = "kMGTPEZY";
        int prefix = -1;
        do {
            prefix++;
            unit *= base;
        } while (bytes >= unit && prefix < prefixes.length() - 1);
        Text number =
                (Text) Operators.modulo(Text.trusted("%.1f"), new FloatValue(base * bytes / unit));
        String name = prefixes.substring(prefix, prefix + 1);
        String suffix = binary ? name.toUpperCase(Locale.ROOT) + "iB" : name + "B";
        return Text.trusted(number.chars() + " " + suffix);
    }
}
