package dev.parlance.engine.chat.template.value;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * A Python generator or iterator: its elements can be taken once, and are computed when they are
 * taken. Threads: belongs to one rendering.
 */
public final class IteratorValue implements Value, Iterator<Value> {
    private final String typeName;
    private final Iterator<? extends Value> elements;
    private final int depth;

    /**
     * An iterator over elements made from a source.
     *
     * @param source what the elements are taken from; it says how deep iterators are stacked
     */
    public IteratorValue(String typeName, Iterator<? extends Value> elements, Value source) {
        this.typeName = typeName;
        this.elements = elements;
        this.depth = Limits.checkNesting(source.depth() + 1);
    }

    @Override
    public boolean hasNext() {
        return elements.hasNext();
    }

    @Override
    public Value next() {
        if (!elements.hasNext()) {
            throw new NoSuchElementException("the iterator has no more elements");
        }
        return elements.next();
    }

    @Override
    public String typeName() {
        return typeName;
    }

    @Override
    public boolean isTrue() {
        return true;
    }

    @Override
    public int depth() {
        return depth;
    }
}
