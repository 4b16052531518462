package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.value.Arguments;
import dev.parlance.engine.chat.template.value.Comparison;
import dev.parlance.engine.chat.template.value.DictValue;
import dev.parlance.engine.chat.template.value.DictView;
import dev.parlance.engine.chat.template.value.IteratorValue;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.chat.template.value.ListValue;
import dev.parlance.engine.chat.template.value.NoneValue;
import dev.parlance.engine.chat.template.value.Text;
import dev.parlance.engine.chat.template.value.TextOperations;
import dev.parlance.engine.chat.template.value.TupleValue;
import dev.parlance.engine.chat.template.value.Undefined;
import dev.parlance.engine.chat.template.value.Value;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Filters that order, group and compare elements. */
final class OrderFilters {
    /** About the number of comparisons per element that sorting the longest list takes. */
    private static final int COMPARISONS = 20;

    private static final List<String> GROUP = List.of("grouper", "list");

    private OrderFilters() {}

    static void addTo(Map<String, Filter> all) {
        all.put("sort", OrderFilters::sort);
        all.put("dictsort", OrderFilters::sortEntries);
        all.put("groupby", OrderFilters::group);
        all.put("unique", OrderFilters::unique);
        all.put("min", (e, input, a) -> extreme(e, input, a, "min"));
        all.put("max", (e, input, a) -> extreme(e, input, a, "max"));
    }

    private static Value ignoringCase(Value value) {
        return value instanceof Text text ? TextOperations.lower(text) : value;
    }

    private static Comparison.Key key(
            Evaluator evaluator, Value attribute, boolean caseSensitive, @Nullable Value fallback) {
        return element -> {
            Value key = Attributes.path(evaluator, element, attribute, fallback);
            return caseSensitive ? key : ignoringCase(key);
        };
    }

    private static List<Value> sorted(
            Evaluator evaluator, List<Value> elements, Comparison.Key key, boolean descending) {
        for (Value element : elements) {
            evaluator.meter().steps(COMPARISONS * element.weight());
        }
        return Comparison.sorted(elements, key, descending);
    }

    private static Value sort(Evaluator evaluator, Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("sort", "reverse", "case_sensitive", "attribute");
        boolean caseSensitive = bound.isTrue(1, false);
        boolean descending = bound.integer(0, 0) != 0;
        List<Comparison.Key> keys = new ArrayList<>();
        if (bound.or(2, NoneValue.NONE) instanceof Text attributes) {
            for (Value attribute : TextOperations.split(attributes, Text.trusted(","), -1)) {
                keys.add(key(evaluator, attribute, caseSensitive, null));
            }
        } else {
            keys.add(key(evaluator, bound.or(2, NoneValue.NONE), caseSensitive, null));
        }
        Comparison.Key all =
                element -> ListValue.of(keys.stream().map(key -> key.of(element)).toList());
        return ListValue.of(sorted(evaluator, evaluator.toList(input), all, descending));
    }

    private static Value sortEntries(Evaluator evaluator, Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("dictsort", "case_sensitive", "by", "reverse");
        String by = bound.text(1, Text.trusted("key")).chars();
        if (!by.equals("key") && !by.equals("value")) {
            throw JinjaException.operation("You can only sort by either \"key\" or \"value\"");
        }
        if (!(input instanceof DictValue dict)) {
            if (input instanceof Undefined undefined) {
                throw undefined.error();
            }
            throw JinjaException.operation(
                    "'" + input.typeName() + "' object has no attribute 'items'");
        }
        boolean caseSensitive = bound.isTrue(0, false);
        int place = by.equals("key") ? 0 : 1;
        Comparison.Key key =
                pair -> {
                    Value value = ((TupleValue) pair).items().get(place);
                    return caseSensitive ? value : ignoringCase(value);
                };
        List<Value> pairs = new DictView(dict, DictView.Part.ITEMS).items();
        return ListValue.of(sorted(evaluator, pairs, key, bound.integer(2, 0) != 0));
    }

    /** The mapping with its keys in order. */
    static DictValue sortedByKey(Evaluator evaluator, DictValue dict) {
        LinkedHashMap<Value, Value> entries = new LinkedHashMap<>();
        List<Value> keys = new ArrayList<>(dict.entries().keySet());
        for (Value key : sorted(evaluator, keys, element -> element, false)) {
            Value value = dict.find(key);
            entries.put(key, value == null ? NoneValue.NONE : value);
        }
        return DictValue.of(entries);
    }

    private static Value group(Evaluator evaluator, Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("groupby", "attribute", "default", "case_sensitive");
        Value attribute = bound.require(0);
        Value given = bound.or(1, NoneValue.NONE);
        Value fallback = given == NoneValue.NONE ? null : given;
        boolean caseSensitive = bound.isTrue(2, false);
        Comparison.Key key = key(evaluator, attribute, caseSensitive, fallback);
        List<Value> groups = new ArrayList<>();
        List<Value> members = new ArrayList<>();
        Value current = null;
        for (Value element : sorted(evaluator, evaluator.toList(input), key, false)) {
            Value own = key.of(element);
            if (current != null && !current.equals(own)) {
                groups.add(
                        asGroup(evaluator, current, members, attribute, caseSensitive, fallback));
                members = new ArrayList<>();
            }
            current = own;
            members.add(element);
        }
        if (current != null) {
            groups.add(asGroup(evaluator, current, members, attribute, caseSensitive, fallback));
        }
        return ListValue.of(groups);
    }

    /** A group under the key of its first member, as that member writes it. */
    private static Value asGroup(
            Evaluator evaluator,
            Value key,
            List<Value> members,
            Value attribute,
            boolean caseSensitive,
            @Nullable Value fallback) {
        Value shown =
                caseSensitive
                        ? key
                        : Attributes.path(evaluator, members.getFirst(), attribute, fallback);
        return TupleValue.named(GROUP, shown, ListValue.of(members));
    }

    private static Value unique(Evaluator evaluator, Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("unique", "case_sensitive", "attribute");
        Comparison.Key key =
                key(evaluator, bound.or(1, NoneValue.NONE), bound.isTrue(0, false), null);
        LazyIterator elements =
                new LazyIterator() {
                    private final Set<Value> seen = new HashSet<>();
                    private @Nullable Iterator<Value> source;

                    @Override
                    protected @Nullable Value advance() {
                        Iterator<Value> from = source;
                        if (from == null) {
                            from = evaluator.iterate(input);
                            source = from;
                        }
                        while (from.hasNext()) {
                            Value element = from.next();
                            Value own = key.of(element);
                            evaluator.meter().visit(own);
                            if (seen.add(own)) {
                                return element;
                            }
                        }
                        return null;
                    }
                };
        return new IteratorValue("generator", elements, input);
    }

    private static Value extreme(
            Evaluator evaluator, Value input, Arguments arguments, String name) {
        Arguments.Bound bound = arguments.bind(name, "case_sensitive", "attribute");
        Iterator<Value> elements = evaluator.iterate(input);
        if (!elements.hasNext()) {
            return Undefined.because("No aggregated item, sequence was empty.");
        }
        Comparison.Key key =
                key(evaluator, bound.or(1, NoneValue.NONE), bound.isTrue(0, false), null);
        Value best = elements.next();
        Value bestKey = key.of(best);
        while (elements.hasNext()) {
            Value element = elements.next();
            Value own = key.of(element);
            evaluator.meter().visit(own);
            boolean better =
                    name.equals("min")
                            ? Comparison.isLess(own, bestKey)
                            : Comparison.isGreater(own, bestKey);
            if (better) {
                best = element;
                bestKey = own;
            }
        }
        return best;
    }
}
