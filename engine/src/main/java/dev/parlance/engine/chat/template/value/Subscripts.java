package dev.parlance.engine.chat.template.value;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** Elements and slices of sequences, by Python's rules for negative and missing bounds. */
public final class Subscripts {
    private Subscripts() {}

    /** The element at an index; null if the value has none there or takes no such key. */
    public static @Nullable Value find(Value container, Value key) {
        if (container instanceof DictValue dict) {
            return key instanceof ListValue || key instanceof DictValue ? null : dict.find(key);
        }
        int length =
                switch (container) {
                    case ListValue list -> list.items().size();
                    case TupleValue tuple -> tuple.items().size();
                    case Text text -> text.codePointCount();
                    case RangeValue range -> range.count();
                    default -> -1;
                };
        if (length < 0 || !(Operators.number(key) instanceof IntegerValue number)) {
            return null;
        }
        long index = number.clamped();
        index = index < 0 ? index + length : index;
        if (index < 0 || index >= length) {
            return null;
        }
        return at(container, (int) index);
    }

    private static Value at(Value container, int index) {
        return switch (container) {
            case ListValue list -> list.items().get(index);
            case TupleValue tuple -> tuple.items().get(index);
            case RangeValue range -> range.at(index);
            case Text text -> {
                int from = text.offsetOf(index);
                yield text.slice(from, from + Character.charCount(text.chars().codePointAt(from)));
            }
            default -> throw new IllegalStateException("no sequence: " + container.typeName());
        };
    }

    /** A slice; a bound that is null or None is left out. */
    public static Value slice(
            Value container, @Nullable Value start, @Nullable Value stop, @Nullable Value step) {
        if (container instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (!(container instanceof Text)
                && !(container instanceof ListValue)
                && !(container instanceof TupleValue)
                && !(container instanceof RangeValue)) {
            throw JinjaException.operation(
                    container instanceof DictValue
                            ? "unhashable type: 'slice'"
                            : "'" + container.typeName() + "' object is not subscriptable");
        }
        int stride = bound(step, 1);
        if (stride == 0) {
            throw JinjaException.operation("slice step cannot be zero");
        }
        int length = Iteration.length(container);
        int from = clamp(start, stride > 0 ? 0 : length - 1, length, stride);
        int to = clamp(stop, stride > 0 ? length : -1, length, stride);
        if (container instanceof RangeValue range) {
            return range.slice(from, to, stride);
        }
        if (container instanceof Text text && stride == 1) {
            return text.slice(text.offsetOf(from), text.offsetOf(Math.max(from, to)));
        }
        return pick(container, from, to, stride);
    }

    private static Value pick(Value container, int from, int to, int stride) {
        List<Value> picked = new ArrayList<>();
        int[] codePoints =
                container instanceof Text text ? text.chars().codePoints().toArray() : new int[0];
        TextBuilder characters = new TextBuilder();
        for (long i = from; stride > 0 ? i < to : i > to; i += stride) {
            if (container instanceof Text text) {
                // A text without marks of both kinds needs no look at each mark.
                boolean trusted = text.isTrusted();
                characters.append(Character.toString(codePoints[(int) i]), trusted);
            } else {
                picked.add(at(container, (int) i));
            }
        }
        return switch (container) {
            case Text text -> characters.build().asMarkup(text.isMarkup());
            case TupleValue _ -> TupleValue.of(picked);
            default -> ListValue.of(picked);
        };
    }

    private static int bound(@Nullable Value value, int fallback) {
        if (value == null || value == NoneValue.NONE) {
            return fallback;
        }
        if (value instanceof Undefined
                || !(Operators.number(value) instanceof IntegerValue number)) {
            throw JinjaException.operation(
                    "slice indices must be integers or None, not " + value.typeName());
        }
        return number.clamped();
    }

    private static int clamp(@Nullable Value value, int fallback, int length, int stride) {
        long index = bound(value, fallback);
        if (value == null || value == NoneValue.NONE) {
            return fallback;
        }
        index = index < 0 ? index + length : index;
        int lowest = stride > 0 ? 0 : -1;
        int highest = stride > 0 ? length : length - 1;
        return (int) Math.max(lowest, Math.min(highest, index));
    }
}
