package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.value.Arguments;
import dev.parlance.engine.chat.template.value.BooleanValue;
import dev.parlance.engine.chat.template.value.DictValue;
import dev.parlance.engine.chat.template.value.DictView;
import dev.parlance.engine.chat.template.value.FloatValue;
import dev.parlance.engine.chat.template.value.FunctionValue;
import dev.parlance.engine.chat.template.value.IntegerValue;
import dev.parlance.engine.chat.template.value.IteratorValue;
import dev.parlance.engine.chat.template.value.ListValue;
import dev.parlance.engine.chat.template.value.NamespaceValue;
import dev.parlance.engine.chat.template.value.NoneValue;
import dev.parlance.engine.chat.template.value.ObjectValue;
import dev.parlance.engine.chat.template.value.RangeValue;
import dev.parlance.engine.chat.template.value.Subscripts;
import dev.parlance.engine.chat.template.value.Text;
import dev.parlance.engine.chat.template.value.TupleValue;
import dev.parlance.engine.chat.template.value.Undefined;
import dev.parlance.engine.chat.template.value.Value;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.Set;
import java.util.function.Function;

/**
 * Looks attributes and elements up as Jinja2's sandbox does: {@code a.b} prefers Python's
 * attributes to elements, {@code a['b']} the other way round, and what would change a value or
 * reach into Python is undefined.
 */
final class Attributes {
    private static final Set<String> LIST_MUTATORS =
            Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");
    private static final Set<String> DICT_MUTATORS =
            Set.of("clear", "pop", "popitem", "setdefault", "update");

    private Attributes() {}

    /** {@code owner.name} */
    static Value attribute(Evaluator evaluator, Value owner, String name) {
        if (owner instanceof Undefined undefined) {
            throw undefined.error();
        }
        Value found = own(evaluator, owner, name);
        if (found == null && owner instanceof DictValue dict) {
            found = dict.find(Text.trusted(name));
        }
        return found == null ? Undefined.attribute(owner, name) : found;
    }

    /** {@code owner[key]} */
    static Value element(Evaluator evaluator, Value owner, Value key) {
        if (owner instanceof Undefined undefined) {
            throw undefined.error();
        }
        Value found = Subscripts.find(owner, key);
        if (found == null && key instanceof Text name) {
            found = own(evaluator, owner, name.chars());
        }
        return found == null ? Undefined.element(owner, key) : found;
    }

    /** What Python's {@code getattr} finds, as far as the sandbox lets it through; or null. */
    static @Nullable Value own(Evaluator evaluator, Value owner, String name) {
        if (owner instanceof NamespaceValue namespace) {
            Value value = namespace.attributes().get(name);
            return value != null && name.startsWith("_") ? unsafe(owner, name) : value;
        }
        if (isMutator(owner, name)) {
            return unsafe(owner, name);
        }
        return switch (owner) {
            case Text text -> method(name, TextMethods.find(evaluator, text, name));
            case ListValue list -> method(name, SequenceMethods.find(evaluator, list, name));
            case TupleValue tuple -> {
                int named = tuple.names().indexOf(name);
                yield named >= 0
                        ? tuple.items().get(named)
                        : method(name, SequenceMethods.find(evaluator, tuple, name));
            }
            case DictValue dict -> method(name, SequenceMethods.find(evaluator, dict, name));
            case ObjectValue object -> object.attribute(name);
            case IntegerValue number -> number(number, name);
            case BooleanValue flag -> number(flag.asInteger(), name);
            case FloatValue number -> number(number, name);
            case RangeValue range ->
                    switch (name) {
                        case "start" -> new IntegerValue(range.start());
                        case "stop" -> new IntegerValue(range.stop());
                        case "step" -> new IntegerValue(range.step());
                        default -> method(name, SequenceMethods.find(evaluator, range, name));
                    };
            case FunctionValue function ->
                    function.name().equals("dict") && name.equals("fromkeys")
                            ? new NativeFunction(name, a -> SequenceMethods.fromKeys(evaluator, a))
                            : null;
            case NoneValue _, Undefined _, DictView _, IteratorValue _, NamespaceValue _ -> null;
        };
    }

    private static boolean isMutator(Value owner, String name) {
        return (owner instanceof ListValue && LIST_MUTATORS.contains(name))
                || (owner instanceof DictValue && DICT_MUTATORS.contains(name));
    }

    private static Undefined unsafe(Value owner, String name) {
        return Undefined.because(
                "access to attribute '"
                        + name
                        + "' of '"
                        + owner.typeName()
                        + "' object is unsafe.");
    }

    private static @Nullable Value method(String name, @Nullable Function<Arguments, Value> body) {
        return body == null ? null : new NativeFunction(name, body);
    }

    private static @Nullable Value number(IntegerValue number, String name) {
        return switch (name) {
            case "real", "numerator" -> number;
            case "imag" -> IntegerValue.of(0);
            case "denominator" -> IntegerValue.of(1);
            case "bit_length" ->
                    new NativeFunction(
                            name, _ -> IntegerValue.of(number.value().abs().bitLength()));
            case "bit_count" ->
                    new NativeFunction(name, _ -> IntegerValue.of(number.value().abs().bitCount()));
            case "conjugate" -> new NativeFunction(name, _ -> number);
            default -> null;
        };
    }

    private static @Nullable Value number(FloatValue number, String name) {
        return switch (name) {
            case "real" -> number;
            case "imag" -> new FloatValue(0);
            case "is_integer" ->
                    new NativeFunction(
                            name,
                            _ ->
                                    BooleanValue.of(
                                            Double.isFinite(number.value())
                                                    && number.value()
                                                            == Math.rint(number.value())));
            case "conjugate" -> new NativeFunction(name, _ -> number);
            default -> null;
        };
    }

    /** The parts of an attribute path such as {@code a.b.0}, digits as numbers. */
    static Value path(Evaluator evaluator, Value owner, Value path, @Nullable Value fallback) {
        if (path == NoneValue.NONE) {
            return owner;
        }
        if (!(path instanceof Text text)) {
            return orFallback(element(evaluator, owner, path), fallback);
        }
        Value value = owner;
        for (String part : text.chars().split("\\.", -1)) {
            boolean number = !part.isEmpty() && part.chars().allMatch(c -> c >= '0' && c <= '9');
            Value key = number ? new IntegerValue(new BigInteger(part)) : Text.trusted(part);
            value = orFallback(element(evaluator, value, key), fallback);
        }
        return value;
    }

    private static Value orFallback(Value value, @Nullable Value fallback) {
        return value instanceof Undefined && fallback != null ? fallback : value;
    }
}
