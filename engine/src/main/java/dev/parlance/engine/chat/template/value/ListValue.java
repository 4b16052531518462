package dev.parlance.engine.chat.template.value;

import java.util.Collections;
import java.util.List;

/** A list. The sandbox forbids to change one, so it is immutable. */
public final class ListValue implements Value {
    public static final ListValue EMPTY = new ListValue(List.of(), Extent.of(List.of()));

    private final List<Value> items;
    private final Extent extent;

    private ListValue(List<Value> items, Extent extent) {
        this.items = items;
        this.extent = extent;
    }

    /** A list that takes the elements over; the caller no longer changes them. */
    public static ListValue of(List<? extends Value> items) {
        return new ListValue(Collections.unmodifiableList(items), Extent.of(items));
    }

    /** The elements of two lists as one; templates collect things that way, one by one. */
    static ListValue concatenated(ListValue left, ListValue right, List<Value> items) {
        return new ListValue(Collections.unmodifiableList(items), left.extent.plus(right.extent));
    }

    public List<Value> items() {
        return items;
    }

    @Override
    public String typeName() {
        return "list";
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
        return this == other || (other instanceof ListValue list && items.equals(list.items));
    }

    @Override
    public int hashCode() {
        throw JinjaException.operation("unhashable type: 'list'");
    }
}
