package dev.parlance.engine.chat.template.value;

import java.util.Collection;

/** How deep and how heavy a container is, known from its making on. */
record Extent(int depth, long weight) {
    /** More than any limit on steps, far from the range of a long when summed. */
    private static final long MAX_WEIGHT = 1L << 40;

    /** The extent of a container of these elements; refuses too many and too deep ones. */
    static Extent of(Collection<? extends Value> elements) {
        Limits.checkElements(elements.size());
        int depth = 0;
        long weight = 1;
        for (Value element : elements) {
            depth = Math.max(depth, element.depth());
            weight = Math.min(MAX_WEIGHT, weight + element.weight());
        }
        return new Extent(Limits.checkNesting(depth + 1), weight);
    }

    Extent plus(Extent other) {
        return new Extent(
                Math.max(depth, other.depth), Math.min(MAX_WEIGHT, weight + other.weight));
    }
}
