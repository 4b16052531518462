package dev.parlance.engine.chat.template.syntax;

import dev.parlance.engine.chat.template.value.Value;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** An expression of the template language. */
public sealed interface Expression {
    /** The line it starts on, from 1. */
    int line();

    record Literal(Value value, int line) implements Expression {}

    record Name(String name, int line) implements Expression {}

    record TupleLiteral(List<Expression> items, int line) implements Expression {}

    record ListLiteral(List<Expression> items, int line) implements Expression {}

    record DictLiteral(List<Entry> entries, int line) implements Expression {}

    /** One {@code key: value}. */
    record Entry(Expression key, Expression value) {}

    record Not(Expression operand, int line) implements Expression {}

    record Negative(Expression operand, int line) implements Expression {}

    record Positive(Expression operand, int line) implements Expression {}

    record Arithmetic(Operator operator, Expression left, Expression right, int line)
            implements Expression {}

    /** The operators between two values. */
    enum Operator {
        ADD,
        SUBTRACT,
        MULTIPLY,
        DIVIDE,
        DIVIDE_FLOOR,
        MODULO,
        POWER
    }

    record And(Expression left, Expression right, int line) implements Expression {}

    record Or(Expression left, Expression right, int line) implements Expression {}

    /** Texts joined by {@code ~}. */
    record Concatenation(List<Expression> parts, int line) implements Expression {}

    /** {@code first < second <= third …}: true if each neighbouring pair compares so. */
    record Comparisons(Expression first, List<Operand> rest, int line) implements Expression {}

    record Operand(Relation relation, Expression expression) {}

    /** How two values are compared. */
    enum Relation {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL,
        IN,
        NOT_IN
    }

    /** {@code then if test else otherwise}; undefined if there is no else and the test fails. */
    record Conditional(Expression test, Expression then, @Nullable Expression otherwise, int line)
            implements Expression {}

    record Attribute(Expression owner, String name, int line) implements Expression {}

    record Element(Expression owner, Expression key, int line) implements Expression {}

    record Slice(
            Expression owner,
            @Nullable Expression start,
            @Nullable Expression stop,
            @Nullable Expression step,
            int line)
            implements Expression {}

    record Call(Expression function, CallArguments arguments, int line) implements Expression {}

    /** A filter; the input is null for the filter of a block, which takes the block's text. */
    record Filter(@Nullable Expression input, String name, CallArguments arguments, int line)
            implements Expression {}

    record Test(Expression input, String name, CallArguments arguments, int line)
            implements Expression {}

    /** The arguments of a call: {@code f(a, name=b, *spread, **namedSpread)}. */
    record CallArguments(
            List<Expression> positional,
            List<NamedArgument> named,
            @Nullable Expression spread,
            @Nullable Expression namedSpread) {
        static final CallArguments NONE = new CallArguments(List.of(), List.of(), null, null);

        public boolean isEmpty() {
            return this == NONE;
        }
    }

    record NamedArgument(String name, Expression value) {}
}
