package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.value.Arguments;
import dev.parlance.engine.chat.template.value.IteratorValue;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.chat.template.value.NoneValue;
import dev.parlance.engine.chat.template.value.Text;
import dev.parlance.engine.chat.template.value.Value;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** Filters that apply other filters and tests to elements. All of them compute lazily. */
final class SelectionFilters {
    private SelectionFilters() {}

    static void addTo(Map<String, Filter> all) {
        all.put("map", SelectionFilters::map);
        all.put("select", (e, input, a) -> select(e, input, a, false, true));
        all.put("reject", (e, input, a) -> select(e, input, a, false, false));
        all.put("selectattr", (e, input, a) -> select(e, input, a, true, true));
        all.put("rejectattr", (e, input, a) -> select(e, input, a, true, false));
    }

    /** A generator that is set up when its first element is asked for. */
    private abstract static class Generator extends LazyIterator {
        private final Evaluator evaluator;
        private final Value input;
        private @Nullable Iterator<Value> elements;

        Generator(Evaluator evaluator, Value input) {
            this.evaluator = evaluator;
            this.input = input;
        }

        /** Called once, before the first element, if there can be any. */
        protected abstract void prepare();

        /** The source's elements; there are none in a value that is false. */
        protected Iterator<Value> source() {
            Iterator<Value> source = elements;
            if (source == null) {
                if (input.isTrue()) {
                    prepare();
                    source = evaluator.iterate(input);
                } else {
                    source = Collections.emptyIterator();
                }
                elements = source;
            }
            return source;
        }
    }

    private static Value map(Evaluator evaluator, Value input, Arguments arguments) {
        Generator generator =
                new Generator(evaluator, input) {
                    private Function<Value, Value> function = Function.identity();

                    @Override
                    protected void prepare() {
                        function = mapped(evaluator, arguments);
                    }

                    @Override
                    protected @Nullable Value advance() {
                        Iterator<Value> source = source();
                        return source.hasNext() ? function.apply(source.next()) : null;
                    }
                };
        return new IteratorValue("generator", generator, input);
    }

    private static Function<Value, Value> mapped(Evaluator evaluator, Arguments arguments) {
        Value attribute = arguments.named().get("attribute");
        if (arguments.positional().isEmpty() && attribute != null) {
            Map<String, Value> rest = new LinkedHashMap<>(arguments.named());
            rest.remove("attribute");
            Value fallback = rest.remove("default");
            if (!rest.isEmpty()) {
                throw JinjaException.operation(
                        "Unexpected keyword argument '" + rest.keySet().iterator().next() + "'");
            }
            Value used = fallback == NoneValue.NONE ? null : fallback;
            return element -> Attributes.path(evaluator, element, attribute, used);
        }
        if (arguments.positional().isEmpty()) {
            throw JinjaException.operation("map requires a filter argument");
        }
        String name = name(arguments.positional().getFirst(), "filter");
        Arguments rest = new Arguments(behind(arguments.positional(), 1), arguments.named());
        return element -> evaluator.filter(name, element, rest);
    }

    private static List<Value> behind(List<Value> values, int count) {
        return values.subList(count, values.size());
    }

    private static String name(Value name, String what) {
        if (name instanceof Text text) {
            return text.chars();
        }
        throw JinjaException.operation(
                "No " + what + " named by a value of type " + name.typeName());
    }

    private static Value select(
            Evaluator evaluator,
            Value input,
            Arguments arguments,
            boolean byAttribute,
            boolean wanted) {
        Generator generator =
                new Generator(evaluator, input) {
                    private Predicate<Value> predicate = Value::isTrue;

                    @Override
                    protected void prepare() {
                        predicate = predicate(evaluator, arguments, byAttribute);
                    }

                    @Override
                    protected @Nullable Value advance() {
                        Iterator<Value> source = source();
                        while (source.hasNext()) {
                            Value element = source.next();
                            if (predicate.test(element) == wanted) {
                                return element;
                            }
                        }
                        return null;
                    }
                };
        return new IteratorValue("generator", generator, input);
    }

    private static Predicate<Value> predicate(
            Evaluator evaluator, Arguments arguments, boolean byAttribute) {
        List<Value> positional = arguments.positional();
        Function<Value, Value> subject = Function.identity();
        if (byAttribute) {
            if (positional.isEmpty()) {
                throw JinjaException.operation("Missing parameter for attribute name");
            }
            Value attribute = positional.getFirst();
            subject = element -> Attributes.path(evaluator, element, attribute, null);
            positional = behind(positional, 1);
        }
        Function<Value, Value> read = subject;
        if (positional.isEmpty()) {
            return element -> read.apply(element).isTrue();
        }
        String name = name(positional.getFirst(), "test");
        Arguments rest = new Arguments(behind(positional, 1), arguments.named());
        return element -> evaluator.test(name, read.apply(element), rest);
    }
}
