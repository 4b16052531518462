package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.value.Arguments;
import dev.parlance.engine.chat.template.value.DictValue;
import dev.parlance.engine.chat.template.value.DictView;
import dev.parlance.engine.chat.template.value.IntegerValue;
import dev.parlance.engine.chat.template.value.Iteration;
import dev.parlance.engine.chat.template.value.IteratorValue;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.chat.template.value.Limits;
import dev.parlance.engine.chat.template.value.ListValue;
import dev.parlance.engine.chat.template.value.Markup;
import dev.parlance.engine.chat.template.value.NoneValue;
import dev.parlance.engine.chat.template.value.Operators;
import dev.parlance.engine.chat.template.value.Repr;
import dev.parlance.engine.chat.template.value.Subscripts;
import dev.parlance.engine.chat.template.value.Text;
import dev.parlance.engine.chat.template.value.TextBuilder;
import dev.parlance.engine.chat.template.value.Undefined;
import dev.parlance.engine.chat.template.value.Value;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Filters on sequences and mappings. */
final class SequenceFilters {
    private SequenceFilters() {}

    static void addTo(Map<String, Filter> all) {
        Filter length = (_, input, a) -> length(input, a);
        all.put("length", length);
        all.put("count", length);
        Filter fallback = (_, input, a) -> fallback(input, a);
        all.put("default", fallback);
        all.put("d", fallback);
        all.put("first", SequenceFilters::first);
        all.put("last", SequenceFilters::last);
        all.put(
                "list",
                (e, input, a) -> {
                    a.bind("list");
                    return ListValue.of(e.toList(input));
                });
        all.put("join", SequenceFilters::join);
        all.put("reverse", SequenceFilters::reverse);
        all.put("items", Filter.plain("items", SequenceFilters::items));
        all.put("sum", SequenceFilters::sum);
        all.put("batch", SequenceFilters::batch);
        all.put("slice", SequenceFilters::slice);
        all.put(
                "attr",
                (e, input, a) -> {
                    Text name = a.bind("attr", "name").text(0);
                    if (input instanceof Undefined undefined) {
                        throw undefined.error();
                    }
                    Value found = Attributes.own(e, input, name.chars());
                    return found == null ? Undefined.attribute(input, name.chars()) : found;
                });
    }

    private static Value length(Value input, Arguments arguments) {
        arguments.bind("length");
        int length = Iteration.length(input);
        if (length < 0) {
            throw JinjaException.operation(
                    "object of type '" + input.typeName() + "' has no len()");
        }
        return IntegerValue.of(length);
    }

    private static Value fallback(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("default", "default_value", "boolean");
        boolean replaced =
                input instanceof Undefined || (bound.isTrue(1, false) && !input.isTrue());
        return replaced ? bound.or(0, Text.EMPTY) : input;
    }

    private static Value first(Evaluator evaluator, Value input, Arguments arguments) {
        arguments.bind("first");
        Iterator<Value> elements = evaluator.iterate(input);
        return elements.hasNext()
                ? elements.next()
                : Undefined.because("No first item, sequence was empty.");
    }

    private static Value last(Evaluator evaluator, Value input, Arguments arguments) {
        arguments.bind("last");
        int length = input instanceof IteratorValue ? -1 : Iteration.length(input);
        if (length < 0) {
            throw JinjaException.operation("'" + input.typeName() + "' object is not reversible");
        }
        if (length == 0) {
            return Undefined.because("No last item, sequence was empty.");
        }
        Value indexed =
                input instanceof DictValue || input instanceof DictView
                        ? ListValue.of(evaluator.toList(input))
                        : input;
        Value found = Subscripts.find(indexed, IntegerValue.of(length - 1L));
        if (found == null) {
            throw JinjaException.operation("'" + input.typeName() + "' object is not reversible");
        }
        return found;
    }

    private static Value join(Evaluator evaluator, Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("join", "d", "attribute");
        Value separator = bound.or(0, Text.EMPTY);
        Value attribute = bound.or(1, NoneValue.NONE);
        List<Value> elements = new ArrayList<>();
        for (Iterator<Value> i = evaluator.iterate(input); i.hasNext(); ) {
            Value element = i.next();
            elements.add(
                    attribute == NoneValue.NONE
                            ? element
                            : Attributes.path(evaluator, element, attribute, null));
        }
        boolean markup =
                evaluator.autoEscape()
                        && (TextFilters.isMarkup(separator)
                                || elements.stream().anyMatch(TextFilters::isMarkup));
        Text between = markup ? Markup.escape(separator) : Repr.str(separator);
        TextBuilder out = new TextBuilder();
        for (int i = 0; i < elements.size(); i++) {
            evaluator.meter().visit(elements.get(i));
            if (i > 0) {
                out.append(between);
            }
            out.append(markup ? Markup.escape(elements.get(i)) : Repr.str(elements.get(i)));
        }
        return out.build().asMarkup(markup);
    }

    private static Value reverse(Evaluator evaluator, Value input, Arguments arguments) {
        arguments.bind("reverse");
        if (input instanceof Text) {
            return Subscripts.slice(input, null, null, IntegerValue.of(-1));
        }
        evaluator.meter().steps(Math.max(0, Iteration.length(input)));
        Value reversed = Iteration.reversed(input);
        if (reversed != null) {
            return reversed;
        }
        if (!Iteration.isIterable(input)) {
            throw JinjaException.operation("argument must be iterable");
        }
        List<Value> elements = evaluator.toList(input);
        Collections.reverse(elements);
        return ListValue.of(elements);
    }

    private static Value items(Value input) {
        Iterator<Value> pairs =
                switch (input) {
                    case Undefined _ -> Collections.emptyIterator();
                    case DictValue dict ->
                            new DictView(dict, DictView.Part.ITEMS).items().iterator();
                    default -> failing("Can only get item pairs from a mapping.");
                };
        return new IteratorValue("generator", pairs, input);
    }

    /** A generator that fails when its first element is asked for. */
    static Iterator<Value> failing(String message) {
        return new LazyIterator() {
            @Override
            protected Value advance() {
                throw JinjaException.operation(message);
            }
        };
    }

    private static Value sum(Evaluator evaluator, Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("sum", "attribute", "start");
        Value attribute = bound.or(0, NoneValue.NONE);
        Value sum = bound.or(1, IntegerValue.of(0));
        if (sum instanceof Text) {
            throw JinjaException.operation("sum() can't sum strings [use ''.join(seq) instead]");
        }
        for (Iterator<Value> i = evaluator.iterate(input); i.hasNext(); ) {
            Value element = i.next();
            Value value =
                    attribute == NoneValue.NONE
                            ? element
                            : Attributes.path(evaluator, element, attribute, null);
            sum = evaluator.meter().composed(Operators.add(sum, value));
        }
        return sum;
    }

    private static Value batch(Evaluator evaluator, Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("batch", "linecount", "fill_with");
        Value count = bound.require(0);
        Value fill = bound.or(1, NoneValue.NONE);
        Iterator<? extends Value> lists =
                new LazyIterator() {
                    private @Nullable Iterator<Value> elements;
                    private boolean emptyFirst;

                    @Override
                    protected @Nullable Value advance() {
                        Iterator<Value> source = elements;
                        if (source == null) {
                            source = evaluator.iterate(input);
                            elements = source;
                            // The first batch is full before it begins.
                            emptyFirst = count.equals(IntegerValue.of(0)) && source.hasNext();
                        }
                        if (emptyFirst) {
                            emptyFirst = false;
                            return ListValue.EMPTY;
                        }
                        return nextBatch(evaluator, source, count, fill);
                    }
                };
        return new IteratorValue("generator", lists, input);
    }

    private static @Nullable Value nextBatch(
            Evaluator evaluator, Iterator<Value> source, Value count, Value fill) {
        List<Value> batch = new ArrayList<>();
        while (source.hasNext()
                && (batch.isEmpty() || !IntegerValue.of(batch.size()).equals(count))) {
            batch.add(source.next());
        }
        if (batch.isEmpty()) {
            return null;
        }
        if (fill != NoneValue.NONE && !IntegerValue.of(batch.size()).equals(count)) {
            Value missing = Operators.subtract(count, IntegerValue.of(batch.size()));
            Value filler = Operators.multiply(ListValue.of(List.of(fill)), missing);
            batch.addAll(evaluator.toList(filler));
        }
        return evaluator.meter().composed(ListValue.of(batch));
    }

    private static Value slice(Evaluator evaluator, Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("slice", "slices", "fill_with");
        bound.require(0);
        Value fill = bound.or(1, NoneValue.NONE);
        Iterator<? extends Value> lists =
                new LazyIterator() {
                    private @Nullable Iterator<Value> slices;

                    @Override
                    protected @Nullable Value advance() {
                        Iterator<Value> all = slices;
                        if (all == null) {
                            all =
                                    slices(evaluator.toList(input), bound.integer(0), fill)
                                            .iterator();
                            slices = all;
                        }
                        return all.hasNext() ? all.next() : null;
                    }
                };
        return new IteratorValue("generator", lists, input);
    }

    private static List<Value> slices(List<Value> elements, int count, Value fill) {
        if (count == 0) {
            throw JinjaException.operation("integer division or modulo by zero");
        }
        if (count > Limits.MAX_RANGE) {
            throw JinjaException.limit("a sequence in more than 100000 slices");
        }
        List<Value> slices = new ArrayList<>();
        int extra = count > 0 ? elements.size() % count : 0;
        int size = count > 0 ? elements.size() / count : 0;
        int from = 0;
        for (int i = 0; i < count; i++) {
            int to = from + size + (i < extra ? 1 : 0);
            List<Value> slice = new ArrayList<>(elements.subList(from, to));
            if (fill != NoneValue.NONE && i >= extra) {
                slice.add(fill);
            }
            slices.add(ListValue.of(slice));
            from = to;
        }
        return slices;
    }
}
