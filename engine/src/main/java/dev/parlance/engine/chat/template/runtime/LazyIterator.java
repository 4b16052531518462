package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.value.Value;

import org.jspecify.annotations.Nullable;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** An iterator that computes an element when asked for it, like a Python generator. */
abstract class LazyIterator implements Iterator<Value> {
    private @Nullable Value ahead;
    private boolean finished;

    /** The next element, or null if there is none. */
    protected abstract @Nullable Value advance();

    @Override
    public final boolean hasNext() {
        if (ahead == null && !finished) {
            ahead = advance();
            finished = ahead == null;
        }
        return ahead != null;
    }

    @Override
    public final Value next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the iterator has no more elements");
        }
        Value element = ahead;
        ahead = null;
        if (element == null) {
            throw new IllegalStateException("no element after all");
        }
        return element;
    }
}
