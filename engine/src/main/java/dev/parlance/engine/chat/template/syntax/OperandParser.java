package dev.parlance.engine.chat.template.syntax;

import dev.parlance.engine.chat.template.syntax.Expression.CallArguments;
import dev.parlance.engine.chat.template.syntax.Expression.NamedArgument;
import dev.parlance.engine.chat.template.value.BooleanValue;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.chat.template.value.NoneValue;
import dev.parlance.engine.chat.template.value.Text;
import dev.parlance.engine.chat.template.value.Value;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Parses what stands between operators: literals, names, and what follows them. */
final class OperandParser {
    private final TokenStream stream;
    private final ExpressionParser expressions;

    OperandParser(TokenStream stream, ExpressionParser expressions) {
        this.stream = stream;
        this.expressions = expressions;
    }

    /** A name, a literal, or an expression in parentheses or brackets. */
    Expression primary() {
        Token token = stream.current();
        return switch (token.kind()) {
            case NAME -> nameOrConstant(stream.take());
            case STRING -> strings();
            case INTEGER, FLOAT -> {
                stream.take();
                yield new Expression.Literal(literal(token), token.line());
            }
            case OPERATOR ->
                    switch (token.text()) {
                        case "(" -> {
                            stream.take();
                            Expression inside = expressions.tuple(true, true);
                            stream.expectOperator(")");
                            yield inside;
                        }
                        case "[" -> list();
                        case "{" -> dict();
                        default -> throw stream.fail("unexpected " + token.describe());
                    };
            case DATA, PRINT_BEGIN, PRINT_END, BLOCK_BEGIN, BLOCK_END, END ->
                    throw stream.fail("unexpected " + token.describe());
        };
    }

    private static Value literal(Token token) {
        return Objects.requireNonNull(token.value(), "a literal's value");
    }

    private static Expression nameOrConstant(Token name) {
        Value constant =
                switch (name.text()) {
                    case "true", "True" -> BooleanValue.TRUE;
                    case "false", "False" -> BooleanValue.FALSE;
                    case "none", "None" -> NoneValue.NONE;
                    default -> null;
                };
        return constant == null
                ? new Expression.Name(name.text(), name.line())
                : new Expression.Literal(constant, name.line());
    }

    /** String literals that follow each other are one. */
    private Expression strings() {
        int line = stream.current().line();
        StringBuilder all = new StringBuilder(stream.take().text());
        while (stream.is(Token.Kind.STRING)) {
            all.append(stream.take().text());
        }
        return new Expression.Literal(Text.trusted(all.toString()), line);
    }

    private Expression list() {
        int line = stream.take().line();
        List<Expression> items = new ArrayList<>();
        while (!stream.isOperator("]")) {
            if (!items.isEmpty()) {
                stream.expectOperator(",");
                if (stream.isOperator("]")) {
                    break;
                }
            }
            items.add(expressions.expression());
        }
        stream.expectOperator("]");
        return new Expression.ListLiteral(items, line);
    }

    private Expression dict() {
        int line = stream.take().line();
        List<Expression.Entry> entries = new ArrayList<>();
        while (!stream.isOperator("}")) {
            if (!entries.isEmpty()) {
                stream.expectOperator(",");
                if (stream.isOperator("}")) {
                    break;
                }
            }
            Expression key = expressions.expression();
            stream.expectOperator(":");
            entries.add(new Expression.Entry(key, expressions.expression()));
        }
        stream.expectOperator("}");
        return new Expression.DictLiteral(entries, line);
    }

    Expression postfix(Expression start) {
        Expression result = start;
        while (true) {
            if (stream.isOperator(".") || stream.isOperator("[")) {
                result = subscript(result);
            } else if (stream.isOperator("(")) {
                result = call(result);
            } else {
                return result;
            }
        }
    }

    Expression filters(Expression start) {
        Expression result = start;
        while (true) {
            if (stream.isOperator("|")) {
                stream.take();
                result = filter(result);
            } else if (stream.isName("is")) {
                result = test(result);
            } else if (stream.isOperator("(")) {
                result = call(result);
            } else {
                return result;
            }
        }
    }

    private Expression subscript(Expression owner) {
        Token token = stream.take();
        if (token.isOperator(".")) {
            Token attribute = stream.take();
            return switch (attribute.kind()) {
                case NAME -> new Expression.Attribute(owner, attribute.text(), token.line());
                case INTEGER ->
                        new Expression.Element(
                                owner,
                                new Expression.Literal(literal(attribute), attribute.line()),
                                token.line());
                default -> throw stream.fail("expected name or number", attribute.line());
            };
        }
        List<Expression> keys = new ArrayList<>();
        while (!stream.isOperator("]")) {
            if (!keys.isEmpty()) {
                stream.expectOperator(",");
            }
            Expression key = keyOrSlice(owner, token.line());
            if (key instanceof Expression.Slice slice && slice.owner() == owner) {
                if (!keys.isEmpty() || !stream.isOperator("]")) {
                    throw stream.fail("a slice among several subscripts");
                }
                stream.take();
                return key;
            }
            keys.add(key);
        }
        stream.expectOperator("]");
        Expression key =
                keys.size() == 1
                        ? keys.getFirst()
                        : new Expression.TupleLiteral(keys, token.line());
        return new Expression.Element(owner, key, token.line());
    }

    private Expression keyOrSlice(Expression owner, int line) {
        Expression start = null;
        if (!stream.isOperator(":")) {
            start = expressions.expression();
            if (!stream.isOperator(":")) {
                return start;
            }
        }
        stream.expectOperator(":");
        Expression stop = isSliceEnd() || stream.isOperator(":") ? null : expressions.expression();
        Expression step = null;
        if (stream.takeOperator(":") && !isSliceEnd()) {
            step = expressions.expression();
        }
        return new Expression.Slice(owner, start, stop, step, line);
    }

    private boolean isSliceEnd() {
        return stream.isOperator("]") || stream.isOperator(",");
    }

    private Expression.Call call(Expression function) {
        int line = stream.current().line();
        return new Expression.Call(function, arguments(), line);
    }

    private CallArguments arguments() {
        int line = stream.current().line();
        stream.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        List<NamedArgument> named = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Expression spread = null;
        Expression namedSpread = null;
        boolean first = true;
        while (!stream.isOperator(")")) {
            if (!first) {
                stream.expectOperator(",");
                if (stream.isOperator(")")) {
                    break;
                }
            }
            first = false;
            if (namedSpread != null) {
                throw badCall(line);
            }
            if (stream.takeOperator("*")) {
                if (spread != null) {
                    throw badCall(line);
                }
                spread = expressions.expression();
            } else if (stream.takeOperator("**")) {
                namedSpread = expressions.expression();
            } else if (stream.is(Token.Kind.NAME) && stream.next().isOperator("=")) {
                String name = stream.take().text();
                stream.take();
                if (!names.add(name)) {
                    throw stream.fail("keyword argument repeated: " + name);
                }
                named.add(new NamedArgument(name, expressions.expression()));
            } else {
                if (spread != null || !named.isEmpty()) {
                    throw badCall(line);
                }
                positional.add(expressions.expression());
            }
        }
        stream.expectOperator(")");
        return new CallArguments(positional, named, spread, namedSpread);
    }

    private JinjaException badCall(int line) {
        return stream.fail("invalid syntax for function call expression", line);
    }

    /** A filter whose bar has been read. */
    Expression.Filter filter(@Nullable Expression input) {
        int line = stream.current().line();
        String name = dottedName("a filter's name");
        CallArguments arguments = stream.isOperator("(") ? arguments() : CallArguments.NONE;
        return new Expression.Filter(input, name, arguments, line);
    }

    private String dottedName(String described) {
        StringBuilder name = new StringBuilder(stream.expect(Token.Kind.NAME, described).text());
        while (stream.takeOperator(".")) {
            name.append('.').append(stream.expect(Token.Kind.NAME, described).text());
        }
        return name.toString();
    }

    private Expression test(Expression input) {
        int line = stream.take().line();
        boolean negated = stream.takeName("not");
        String name = dottedName("a test's name");
        CallArguments arguments = CallArguments.NONE;
        if (stream.isOperator("(")) {
            arguments = arguments();
        } else if (startsArgument()) {
            if (stream.isName("is")) {
                throw stream.fail("You cannot chain multiple tests with is");
            }
            expressions.enter();
            Expression argument = postfix(primary());
            expressions.leave();
            arguments = new CallArguments(List.of(argument), List.of(), null, null);
        }
        Expression test = new Expression.Test(input, name, arguments, line);
        return negated ? new Expression.Not(test, line) : test;
    }

    private boolean startsArgument() {
        Token token = stream.current();
        return switch (token.kind()) {
            case NAME -> !token.isName("else") && !token.isName("or") && !token.isName("and");
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> token.isOperator("[") || token.isOperator("{");
            case DATA, PRINT_BEGIN, PRINT_END, BLOCK_BEGIN, BLOCK_END, END -> false;
        };
    }
}
