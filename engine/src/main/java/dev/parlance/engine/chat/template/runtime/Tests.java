package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.syntax.Expression.Relation;
import dev.parlance.engine.chat.template.value.Arguments;
import dev.parlance.engine.chat.template.value.BooleanValue;
import dev.parlance.engine.chat.template.value.DictValue;
import dev.parlance.engine.chat.template.value.FloatValue;
import dev.parlance.engine.chat.template.value.FunctionValue;
import dev.parlance.engine.chat.template.value.IntegerValue;
import dev.parlance.engine.chat.template.value.Iteration;
import dev.parlance.engine.chat.template.value.ListValue;
import dev.parlance.engine.chat.template.value.NoneValue;
import dev.parlance.engine.chat.template.value.Operators;
import dev.parlance.engine.chat.template.value.RangeValue;
import dev.parlance.engine.chat.template.value.Repr;
import dev.parlance.engine.chat.template.value.Text;
import dev.parlance.engine.chat.template.value.TextSearch;
import dev.parlance.engine.chat.template.value.TupleValue;
import dev.parlance.engine.chat.template.value.Undefined;
import dev.parlance.engine.chat.template.value.Value;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** The tests: {@code input is name(arguments)}. */
final class Tests {
    /** A test. */
    @FunctionalInterface
    interface Test {
        boolean holds(Evaluator evaluator, Value input, Arguments arguments);
    }

    private static final Map<String, Test> ALL = all();

    private Tests() {}

    static @Nullable Test find(String name) {
        return ALL.get(name);
    }

    static boolean exists(String name) {
        return ALL.containsKey(name);
    }

    private static Map<String, Test> all() {
        Map<String, Test> all = new HashMap<>();
        all.put("defined", plain(value -> !(value instanceof Undefined)));
        all.put("undefined", plain(value -> value instanceof Undefined));
        all.put("none", plain(value -> value == NoneValue.NONE));
        all.put("boolean", plain(value -> value instanceof BooleanValue));
        all.put("true", plain(value -> value == BooleanValue.TRUE));
        all.put("false", plain(value -> value == BooleanValue.FALSE));
        all.put("integer", plain(value -> value instanceof IntegerValue));
        all.put("float", plain(value -> value instanceof FloatValue));
        all.put(
                "number",
                plain(value ->
                        value instanceof IntegerValue
                                || value instanceof FloatValue
                                || value instanceof BooleanValue));
        all.put("string", plain(value -> value instanceof Text));
        all.put("mapping", plain(value -> value instanceof DictValue));
        all.put("sequence", plain(Tests::isSequence));
        all.put("iterable", plain(Iteration::isIterable));
        all.put(
                "callable",
                plain(value -> value instanceof FunctionValue || value instanceof Undefined));
        all.put("escaped", plain(value -> value instanceof Text text && text.isMarkup()));
        all.put("lower", plain(value -> TextSearch.isLower(Repr.str(value).chars())));
        all.put("upper", plain(value -> TextSearch.isUpper(Repr.str(value).chars())));
        all.put(
                "odd",
                plain(value -> remainder(value, IntegerValue.of(2)).equals(IntegerValue.of(1))));
        all.put("even", plain(value -> !remainder(value, IntegerValue.of(2)).isTrue()));
        all.put(
                "divisibleby",
                (_, value, a) ->
                        !remainder(value, a.bind("divisibleby", "num").require(0)).isTrue());
        all.put("sameas", (_, value, a) -> isSame(value, a.bind("sameas", "other").require(0)));
        all.put(
                "filter",
                plain(value -> value instanceof Text name && Filters.exists(name.chars())));
        all.put("test", plain(value -> value instanceof Text name && exists(name.chars())));
        all.put("in", (e, value, a) -> e.holds(Relation.IN, value, a.bind("in", "seq").require(0)));
        relation(all, Relation.EQUAL, "eq", "==", "equalto");
        relation(all, Relation.NOT_EQUAL, "ne", "!=");
        relation(all, Relation.LESS, "lt", "<", "lessthan");
        relation(all, Relation.LESS_OR_EQUAL, "le", "<=");
        relation(all, Relation.GREATER, "gt", ">", "greaterthan");
        relation(all, Relation.GREATER_OR_EQUAL, "ge", ">=");
        return Map.copyOf(all);
    }

    private static Test plain(Predicate<Value> predicate) {
        return (evaluator, value, arguments) -> {
            arguments.bind("the test");
            evaluator.meter().visit(value);
            return predicate.test(value);
        };
    }

    private static void relation(Map<String, Test> all, Relation relation, String... names) {
        for (String name : names) {
            all.put(
                    name,
                    (evaluator, value, arguments) ->
                            evaluator.holds(
                                    relation,
                                    value,
                                    arguments.bindPositional(name, "other").require(0)));
        }
    }

    /** Whatever has a length and can be subscripted; the mapping counts, as in Jinja2. */
    private static boolean isSequence(Value value) {
        return value instanceof ListValue
                || value instanceof TupleValue
                || value instanceof DictValue
                || value instanceof Text
                || value instanceof RangeValue
                || value instanceof Undefined;
    }

    private static Value remainder(Value value, Value divisor) {
        return Operators.modulo(value, divisor);
    }

    /** Python's {@code is}: small integers are shared, other values are what they are. */
    private static boolean isSame(Value a, Value b) {
        if (a instanceof IntegerValue x && b instanceof IntegerValue y) {
            return x.equals(y);
        }
        if (a instanceof Text x && b instanceof Text y) {
            return x.equals(y);
        }
        return a == b;
    }
}
