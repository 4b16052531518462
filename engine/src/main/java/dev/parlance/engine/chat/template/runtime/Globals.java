package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.value.Arguments;
import dev.parlance.engine.chat.template.value.BooleanValue;
import dev.parlance.engine.chat.template.value.DictValue;
import dev.parlance.engine.chat.template.value.FunctionValue;
import dev.parlance.engine.chat.template.value.IntegerValue;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.chat.template.value.NamespaceValue;
import dev.parlance.engine.chat.template.value.NoneValue;
import dev.parlance.engine.chat.template.value.ObjectValue;
import dev.parlance.engine.chat.template.value.RangeValue;
import dev.parlance.engine.chat.template.value.Repr;
import dev.parlance.engine.chat.template.value.Text;
import dev.parlance.engine.chat.template.value.TupleValue;
import dev.parlance.engine.chat.template.value.Undefined;
import dev.parlance.engine.chat.template.value.Value;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The functions every template can call. */
final class Globals {
    private Globals() {}

    static Map<String, Value> all(Evaluator evaluator, LocalDateTime now) {
        return Map.of(
                "range", function("range", Globals::range),
                "dict", function("dict", arguments -> dict(evaluator, arguments)),
                "namespace", function("namespace", a -> namespace(evaluator, a)),
                "cycler", function("cycler", Cycler::of),
                "joiner",
                        function(
                                "joiner",
                                a -> new Joiner(a.bind("joiner", "sep").or(0, Text.trusted(", ")))),
                "lipsum", function("lipsum", Globals::refuseLipsum),
                "raise_exception", function("raise_exception", Globals::raise),
                "strftime_now",
                        function(
                                "strftime_now",
                                a -> {
                                    Text format = a.bind("strftime_now", "format").text(0);
                                    String shown = TimeFormat.format(format.chars(), now);
                                    return Text.of(shown, format.isTrusted());
                                }));
    }

    private static Value function(String name, Function<Arguments, Value> body) {
        return new NativeFunction(name, body);
    }

    private static Value refuseLipsum(Arguments arguments) {
        throw JinjaException.operation("lipsum() is not supported: its text is random");
    }

    private static Value raise(Arguments arguments) {
        Value message = arguments.bind("raise_exception", "message").require(0);
        throw new JinjaException(JinjaException.Kind.REFUSED, Repr.str(message).chars());
    }

    private static Value range(Arguments arguments) {
        Arguments.Bound bound = arguments.bindPositional("range", "start", "stop", "step");
        BigInteger first = whole(bound.require(0));
        Value second = bound.find(1);
        BigInteger start = second == null ? BigInteger.ZERO : first;
        BigInteger stop = second == null ? first : whole(second);
        return RangeValue.of(start, stop, whole(bound.or(2, IntegerValue.of(1))));
    }

    private static BigInteger whole(Value value) {
        return switch (value) {
            case IntegerValue number -> number.value();
            case BooleanValue flag -> flag.asInteger().value();
            case Undefined undefined -> throw undefined.error();
            default ->
                    throw JinjaException.operation(
                            "'"
                                    + value.typeName()
                                    + "' object cannot be interpreted as an integer");
        };
    }

    private static DictValue dict(Evaluator evaluator, Arguments arguments) {
        LinkedHashMap<Value, Value> entries = new LinkedHashMap<>();
        if (arguments.positional().size() > 1) {
            throw JinjaException.operation(
                    "dict expected at most 1 argument, got " + arguments.positional().size());
        }
        for (Value source : arguments.positional()) {
            if (source instanceof DictValue dict) {
                entries.putAll(dict.entries());
                continue;
            }
            for (Value pair : evaluator.toList(source)) {
                List<Value> parts = evaluator.toList(pair);
                if (parts.size() != 2) {
                    throw JinjaException.operation(
                            "a dictionary update sequence element has length "
                                    + parts.size()
                                    + "; 2 is required");
                }
                entries.put(parts.get(0), parts.get(1));
            }
        }
        arguments.named().forEach((name, value) -> entries.put(Text.trusted(name), value));
        return DictValue.of(entries);
    }

    private static Value namespace(Evaluator evaluator, Arguments arguments) {
        Map<String, Value> attributes = new LinkedHashMap<>();
        dict(evaluator, arguments)
                .entries()
                .forEach((name, value) -> attributes.put(Repr.str(name).chars(), value));
        return new NamespaceValue(attributes);
    }

    /** Gives its items in turn. */
    private static final class Cycler implements ObjectValue {
        private final List<Value> items;
        private int at;

        private Cycler(List<Value> items) {
            this.items = items;
        }

        static Value of(Arguments arguments) {
            if (arguments.positional().isEmpty() || !arguments.named().isEmpty()) {
                throw JinjaException.operation("at least one item has to be provided");
            }
            return new Cycler(arguments.positional());
        }

        @Override
        public @Nullable Value attribute(String name) {
            return switch (name) {
                case "current" -> items.get(at);
                case "pos" -> IntegerValue.of(at);
                case "items" -> TupleValue.of(items);
                case "next" ->
                        new NativeFunction(
                                "next",
                                _ -> {
                                    Value current = items.get(at);
                                    at = (at + 1) % items.size();
                                    return current;
                                });
                case "reset" ->
                        new NativeFunction(
                                "reset",
                                _ -> {
                                    at = 0;
                                    return NoneValue.NONE;
                                });
                default -> null;
            };
        }

        @Override
        public String typeName() {
            return "Cycler";
        }
    }

    /** Gives nothing when first called, its separator from then on. */
    private static final class Joiner implements ObjectValue, FunctionValue {
        private final Value separator;
        private boolean used;

        Joiner(Value separator) {
            this.separator = separator;
        }

        @Override
        public Value call(Arguments arguments) {
            arguments.bind("joiner");
            boolean first = !used;
            used = true;
            return first ? Text.EMPTY : separator;
        }

        @Override
        public @Nullable Value attribute(String name) {
            return switch (name) {
                case "sep" -> separator;
                case "used" -> BooleanValue.of(used);
                default -> null;
            };
        }

        @Override
        public String name() {
            return "joiner";
        }

        @Override
        public String typeName() {
            return "Joiner";
        }

        @Override
        public boolean isTrue() {
            return true;
        }
    }
}
