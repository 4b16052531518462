package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.value.Arguments;
import dev.parlance.engine.chat.template.value.DictValue;
import dev.parlance.engine.chat.template.value.DictView;
import dev.parlance.engine.chat.template.value.IntegerValue;
import dev.parlance.engine.chat.template.value.Iteration;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.chat.template.value.ListValue;
import dev.parlance.engine.chat.template.value.NoneValue;
import dev.parlance.engine.chat.template.value.Value;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;

/** The methods of Python's {@code dict}, {@code list}, {@code tuple} and {@code range}. */
final class SequenceMethods {
    private SequenceMethods() {}

    static @Nullable Function<Arguments, Value> find(
            Evaluator evaluator, DictValue self, String name) {
        return switch (name) {
            case "get" ->
                    arguments -> {
                        Arguments.Bound bound = arguments.bindPositional("get", "key", "default");
                        Value found = self.find(bound.require(0));
                        return found == null ? bound.or(1, NoneValue.NONE) : found;
                    };
            case "items" -> view(self, name, DictView.Part.ITEMS);
            case "keys" -> view(self, name, DictView.Part.KEYS);
            case "values" -> view(self, name, DictView.Part.VALUES);
            case "copy" ->
                    arguments -> {
                        arguments.bindPositional("copy");
                        return self;
                    };
            case "fromkeys" -> arguments -> fromKeys(evaluator, arguments);
            default -> null;
        };
    }

    private static Function<Arguments, Value> view(
            DictValue self, String name, DictView.Part part) {
        return arguments -> {
            arguments.bindPositional(name);
            return new DictView(self, part);
        };
    }

    static Value fromKeys(Evaluator evaluator, Arguments arguments) {
        Arguments.Bound bound = arguments.bindPositional("fromkeys", "iterable", "value");
        Value value = bound.or(1, NoneValue.NONE);
        LinkedHashMap<Value, Value> entries = new LinkedHashMap<>();
        evaluator.toList(bound.require(0)).forEach(key -> entries.put(key, value));
        return DictValue.of(entries);
    }

    /** A method of a list, tuple or range. */
    static @Nullable Function<Arguments, Value> find(Evaluator evaluator, Value self, String name) {
        return switch (name) {
            case "index" -> arguments -> index(evaluator, self, arguments);
            case "count" ->
                    arguments -> {
                        Value wanted = arguments.bindPositional("count", "value").require(0);
                        evaluator.meter().visit(self);
                        long count = evaluator.toList(self).stream().filter(wanted::equals).count();
                        return IntegerValue.of(count);
                    };
            case "copy" ->
                    self instanceof ListValue
                            ? arguments -> {
                                arguments.bindPositional("copy");
                                return self;
                            }
                            : null;
            default -> null;
        };
    }

    private static Value index(Evaluator evaluator, Value self, Arguments arguments) {
        Arguments.Bound bound = arguments.bindPositional("index", "value", "start", "stop");
        Value wanted = bound.require(0);
        evaluator.meter().visit(self);
        List<Value> items = evaluator.toList(self);
        int length = Iteration.length(self);
        int from = bounded(bound.integer(1, 0), length);
        int to = bounded(bound.integer(2, length), length);
        for (int i = from; i < to; i++) {
            if (items.get(i).equals(wanted)) {
                return IntegerValue.of(i);
            }
        }
        throw JinjaException.operation("the value is not in the " + self.typeName());
    }

    private static int bounded(int index, int length) {
        int fromStart = index < 0 ? Math.max(0, index + length) : index;
        return Math.min(fromStart, length);
    }
}
