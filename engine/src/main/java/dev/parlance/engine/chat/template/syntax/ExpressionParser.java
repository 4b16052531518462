package dev.parlance.engine.chat.template.syntax;

import dev.parlance.engine.chat.template.syntax.Expression.Arithmetic;
import dev.parlance.engine.chat.template.syntax.Expression.Operand;
import dev.parlance.engine.chat.template.syntax.Expression.Operator;
import dev.parlance.engine.chat.template.syntax.Expression.Relation;
import dev.parlance.engine.chat.template.value.JinjaException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Parses expressions by recursive descent, one method per level of precedence, loosest first.
 *
 * <p>Source: the grammar of Jinja2 3.1, parser.py. Where it differs from Python's (a power groups
 * to the left, {@code ~} binds looser than {@code *}) it follows Jinja2.
 */
final class ExpressionParser {
    /** Parentheses, brackets and prefixes within each other; Python's own limit is near 100. */
    static final int MAX_DEPTH = 100;

    private final TokenStream stream;
    private final OperandParser operands;
    private int depth;

    ExpressionParser(TokenStream stream) {
        this.stream = stream;
        this.operands = new OperandParser(stream, this);
    }

    OperandParser operands() {
        return operands;
    }

    /** Counts one more level of nesting; {@link #leave} counts it down again. */
    void enter() {
        if (++depth > MAX_DEPTH) {
            throw new JinjaException(
                    JinjaException.Kind.LIMIT,
                    "an expression nested more than " + MAX_DEPTH + " deep",
                    stream.current().line());
        }
    }

    void leave() {
        depth--;
    }

    Expression expression() {
        return expression(true);
    }

    private Expression expression(boolean mayBeConditional) {
        enter();
        Expression result = mayBeConditional ? conditional() : or();
        depth--;
        return result;
    }

    /** One expression, or several with commas between them as a tuple. */
    Expression tuple(boolean mayBeConditional, boolean inParentheses) {
        int line = stream.current().line();
        List<Expression> items = new ArrayList<>();
        boolean isTuple = false;
        while (true) {
            if (!items.isEmpty()) {
                stream.expectOperator(",");
            }
            if (isTupleEnd()) {
                break;
            }
            items.add(expression(mayBeConditional));
            if (!stream.isOperator(",")) {
                break;
            }
            isTuple = true;
            line = stream.current().line();
        }
        if (!isTuple && !items.isEmpty()) {
            return items.getFirst();
        }
        if (!isTuple && !inParentheses) {
            throw stream.fail("Expected an expression, got " + stream.current().describe());
        }
        return new Expression.TupleLiteral(items, line);
    }

    boolean isTupleEnd() {
        return stream.is(Token.Kind.PRINT_END)
                || stream.is(Token.Kind.BLOCK_END)
                || stream.isOperator(")");
    }

    private Expression conditional() {
        int line = stream.current().line();
        Expression result = or();
        while (stream.takeName("if")) {
            Expression test = or();
            Expression otherwise = null;
            if (stream.takeName("else")) {
                enter();
                otherwise = conditional();
                depth--;
            }
            result = new Expression.Conditional(test, result, otherwise, line);
            line = stream.current().line();
        }
        return result;
    }

    private Expression or() {
        int line = stream.current().line();
        Expression left = and();
        while (stream.takeName("or")) {
            left = new Expression.Or(left, and(), line);
        }
        return left;
    }

    private Expression and() {
        int line = stream.current().line();
        Expression left = not();
        while (stream.takeName("and")) {
            left = new Expression.And(left, not(), line);
        }
        return left;
    }

    private Expression not() {
        if (!stream.isName("not")) {
            return comparisons();
        }
        enter();
        int line = stream.take().line();
        Expression result = new Expression.Not(not(), line);
        depth--;
        return result;
    }

    private Expression comparisons() {
        int line = stream.current().line();
        Expression first = sum();
        List<Operand> rest = new ArrayList<>();
        for (Relation relation = relation(); relation != null; relation = relation()) {
            rest.add(new Operand(relation, sum()));
        }
        return rest.isEmpty() ? first : new Expression.Comparisons(first, rest, line);
    }

    private @Nullable Relation relation() {
        Token token = stream.current();
        if (token.isName("not") && stream.next().isName("in")) {
            stream.take();
            stream.take();
            return Relation.NOT_IN;
        }
        Relation relation = null;
        if (token.isName("in")) {
            relation = Relation.IN;
        } else if (token.kind() == Token.Kind.OPERATOR) {
            relation =
                    switch (token.text()) {
                        case "==" -> Relation.EQUAL;
                        case "!=" -> Relation.NOT_EQUAL;
                        case "<" -> Relation.LESS;
                        case "<=" -> Relation.LESS_OR_EQUAL;
                        case ">" -> Relation.GREATER;
                        case ">=" -> Relation.GREATER_OR_EQUAL;
                        default -> null;
                    };
        }
        if (relation != null) {
            stream.take();
        }
        return relation;
    }

    private Expression sum() {
        int line = stream.current().line();
        Expression left = concatenation();
        while (stream.isOperator("+") || stream.isOperator("-")) {
            Operator operator = stream.take().isOperator("+") ? Operator.ADD : Operator.SUBTRACT;
            left = new Arithmetic(operator, left, concatenation(), line);
        }
        return left;
    }

    private Expression concatenation() {
        int line = stream.current().line();
        List<Expression> parts = new ArrayList<>();
        parts.add(product());
        while (stream.takeOperator("~")) {
            parts.add(product());
        }
        return parts.size() == 1 ? parts.getFirst() : new Expression.Concatenation(parts, line);
    }

    private Expression product() {
        int line = stream.current().line();
        Expression left = power();
        while (true) {
            Operator operator = null;
            if (stream.is(Token.Kind.OPERATOR)) {
                operator =
                        switch (stream.current().text()) {
                            case "*" -> Operator.MULTIPLY;
                            case "/" -> Operator.DIVIDE;
                            case "//" -> Operator.DIVIDE_FLOOR;
                            case "%" -> Operator.MODULO;
                            default -> null;
                        };
            }
            if (operator == null) {
                return left;
            }
            stream.take();
            left = new Arithmetic(operator, left, power(), line);
        }
    }

    private Expression power() {
        int line = stream.current().line();
        Expression left = unary(true);
        while (stream.takeOperator("**")) {
            left = new Arithmetic(Operator.POWER, left, unary(true), line);
        }
        return left;
    }

    private Expression unary(boolean mayBeFiltered) {
        enter();
        int line = stream.current().line();
        Expression result;
        if (stream.takeOperator("-")) {
            result = new Expression.Negative(unary(false), line);
        } else if (stream.takeOperator("+")) {
            result = new Expression.Positive(unary(false), line);
        } else {
            result = operands.primary();
        }
        result = operands.postfix(result);
        if (mayBeFiltered) {
            result = operands.filters(result);
        }
        depth--;
        return result;
    }
}
