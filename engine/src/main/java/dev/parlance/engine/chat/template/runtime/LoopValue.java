package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.value.Arguments;
import dev.parlance.engine.chat.template.value.BooleanValue;
import dev.parlance.engine.chat.template.value.FunctionValue;
import dev.parlance.engine.chat.template.value.IntegerValue;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.chat.template.value.ObjectValue;
import dev.parlance.engine.chat.template.value.TupleValue;
import dev.parlance.engine.chat.template.value.Undefined;
import dev.parlance.engine.chat.template.value.Value;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/** The {@code loop} variable. */
final class LoopValue implements ObjectValue, FunctionValue {
    private final @Nullable Function<Value, Value> recurse;
    private final int depth0;
    private Iterator<Value> elements;
    private int length;
    private int index0 = -1;
    private Value before = Undefined.MISSING;
    private Value current = Undefined.MISSING;
    private @Nullable Value after;
    private @Nullable Value lastChanged;

    /**
     * A loop before its first element.
     *
     * @param length how many elements there are; −1 if that is known only by taking them all
     * @param recurse renders the loop's body for other elements, if the loop is recursive
     */
    LoopValue(
            Iterator<Value> elements,
            int length,
            int depth0,
            @Nullable Function<Value, Value> recurse) {
        this.elements = elements;
        this.length = length;
        this.depth0 = depth0;
        this.recurse = recurse;
    }

    /** Moves to the next element; false if there is none. */
    boolean advance() {
        Value next = peek();
        if (next == null) {
            return false;
        }
        after = null;
        index0++;
        before = current;
        current = next;
        return true;
    }

    Value current() {
        return current;
    }

    private @Nullable Value peek() {
        if (after == null && elements.hasNext()) {
            after = elements.next();
        }
        return after;
    }

    @Override
    public int length() {
        if (length < 0) {
            List<Value> rest = new ArrayList<>();
            elements.forEachRemaining(rest::add);
            elements = rest.iterator();
            length = rest.size() + index0 + 1 + (after == null ? 0 : 1);
        }
        return length;
    }

    @Override
    public @Nullable Value attribute(String name) {
        return switch (name) {
            case "index" -> IntegerValue.of(index0 + 1);
            case "index0" -> IntegerValue.of(index0);
            case "revindex" -> IntegerValue.of(length() - index0);
            case "revindex0" -> IntegerValue.of(length() - index0 - 1);
            case "first" -> BooleanValue.of(index0 == 0);
            case "last" -> BooleanValue.of(peek() == null);
            case "length" -> IntegerValue.of(length());
            case "depth" -> IntegerValue.of(depth0 + 1);
            case "depth0" -> IntegerValue.of(depth0);
            case "previtem" ->
                    index0 == 0 ? Undefined.because("there is no previous item") : before;
            case "nextitem" -> {
                Value next = peek();
                yield next == null ? Undefined.because("there is no next item") : next;
            }
            case "cycle" -> new NativeFunction("cycle", this::cycle);
            case "changed" -> new NativeFunction("changed", this::changed);
            default -> null;
        };
    }

    private Value cycle(Arguments arguments) {
        List<Value> values = arguments.positional();
        if (values.isEmpty() || !arguments.named().isEmpty()) {
            throw JinjaException.operation("no items for cycling given");
        }
        return values.get(index0 % values.size());
    }

    private Value changed(Arguments arguments) {
        if (!arguments.named().isEmpty()) {
            throw JinjaException.operation("changed() takes no keyword arguments");
        }
        Value now = TupleValue.of(arguments.positional());
        boolean changed = !now.equals(lastChanged);
        lastChanged = now;
        return BooleanValue.of(changed);
    }

    @Override
    public Value call(Arguments arguments) {
        Value nested = arguments.bind("loop", "iterable").require(0);
        if (recurse == null) {
            throw JinjaException.operation(
                    "The loop must have the 'recursive' marker to be called recursively.");
        }
        return recurse.apply(nested);
    }

    @Override
    public String name() {
        return "LoopContext " + (index0 + 1) + "/" + length();
    }

    @Override
    public String typeName() {
        return "LoopContext";
    }

    @Override
    public boolean isTrue() {
        return length() > 0;
    }
}
