package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.syntax.Expression;
import dev.parlance.engine.chat.template.syntax.Expression.CallArguments;
import dev.parlance.engine.chat.template.value.Arguments;
import dev.parlance.engine.chat.template.value.BooleanValue;
import dev.parlance.engine.chat.template.value.Comparison;
import dev.parlance.engine.chat.template.value.DictValue;
import dev.parlance.engine.chat.template.value.FunctionValue;
import dev.parlance.engine.chat.template.value.Iteration;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.chat.template.value.Limits;
import dev.parlance.engine.chat.template.value.ListValue;
import dev.parlance.engine.chat.template.value.Markup;
import dev.parlance.engine.chat.template.value.Operators;
import dev.parlance.engine.chat.template.value.Repr;
import dev.parlance.engine.chat.template.value.Subscripts;
import dev.parlance.engine.chat.template.value.Text;
import dev.parlance.engine.chat.template.value.TextBuilder;
import dev.parlance.engine.chat.template.value.TupleValue;
import dev.parlance.engine.chat.template.value.Undefined;
import dev.parlance.engine.chat.template.value.Value;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Evaluates expressions. Threads: belongs to one rendering. */
final class Evaluator {
    /** What taking one element costs, compared with evaluating a node. */
    private static final int ELEMENT_STEPS = 3;

    private final Meter meter = new Meter();
    private boolean autoEscape;

    /** The line of what is evaluated right now, for errors that do not know theirs. */
    private int line;

    Meter meter() {
        return meter;
    }

    int line() {
        return line;
    }

    boolean autoEscape() {
        return autoEscape;
    }

    void setAutoEscape(boolean enabled) {
        autoEscape = enabled;
    }

    void enter(int atLine) {
        line = atLine;
        meter.enter();
    }

    void leave() {
        meter.leave();
    }

    Value evaluate(Expression expression, Scope scope) {
        enter(expression.line());
        Value value = compute(expression, scope);
        meter.leave();
        return value;
    }

    private Value compute(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.Literal literal -> literal.value();
            case Expression.Name name -> {
                Value value = scope.find(name.name());
                yield value == Undefined.MISSING ? Undefined.name(name.name()) : value;
            }
            case Expression.Attribute attribute -> {
                Value owner = evaluate(attribute.owner(), scope);
                line = attribute.line();
                yield Attributes.attribute(this, owner, attribute.name());
            }
            case Expression.Element element -> {
                Value owner = evaluate(element.owner(), scope);
                Value key = evaluate(element.key(), scope);
                line = element.line();
                yield Attributes.element(this, owner, key);
            }
            case Expression.Slice slice -> slice(slice, scope);
            case Expression.Call call -> call(call, scope, null);
            case Expression.Filter filter -> filter(filter, scope, Undefined.MISSING);
            case Expression.Test test -> test(test, scope);
            case Expression.Comparisons comparisons -> compare(comparisons, scope);
            case Expression.Not not -> BooleanValue.of(!evaluate(not.operand(), scope).isTrue());
            case Expression.And and -> {
                Value left = evaluate(and.left(), scope);
                yield left.isTrue() ? evaluate(and.right(), scope) : left;
            }
            case Expression.Or or -> {
                Value left = evaluate(or.left(), scope);
                yield left.isTrue() ? left : evaluate(or.right(), scope);
            }
            case Expression.Arithmetic arithmetic -> arithmetic(arithmetic, scope);
            case Expression.Concatenation all -> concatenate(all, scope);
            case Expression.Conditional conditional -> conditional(conditional, scope);
            case Expression.TupleLiteral tuple -> TupleValue.of(all(tuple.items(), scope));
            case Expression.ListLiteral list -> ListValue.of(all(list.items(), scope));
            case Expression.DictLiteral dict -> {
                LinkedHashMap<Value, Value> entries = new LinkedHashMap<>();
                for (Expression.Entry entry : dict.entries()) {
                    Value key = evaluate(entry.key(), scope);
                    entries.put(key, evaluate(entry.value(), scope));
                }
                yield DictValue.of(entries);
            }
            case Expression.Negative negative ->
                    Operators.negate(evaluate(negative.operand(), scope));
            case Expression.Positive positive ->
                    Operators.plus(evaluate(positive.operand(), scope));
        };
    }

    private List<Value> all(List<Expression> expressions, Scope scope) {
        List<Value> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            values.add(evaluate(expression, scope));
        }
        return values;
    }

    private @Nullable Value optional(@Nullable Expression expression, Scope scope) {
        return expression == null ? null : evaluate(expression, scope);
    }

    private Value slice(Expression.Slice slice, Scope scope) {
        Value owner = evaluate(slice.owner(), scope);
        Value start = optional(slice.start(), scope);
        Value stop = optional(slice.stop(), scope);
        Value step = optional(slice.step(), scope);
        line = slice.line();
        return meter.composed(Subscripts.slice(owner, start, stop, step));
    }

    private Value conditional(Expression.Conditional conditional, Scope scope) {
        if (evaluate(conditional.test(), scope).isTrue()) {
            return evaluate(conditional.then(), scope);
        }
        if (conditional.otherwise() != null) {
            return evaluate(conditional.otherwise(), scope);
        }
        return Undefined.because(
                "the inline if-expression on line "
                        + conditional.line()
                        + " evaluated to false and no else section was defined.");
    }

    private Value arithmetic(Expression.Arithmetic arithmetic, Scope scope) {
        Value left = evaluate(arithmetic.left(), scope);
        Value right = evaluate(arithmetic.right(), scope);
        line = arithmetic.line();
        return meter.composed(
                switch (arithmetic.operator()) {
                    case ADD -> Operators.add(left, right);
                    case SUBTRACT -> Operators.subtract(left, right);
                    case MULTIPLY -> Operators.multiply(left, right);
                    case DIVIDE -> Operators.divide(left, right);
                    case DIVIDE_FLOOR -> Operators.divideFloor(left, right);
                    case MODULO -> Operators.modulo(left, right);
                    case POWER -> Operators.power(left, right);
                });
    }

    private Value concatenate(Expression.Concatenation concatenation, Scope scope) {
        List<Value> parts = all(concatenation.parts(), scope);
        line = concatenation.line();
        boolean markup =
                autoEscape && parts.stream().anyMatch(p -> p instanceof Text t && t.isMarkup());
        TextBuilder out = new TextBuilder();
        for (Value part : parts) {
            out.append(markup ? Markup.escape(part) : Repr.str(part));
        }
        return meter.composed(out.build().asMarkup(markup));
    }

    private Value compare(Expression.Comparisons comparisons, Scope scope) {
        Value left = evaluate(comparisons.first(), scope);
        for (Expression.Operand operand : comparisons.rest()) {
            Value right = evaluate(operand.expression(), scope);
            line = comparisons.line();
            if (!holds(operand.relation(), left, right)) {
                return BooleanValue.FALSE;
            }
            left = right;
        }
        return BooleanValue.TRUE;
    }

    boolean holds(Expression.Relation relation, Value left, Value right) {
        meter.visit(left);
        meter.visit(right);
        if (right instanceof Text text
                && (relation == Expression.Relation.IN || relation == Expression.Relation.NOT_IN)) {
            meter.search(text);
        }
        return switch (relation) {
            case EQUAL -> left.equals(right);
            case NOT_EQUAL -> !left.equals(right);
            case LESS -> Comparison.isLess(left, right);
            case LESS_OR_EQUAL -> Comparison.isLessOrEqual(left, right);
            case GREATER -> Comparison.isGreater(left, right);
            case GREATER_OR_EQUAL -> Comparison.isGreaterOrEqual(left, right);
            case IN -> Comparison.contains(right, left);
            case NOT_IN -> !Comparison.contains(right, left);
        };
    }

    /** Evaluates a call; the body of a call block goes along as the argument {@code caller}. */
    Value call(Expression.Call call, Scope scope, @Nullable Value caller) {
        Value function = evaluate(call.function(), scope);
        Arguments arguments = arguments(call.arguments(), scope, caller);
        line = call.line();
        return call(function, arguments);
    }

    Value call(Value function, Arguments arguments) {
        return switch (function) {
            case FunctionValue callable -> meter.created(callable.call(arguments));
            case Undefined undefined -> throw undefined.error();
            default ->
                    throw JinjaException.operation(
                            "'" + function.typeName() + "' object is not callable");
        };
    }

    private Arguments arguments(CallArguments given, Scope scope, @Nullable Value caller) {
        if (given.isEmpty() && caller == null) {
            return Arguments.NONE;
        }
        List<Value> positional = all(given.positional(), scope);
        Map<String, Value> named = new LinkedHashMap<>();
        for (Expression.NamedArgument argument : given.named()) {
            named.put(argument.name(), evaluate(argument.value(), scope));
        }
        if (caller != null) {
            named.put("caller", caller);
        }
        if (given.spread() != null) {
            positional.addAll(toList(evaluate(given.spread(), scope)));
        }
        if (given.namedSpread() != null) {
            spread(evaluate(given.namedSpread(), scope), named);
        }
        return new Arguments(positional, named);
    }

    private static void spread(Value mapping, Map<String, Value> named) {
        if (!(mapping instanceof DictValue dict)) {
            throw JinjaException.operation(
                    "argument after ** must be a mapping, not " + mapping.typeName());
        }
        dict.entries()
                .forEach((key, value) -> {
                    if (!(key instanceof Text name)) {
                        throw JinjaException.operation("keywords must be strings");
                    }
                    if (named.put(name.chars(), value) != null) {
                        throw JinjaException.operation(
                                "got multiple values for keyword argument '" + name + "'");
                    }
                });
    }

    /** Evaluates a filter; one without an input of its own takes the text of its block. */
    Value filter(Expression.Filter filter, Scope scope, Value blockText) {
        Value input =
                switch (filter.input()) {
                    case null -> blockText;
                    case Expression.Filter inner -> {
                        enter(inner.line());
                        Value result = filter(inner, scope, blockText);
                        meter.leave();
                        yield result;
                    }
                    case Expression other -> evaluate(other, scope);
                };
        Arguments arguments = arguments(filter.arguments(), scope, null);
        line = filter.line();
        return filter(filter.name(), input, arguments);
    }

    /** Applies a filter by its name. */
    Value filter(String name, Value input, Arguments arguments) {
        Filter filter = Filters.find(name);
        if (filter == null) {
            throw JinjaException.operation("No filter named '" + name + "' found.");
        }
        if (input instanceof Text text) {
            meter.search(text);
        }
        return meter.created(filter.apply(this, input, arguments));
    }

    private Value test(Expression.Test test, Scope scope) {
        Value input = evaluate(test.input(), scope);
        Arguments arguments = arguments(test.arguments(), scope, null);
        line = test.line();
        return BooleanValue.of(test(test.name(), input, arguments));
    }

    /** Applies a test by its name. */
    boolean test(String name, Value input, Arguments arguments) {
        Tests.Test test = Tests.find(name);
        if (test == null) {
            throw JinjaException.operation("No test named '" + name + "' found.");
        }
        return test.holds(this, input, arguments);
    }

    /** Iterates and counts the elements. */
    Iterator<Value> iterate(Value value) {
        Iterator<Value> elements = Iteration.iterate(value);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return elements.hasNext();
            }

            @Override
            public Value next() {
                meter.steps(ELEMENT_STEPS);
                return elements.next();
            }
        };
    }

    /** The elements of a value as a list that the caller may change. */
    List<Value> toList(Value value) {
        List<Value> elements = new ArrayList<>();
        Iterator<Value> iterator = iterate(value);
        while (iterator.hasNext()) {
            elements.add(iterator.next());
            if (elements.size() > Limits.MAX_ELEMENTS) {
                throw JinjaException.limit(
                        "a list of more than " + Limits.MAX_ELEMENTS + " elements");
            }
        }
        return elements;
    }
}
