package dev.parlance.engine.chat.template.syntax;

import static dev.parlance.engine.chat.template.value.JinjaException.Kind.LIMIT;

import dev.parlance.engine.chat.template.syntax.Statement.Branch;
import dev.parlance.engine.chat.template.syntax.Statement.Function;
import dev.parlance.engine.chat.template.syntax.Statement.Parameter;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.chat.template.value.Text;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Parses template source.
 *
 * <p>Threads: one parser, one source. Errors: {@link JinjaException} of kind SYNTAX or LIMIT, with
 * a line. Source: the grammar of Jinja2 3.1, parser.py, with the tags {@code break}, {@code
 * continue}, {@code do} and Hugging Face's {@code generation}. Tags that need other templates are
 * refused.
 */
public final class Parser {
    /** Blocks within each other; real templates have about ten. */
    static final int MAX_DEPTH = 50;

    private static final Set<String> CONSTANTS =
            Set.of("true", "false", "none", "True", "False", "None");

    private final TokenStream stream;
    private final ExpressionParser expressions;
    private final Set<String> blockNames = new HashSet<>();
    private int depth;

    private Parser(String source) {
        this.stream = new TokenStream(Lexer.tokens(source));
        this.expressions = new ExpressionParser(stream);
    }

    /**
     * Reads a template.
     *
     * @param isFilter whether there is a filter of a name; others are refused where Jinja2 does
     * @param isTest whether there is a test of a name
     */
    public static Template parse(
            String source, Predicate<String> isFilter, Predicate<String> isTest) {
        Parser parser = new Parser(source);
        List<Statement> body = parser.statements(Set.of());
        Template template = new Template(body, new ScopeLayout());
        new ScopeAnalyzer(isFilter, isTest).analyze(template);
        return template;
    }

    /** Statements up to one of the end tags, whose name is then the current token. */
    private List<Statement> statements(Set<String> ends) {
        if (++depth > MAX_DEPTH) {
            throw new JinjaException(
                    LIMIT,
                    "blocks nested more than " + MAX_DEPTH + " deep",
                    stream.current().line());
        }
        List<Statement> body = new ArrayList<>();
        while (!stream.is(Token.Kind.END)) {
            Token token = stream.take();
            switch (token.kind()) {
                case DATA -> body.add(new Statement.Data(Text.trusted(token.text()), token.line()));
                case PRINT_BEGIN -> {
                    body.add(new Statement.Print(expressions.tuple(true, false), token.line()));
                    stream.expect(Token.Kind.PRINT_END, "end of print statement");
                }
                case BLOCK_BEGIN -> {
                    if (stream.is(Token.Kind.NAME) && ends.contains(stream.current().text())) {
                        depth--;
                        return body;
                    }
                    body.addAll(statement(ends));
                    stream.expect(Token.Kind.BLOCK_END, "end of statement block");
                }
                case PRINT_END, BLOCK_END, NAME, STRING, INTEGER, FLOAT, OPERATOR, END ->
                        throw new IllegalStateException("token out of place: " + token);
            }
        }
        if (!ends.isEmpty()) {
            throw stream.fail("Unexpected end of template, looking for " + named(ends));
        }
        depth--;
        return body;
    }

    private static String named(Set<String> ends) {
        return "'" + String.join("' or '", ends.stream().sorted().toList()) + "'";
    }

    /** A body from behind its opening tag; the end tag's name is read. */
    private List<Statement> body(String end) {
        List<Statement> body = bodyUntil(Set.of(end));
        stream.take();
        return body;
    }

    private List<Statement> bodyUntil(Set<String> ends) {
        stream.takeOperator(":");
        stream.expect(Token.Kind.BLOCK_END, "end of statement block");
        return statements(ends);
    }

    private List<Statement> statement(Set<String> ends) {
        Token tag = stream.expect(Token.Kind.NAME, "a tag's name");
        int line = tag.line();
        return switch (tag.text()) {
            case "print" -> printed(line);
            case "for" -> List.of(loop(line));
            case "if" -> List.of(condition(line));
            case "set" -> List.of(assignment(line));
            case "macro" -> List.of(macro(line));
            case "call" -> List.of(callBlock(line));
            case "filter" -> {
                Expression.Filter filter = filterChain(expressions.operands().filter(null));
                yield List.of(
                        new Statement.FilterBlock(
                                filter, body("endfilter"), new ScopeLayout(), line));
            }
            case "with" -> List.of(with(line));
            case "autoescape" -> {
                Expression enabled = expressions.expression();
                yield List.of(
                        new Statement.AutoEscape(
                                enabled, body("endautoescape"), new ScopeLayout(), line));
            }
            case "block" -> List.of(block(line));
            case "generation" ->
                    List.of(
                            new Statement.Generation(
                                    new Function(
                                            List.of(), body("endgeneration"), new ScopeLayout()),
                                    line));
            case "do" -> List.of(new Statement.Do(expressions.tuple(true, false), line));
            case "break" -> List.of(new Statement.Break(line));
            case "continue" -> List.of(new Statement.Continue(line));
            case "include", "import", "from", "extends" ->
                    throw stream.fail(
                            "the tag '"
                                    + tag.text()
                                    + "' is not supported: a chat template stands alone",
                            line);
            default ->
                    throw stream.fail(
                            "Encountered unknown tag '"
                                    + tag.text()
                                    + "'"
                                    + (ends.isEmpty() ? "" : ", looking for " + named(ends)),
                            line);
        };
    }

    private List<Statement> printed(int line) {
        List<Statement> prints = new ArrayList<>();
        while (!stream.is(Token.Kind.BLOCK_END)) {
            if (!prints.isEmpty()) {
                stream.expectOperator(",");
            }
            prints.add(new Statement.Print(expressions.expression(), line));
        }
        return prints;
    }

    private Statement loop(int line) {
        Target target = target(false);
        stream.expectName("in");
        Expression iterable = expressions.tuple(false, false);
        Expression test = stream.takeName("if") ? expressions.expression() : null;
        boolean recursive = stream.takeName("recursive");
        List<Statement> body = bodyUntil(Set.of("endfor", "else"));
        List<Statement> otherwise = stream.take().isName("endfor") ? List.of() : body("endfor");
        return new Statement.For(
                target,
                iterable,
                test,
                recursive,
                body,
                otherwise,
                Statement.LoopScopes.create(),
                line);
    }

    private Statement condition(int line) {
        List<Branch> branches = new ArrayList<>();
        while (true) {
            Expression test = expressions.tuple(false, false);
            branches.add(new Branch(test, bodyUntil(Set.of("elif", "else", "endif"))));
            Token end = stream.take();
            if (!end.isName("elif")) {
                List<Statement> otherwise = end.isName("else") ? body("endif") : List.of();
                return new Statement.If(branches, otherwise, line);
            }
        }
    }

    private Statement assignment(int line) {
        Target target = target(true);
        if (stream.takeOperator("=")) {
            return new Statement.Set(target, expressions.tuple(true, false), line);
        }
        Expression.Filter filter = null;
        if (stream.takeOperator("|")) {
            filter = filterChain(expressions.operands().filter(null));
        }
        return new Statement.SetBlock(target, filter, body("endset"), new ScopeLayout(), line);
    }

    private Expression.Filter filterChain(Expression.Filter first) {
        Expression.Filter filter = first;
        while (stream.takeOperator("|")) {
            filter = expressions.operands().filter(filter);
        }
        return filter;
    }

    private Statement macro(int line) {
        String name = variableName();
        List<Parameter> parameters = signature();
        return new Statement.Macro(
                name, new Function(parameters, body("endmacro"), new ScopeLayout()), line);
    }

    private Statement callBlock(int line) {
        List<Parameter> parameters = stream.isOperator("(") ? signature() : List.of();
        if (!(expressions.expression() instanceof Expression.Call call)) {
            throw stream.fail("expected call", line);
        }
        return new Statement.CallBlock(
                new Function(parameters, body("endcall"), new ScopeLayout()), call, line);
    }

    private List<Parameter> signature() {
        stream.expectOperator("(");
        List<Parameter> parameters = new ArrayList<>();
        Set<String> names = new HashSet<>();
        boolean hasFallback = false;
        while (!stream.isOperator(")")) {
            if (!parameters.isEmpty()) {
                stream.expectOperator(",");
            }
            String name = variableName();
            if (!names.add(name)) {
                throw stream.fail("duplicate argument '" + name + "' in function definition");
            }
            Expression fallback = null;
            if (stream.takeOperator("=")) {
                fallback = expressions.expression();
                hasFallback = true;
            } else if (hasFallback) {
                throw stream.fail("non-default argument follows default argument");
            }
            parameters.add(new Parameter(name, fallback));
        }
        stream.expectOperator(")");
        return parameters;
    }

    private String variableName() {
        Token name = stream.expect(Token.Kind.NAME, "a name");
        if (CONSTANTS.contains(name.text())) {
            throw stream.fail("can't assign to '" + name.text() + "'", name.line());
        }
        return name.text();
    }

    private Statement with(int line) {
        List<Target> targets = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!stream.is(Token.Kind.BLOCK_END) && !stream.isOperator(":")) {
            if (!targets.isEmpty()) {
                stream.expectOperator(",");
            }
            targets.add(target(false));
            stream.expectOperator("=");
            values.add(expressions.expression());
        }
        return new Statement.With(targets, values, body("endwith"), new ScopeLayout(), line);
    }

    private Statement block(int line) {
        String name = stream.expect(Token.Kind.NAME, "a block's name").text();
        if (stream.takeName("scoped")) {
            throw stream.fail("scoped blocks are not supported: a chat template stands alone");
        }
        boolean required = stream.takeName("required");
        if (!blockNames.add(name)) {
            throw stream.fail("block '" + name + "' defined twice", line);
        }
        List<Statement> body = body("endblock");
        stream.takeName(name);
        return new Statement.Block(name, required, body, new ScopeLayout(), line);
    }

    /** A target to assign to; several with commas between them are unpacked into. */
    private Target target(boolean mayBeAttribute) {
        List<Target> targets = new ArrayList<>();
        boolean several = false;
        while (true) {
            if (!targets.isEmpty()) {
                stream.expectOperator(",");
            }
            if (expressions.isTupleEnd()) {
                break;
            }
            targets.add(singleTarget(mayBeAttribute));
            if (!stream.isOperator(",")) {
                break;
            }
            several = true;
        }
        if (several) {
            return new Target.Several(targets);
        }
        if (targets.isEmpty()) {
            throw stream.fail("Expected an expression, got " + stream.current().describe());
        }
        return targets.getFirst();
    }

    private Target singleTarget(boolean mayBeAttribute) {
        int line = stream.current().line();
        boolean attribute =
                mayBeAttribute && stream.is(Token.Kind.NAME) && stream.next().isOperator(".");
        if (attribute && !CONSTANTS.contains(stream.current().text())) {
            String namespace = stream.take().text();
            stream.take();
            String name = stream.expect(Token.Kind.NAME, "an attribute's name").text();
            return new Target.NamespaceAttribute(namespace, name);
        }
        Target target = asTarget(expressions.operands().primary());
        if (target == null) {
            throw stream.fail("can't assign to this expression", line);
        }
        return target;
    }

    private static @Nullable Target asTarget(Expression expression) {
        return switch (expression) {
            case Expression.Name name -> new Target.Variable(name.name());
            case Expression.TupleLiteral tuple -> {
                List<Target> targets = new ArrayList<>();
                for (Expression item : tuple.items()) {
                    Target target = asTarget(item);
                    if (target == null) {
                        yield null;
                    }
                    targets.add(target);
                }
                yield new Target.Several(targets);
            }
            default -> null;
        };
    }
}
