package dev.parlance.engine.chat.template.value;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Order and membership, as Python's {@code <} and {@code in}. */
public final class Comparison {
    private Comparison() {}

    /** Whether {@code left < right}. */
    public static boolean isLess(Value left, Value right) {
        return compare(left, right, "<") < 0;
    }

    public static boolean isLessOrEqual(Value left, Value right) {
        return compare(left, right, "<=") <= 0;
    }

    public static boolean isGreater(Value left, Value right) {
        int order = compare(left, right, ">");
        return order > 0 && order != UNORDERED;
    }

    public static boolean isGreaterOrEqual(Value left, Value right) {
        int order = compare(left, right, ">=");
        return order >= 0 && order != UNORDERED;
    }

    /** The result for NaN: neither below, equal nor above. */
    private static final int UNORDERED = 2;

    private static int compare(Value left, Value right, String operator) {
        return switch (left) {
            case Undefined undefined -> throw undefined.error();
            case Text a when right instanceof Text b -> Integer.signum(a.compareTo(b));
            case ListValue a when right instanceof ListValue b ->
                    compareAll(a.items(), b.items(), operator);
            case TupleValue a when right instanceof TupleValue b ->
                    compareAll(a.items(), b.items(), operator);
            case Value a when isNumber(a) && isNumber(right) -> compareNumbers(a, right);
            default -> {
                if (right instanceof Undefined undefined) {
                    throw undefined.error();
                }
                throw JinjaException.operation(
                        "'"
                                + operator
                                + "' not supported between instances of '"
                                + left.typeName()
                                + "' and '"
                                + right.typeName()
                                + "'");
            }
        };
    }

    private static int compareAll(List<Value> left, List<Value> right, String operator) {
        int shorter = Math.min(left.size(), right.size());
        for (int i = 0; i < shorter; i++) {
            if (!left.get(i).equals(right.get(i))) {
                return compare(left.get(i), right.get(i), operator);
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    static boolean isNumber(Value value) {
        return value instanceof IntegerValue
                || value instanceof FloatValue
                || value instanceof BooleanValue;
    }

    private static int compareNumbers(Value left, Value right) {
        Value a = Operators.number(left);
        Value b = Operators.number(right);
        if (a instanceof IntegerValue x && b instanceof IntegerValue y) {
            return x.value().compareTo(y.value());
        }
        if (a instanceof FloatValue x && !Double.isFinite(x.value())) {
            return Double.isNaN(x.value()) || isNaN(b)
                    ? UNORDERED
                    : Double.compare(x.value(), infinityOrZero(b));
        }
        if (b instanceof FloatValue y && !Double.isFinite(y.value())) {
            return Double.isNaN(y.value()) ? UNORDERED : Double.compare(0, y.value());
        }
        return exact(a).compareTo(exact(b));
    }

    private static boolean isNaN(Value value) {
        return value instanceof FloatValue number && Double.isNaN(number.value());
    }

    private static double infinityOrZero(Value value) {
        return value instanceof FloatValue number && Double.isInfinite(number.value())
                ? number.value()
                : 0;
    }

    private static BigDecimal exact(Value number) {
        return switch (number) {
            case IntegerValue integer -> new BigDecimal(integer.value());
            case FloatValue decimal -> new BigDecimal(decimal.value());
            default -> throw new IllegalStateException("not a number: " + number.typeName());
        };
    }

    /** Whether {@code element in container}. */
    public static boolean contains(Value container, Value element) {
        return switch (container) {
            case Text text -> {
                if (element instanceof Text part) {
                    yield Search.indexOf(text.chars(), part.chars(), 0) >= 0;
                }
                throw JinjaException.operation(
                        "'in <string>' requires string as left operand, not " + element.typeName());
            }
            case ListValue list -> list.items().contains(element);
            case TupleValue tuple -> tuple.items().contains(element);
            case DictValue dict -> dict.contains(element);
            case DictView view ->
                    switch (view.part()) {
                        case KEYS -> view.dict().contains(element);
                        case VALUES -> view.dict().entries().containsValue(element);
                        case ITEMS -> view.items().contains(element);
                    };
            case RangeValue _, IteratorValue _, Undefined _ -> {
                Iterator<Value> iterator = Iteration.iterate(container);
                while (iterator.hasNext()) {
                    if (iterator.next().equals(element)) {
                        yield true;
                    }
                }
                yield false;
            }
            default ->
                    throw JinjaException.operation(
                            "argument of type '" + container.typeName() + "' is not iterable");
        };
    }

    /** Decides which of two values comes first; may refuse to. */
    @FunctionalInterface
    public interface Key {
        Value of(Value element);
    }

    /**
     * The elements in ascending order of their keys; equal ones keep their order, also in
     * descending order. A merge sort of our own, because keys may be inconsistent (NaN) and
     * comparing them may fail.
     */
    public static List<Value> sorted(List<Value> elements, Key key, boolean descending) {
        List<Value[]> keyed = new ArrayList<>(elements.size());
        for (Value element : elements) {
            keyed.add(new Value[] {key.of(element), element});
        }
        Value[][] sorted = keyed.toArray(new Value[0][]);
        mergeSort(sorted, new Value[sorted.length][], 0, sorted.length, descending);
        List<Value> result = new ArrayList<>(sorted.length);
        for (Value[] pair : sorted) {
            result.add(pair[1]);
        }
        return result;
    }

    private static void mergeSort(
            Value[][] items, Value[][] scratch, int from, int to, boolean descending) {
        if (to - from < 2) {
            return;
        }
        int middle = (from + to) >>> 1;
        mergeSort(items, scratch, from, middle, descending);
        mergeSort(items, scratch, middle, to, descending);
        System.arraycopy(items, from, scratch, from, to - from);
        int left = from;
        int right = middle;
        for (int i = from; i < to; i++) {
            boolean takeRight =
                    left >= middle
                            || (right < to
                                    && comesFirst(scratch[right], scratch[left], descending));
            items[i] = takeRight ? scratch[right++] : scratch[left++];
        }
    }

    private static boolean comesFirst(Value[] a, Value[] b, boolean descending) {
        return descending ? isLess(b[0], a[0]) : isLess(a[0], b[0]);
    }
}
