package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.value.DictValue;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.chat.template.value.ListValue;
import dev.parlance.engine.chat.template.value.Text;
import dev.parlance.engine.chat.template.value.TupleValue;
import dev.parlance.engine.chat.template.value.Value;

/**
 * Counts what one rendering uses up and stops it at the limits. A template comes from a file that
 * nobody vouches for.
 */
final class Meter {
    /**
     * Nodes evaluated, elements visited, and 64-character pieces of text looked at. A thousand
     * messages take about a hundred thousand; this many take about a second.
     */
    static final long MAX_STEPS = 5_000_000;

    /**
     * Nodes being evaluated within each other. About 200 recursive macro calls fit, as in Python,
     * and all of it fits the default stack of a megabyte.
     */
    static final int MAX_DEPTH = 1_200;

    /** Bytes, roughly, of all values made in the course of a rendering, garbage included. */
    static final long MAX_BYTES = 256L << 20;

    /** What an element made by a filter or method takes, its own object included. */
    private static final int ELEMENT_BYTES = 64;

    private static final int REFERENCE_BYTES = 8;

    private long steps;
    private long bytes;
    private int depth;

    void step() {
        steps(1);
    }

    void steps(long count) {
        steps += count;
        if (steps > MAX_STEPS) {
            throw JinjaException.limit(
                    "the template takes more than " + MAX_STEPS + " steps for this conversation");
        }
    }

    /** Counts work that looks at all of a value. */
    void visit(Value value) {
        steps(value.weight());
    }

    /** Counts work that searches a text: slower than looking at it. */
    void search(Text text) {
        steps(1 + text.length() / 8);
    }

    void enter() {
        if (++depth > MAX_DEPTH) {
            throw JinjaException.limit("the template recurses more than " + MAX_DEPTH + " deep");
        }
        steps(1);
    }

    void leave() {
        depth--;
    }

    /** Counts a value made by an operator: its elements existed before. */
    Value composed(Value value) {
        return made(value, REFERENCE_BYTES);
    }

    /** Counts a value made by a call: its elements may be new. */
    Value created(Value value) {
        return made(value, ELEMENT_BYTES);
    }

    private Value made(Value value, int elementBytes) {
        switch (value) {
            case Text text -> allocate(2L * text.length());
            case ListValue list -> allocate((long) elementBytes * list.items().size());
            case TupleValue tuple -> allocate((long) elementBytes * tuple.items().size());
            case DictValue dict -> allocate(2L * elementBytes * dict.entries().size());
            default -> {
                // Everything else is small.
            }
        }
        return value;
    }

    void allocate(long count) {
        bytes += count;
        steps(count / 128);
        if (bytes > MAX_BYTES) {
            throw JinjaException.limit(
                    "the template makes more than "
                            + (MAX_BYTES >> 20)
                            + " MiB of values for this conversation");
        }
    }
}
