package dev.parlance.engine.chat.template.value;

import java.util.Collections;
import java.util.List;

/** A tuple; {@code names} gives its elements attribute names, as in the groups of groupby. */
public final class TupleValue implements Value {
    private final List<Value> items;
    private final List<String> names;
    private final Extent extent;

    private TupleValue(List<Value> items, List<String> names) {
        this.items = items;
        this.names = names;
        this.extent = Extent.of(items);
    }

    /** A tuple that takes the elements over; the caller no longer changes them. */
    public static TupleValue of(List<? extends Value> items) {
        return new TupleValue(Collections.unmodifiableList(items), List.of());
    }

    public static TupleValue of(Value... items) {
        return new TupleValue(List.of(items), List.of());
    }

    public static TupleValue named(List<String> names, Value... items) {
        return new TupleValue(List.of(items), names);
    }

    public List<Value> items() {
        return items;
    }

    public List<String> names() {
        return names;
    }

    @Override
    public String typeName() {
        return names.isEmpty() ? "tuple" : "_GroupTuple";
    }

    @Override
    public boolean isTrue() {
        return !items.isEmpty();
    }

    @Override
    public int depth() {
        return extent.depth();
    }

    @Override
    public long weight() {
        return extent.weight();
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof TupleValue tuple && items.equals(tuple.items));
    }

    @Override
    public int hashCode() {
        return items.hashCode();
    }
}
