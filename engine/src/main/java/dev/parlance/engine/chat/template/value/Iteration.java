package dev.parlance.engine.chat.template.value;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** What can be iterated over and how, as Python's {@code iter}, {@code len}, {@code reversed}. */
public final class Iteration {
    private Iteration() {}

    /** Python's {@code iter(value)}. */
    public static Iterator<Value> iterate(Value value) {
        Iterator<Value> iterator = find(value);
        if (iterator == null) {
            throw JinjaException.operation("'" + value.typeName() + "' object is not iterable");
        }
        return iterator;
    }

    public static boolean isIterable(Value value) {
        return find(value) != null;
    }

    private static @Nullable Iterator<Value> find(Value value) {
        return switch (value) {
            case ListValue list -> list.items().iterator();
            case TupleValue tuple -> tuple.items().iterator();
            case DictValue dict -> dict.entries().keySet().iterator();
            case DictView view -> view.items().iterator();
            case Text text -> characters(text);
            case RangeValue range -> numbers(range);
            case IteratorValue iterator -> iterator;
            case Undefined _ -> Collections.emptyIterator();
            default -> null;
        };
    }

    private static Iterator<Value> characters(Text text) {
        return new Iterator<>() {
            private int at;

            @Override
            public boolean hasNext() {
                return at < text.length();
            }

            @Override
            public Value next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("end of text");
                }
                int end = at + Character.charCount(text.chars().codePointAt(at));
                Text character = text.slice(at, end).asMarkup(false);
                at = end;
                return character;
            }
        };
    }

    private static Iterator<Value> numbers(RangeValue range) {
        return new Iterator<>() {
            private int at;

            @Override
            public boolean hasNext() {
                return at < range.count();
            }

            @Override
            public Value next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("end of range");
                }
                return range.at(at++);
            }
        };
    }

    /** Python's {@code list(value)}, which the caller may change. */
    public static List<Value> toList(Value value) {
        List<Value> elements = new ArrayList<>();
        Iterator<Value> iterator = iterate(value);
        while (iterator.hasNext()) {
            elements.add(iterator.next());
            Limits.checkElements(elements.size());
        }
        return elements;
    }

    /** Python's {@code len(value)}; −1 if the value has no length. */
    public static int length(Value value) {
        return switch (value) {
            case Text text -> text.codePointCount();
            case ListValue list -> list.items().size();
            case TupleValue tuple -> tuple.items().size();
            case DictValue dict -> dict.entries().size();
            case DictView view -> view.dict().entries().size();
            case RangeValue range -> range.count();
            case Undefined _ -> 0;
            case ObjectValue object -> object.length();
            default -> -1;
        };
    }

    /** Python's {@code reversed(value)}; null if the value cannot be reversed. */
    public static @Nullable Value reversed(Value value) {
        List<Value> elements =
                switch (value) {
                    case ListValue list -> new ArrayList<>(list.items());
                    case TupleValue tuple -> new ArrayList<>(tuple.items());
                    case DictValue dict -> new ArrayList<>(dict.entries().keySet());
                    case DictView view -> new ArrayList<>(view.items());
                    case Text _, RangeValue _, Undefined _ -> toList(value);
                    default -> null;
                };
        if (elements == null) {
            return null;
        }
        Collections.reverse(elements);
        String name = value instanceof ListValue ? "list_reverseiterator" : "reversed";
        return new IteratorValue(name, elements.iterator(), value);
    }
}
