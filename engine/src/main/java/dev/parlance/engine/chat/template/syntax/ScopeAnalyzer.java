package dev.parlance.engine.chat.template.syntax;

import static dev.parlance.engine.chat.template.value.JinjaException.Kind.LIMIT;
import static dev.parlance.engine.chat.template.value.JinjaException.Kind.SYNTAX;

import dev.parlance.engine.chat.template.syntax.Expression.CallArguments;
import dev.parlance.engine.chat.template.syntax.ScopeLayout.Initial;
import dev.parlance.engine.chat.template.value.JinjaException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Decides for each scope which variables it has, and refuses what Jinja2 refuses before it runs a
 * template: unknown filters, loop control outside of loops, trees too deep to walk.
 *
 * <p>A scope is analysed as a whole before the scopes inside it, which then see all its variables,
 * also those that are assigned further down. Source: the rules of Jinja2 3.1.6, idtracking.py and
 * compiler.py.
 */
final class ScopeAnalyzer {
    /**
     * Nodes within each other on any path through the tree, chains such as {@code a + b + …}
     * included: as deep as the interpreter recurses for one macro.
     */
    static final int MAX_DEPTH = 400;

    /** What surrounds a piece of template. */
    private record Place(boolean inLoop, boolean inCondition) {
        Place inCondition(boolean now) {
            return new Place(inLoop, now);
        }

        Place inLoop(boolean now) {
            return new Place(now, inCondition);
        }
    }

    private final Predicate<String> isFilter;
    private final Predicate<String> isTest;

    ScopeAnalyzer(Predicate<String> isFilter, Predicate<String> isTest) {
        this.isFilter = isFilter;
        this.isTest = isTest;
    }

    void analyze(Template template) {
        Symbols symbols = new Symbols(null);
        new Scan(symbols, 0).scope(template.body(), new Place(false, false), template.scope());
    }

    /** Looks through one scope and remembers the scopes inside it for afterwards. */
    private final class Scan {
        private final Symbols own;
        private final List<Runnable> inner = new ArrayList<>();
        private Symbols symbols;
        private int depth;

        Scan(Symbols symbols, int depth) {
            this.own = symbols;
            this.symbols = symbols;
            this.depth = depth;
        }

        /** Analyses statements as this scope, then everything inside. */
        void scope(List<Statement> body, Place place, ScopeLayout layout) {
            statements(body, place);
            finish(layout);
        }

        void finish(ScopeLayout layout) {
            layout.seal(own.initials());
            inner.forEach(Runnable::run);
        }

        private Scan child() {
            return new Scan(new Symbols(own), depth);
        }

        private void statements(List<Statement> body, Place place) {
            body.forEach(statement -> statement(statement, place));
        }

        private void enter(int line) {
            if (++depth > MAX_DEPTH) {
                throw new JinjaException(
                        LIMIT, "a template nested more than " + MAX_DEPTH + " deep", line);
            }
        }

        private void statement(Statement statement, Place place) {
            enter(statement.line());
            // Jinja2 looks filters up early, but not below an if, where they may never be reached.
            Place nested = place.inCondition(false);
            switch (statement) {
                case Statement.Data _ -> {}
                case Statement.Print print -> expression(print.expression(), place);
                case Statement.If condition -> condition(condition, place);
                case Statement.For loop -> loop(loop, place);
                case Statement.Set set -> {
                    expression(set.value(), place);
                    target(set.target(), set.line());
                }
                case Statement.SetBlock set -> {
                    target(set.target(), set.line());
                    later(set.body(), set.filter(), nested, set.scope());
                }
                case Statement.Macro macro -> {
                    symbols.store(macro.name());
                    function(macro.function(), macro.line());
                }
                case Statement.CallBlock block -> {
                    expression(block.call(), place);
                    function(block.caller(), block.line());
                }
                case Statement.Generation generation ->
                        function(generation.caller(), generation.line());
                case Statement.FilterBlock block -> {
                    expression(block.filter(), place);
                    later(block.body(), block.filter(), nested, block.scope());
                }
                case Statement.With with -> with(with, place, nested);
                case Statement.AutoEscape block ->
                        later(block.body(), block.enabled(), nested, block.scope());
                case Statement.Block block ->
                        inner.add(() ->
                                new Scan(new Symbols(null), depth)
                                        .scope(
                                                block.body(),
                                                new Place(false, false),
                                                block.scope()));
                case Statement.Do action -> expression(action.expression(), place);
                case Statement.Break _, Statement.Continue _ -> {
                    if (!place.inLoop()) {
                        throw new JinjaException(
                                SYNTAX, "break or continue outside of a loop", statement.line());
                    }
                }
            }
            depth--;
        }

        /** A scope inside, whose first expression belongs to it. */
        private void later(
                List<Statement> body,
                @Nullable Expression expression,
                Place place,
                ScopeLayout layout) {
            int at = depth;
            inner.add(() -> {
                Scan scan = child();
                scan.depth = at;
                if (expression != null) {
                    scan.expression(expression, place);
                }
                scan.scope(body, place, layout);
            });
        }

        private void with(Statement.With with, Place place, Place nested) {
            with.values().forEach(value -> expression(value, place));
            int at = depth;
            inner.add(() -> {
                Scan scan = child();
                scan.depth = at;
                with.targets().forEach(scan::parameters);
                scan.scope(with.body(), nested, with.scope());
            });
        }

        /** Each branch starts from the same symbols; what any of them sets, all may have set. */
        private void condition(Statement.If condition, Place place) {
            Place inside = place.inCondition(true);
            Symbols before = symbols;
            expression(condition.branches().getFirst().test(), inside);
            List<Symbols> branches = new ArrayList<>();
            symbols = before.copy();
            statements(condition.branches().getFirst().body(), inside);
            branches.add(symbols);
            symbols = before.copy();
            for (Statement.Branch branch :
                    condition.branches().subList(1, condition.branches().size())) {
                condition(new Statement.If(List.of(branch), List.of(), condition.line()), place);
            }
            branches.add(symbols);
            symbols = before.copy();
            statements(condition.otherwise(), inside);
            branches.add(symbols);
            symbols = before;
            symbols.merge(branches);
        }

        private void loop(Statement.For loop, Place place) {
            checkNotLoop(loop.target(), loop.line());
            expression(loop.iterable(), place);
            int at = depth;
            inner.add(() -> loopScopes(loop, place, at));
        }

        private void loopScopes(Statement.For loop, Place place, int at) {
            Place inside = new Place(true, false);
            Scan body = child();
            body.depth = at;
            body.symbols.parameter("loop");
            body.parameters(loop.target());
            body.scope(loop.body(), inside, loop.scopes().body());
            if (loop.test() != null) {
                Scan test = child();
                test.depth = at;
                test.parameters(loop.target());
                test.expression(loop.test(), place.inCondition(false));
                test.finish(loop.scopes().test());
            }
            Scan otherwise = child();
            otherwise.depth = at;
            boolean outerLoop = place.inLoop() && !loop.recursive();
            otherwise.scope(
                    loop.otherwise(), new Place(outerLoop, false), loop.scopes().otherwise());
        }

        private void function(Statement.Function function, int line) {
            int at = depth;
            inner.add(() -> {
                Scan scan = child();
                scan.depth = at;
                scan.functionScope(function, line);
            });
        }

        private void functionScope(Statement.Function function, int line) {
            Place place = new Place(false, false);
            symbols.becomeFunction(function.scope().specialParameters());
            boolean requiresCaller = false;
            for (Statement.Parameter parameter : function.parameters()) {
                symbols.parameter(parameter.name());
                requiresCaller |= parameter.name().equals("caller") && parameter.fallback() == null;
            }
            for (Statement.Parameter parameter : function.parameters()) {
                expression(parameter.fallback(), place);
            }
            scope(function.body(), place, function.scope());
            if (requiresCaller && function.scope().specialParameters().contains("caller")) {
                throw new JinjaException(
                        SYNTAX,
                        "the parameter 'caller' must be omitted or be given a default",
                        line);
            }
        }

        private void target(Target target, int line) {
            switch (target) {
                case Target.Variable variable -> {
                    if (own.find("loop") == Initial.PARAMETER) {
                        checkNotLoop(variable, line);
                    }
                    symbols.store(variable.name());
                }
                case Target.NamespaceAttribute attribute -> symbols.load(attribute.namespace());
                case Target.Several several ->
                        several.targets().forEach(each -> target(each, line));
            }
        }

        private void checkNotLoop(Target target, int line) {
            switch (target) {
                case Target.Variable variable -> {
                    if (variable.name().equals("loop")) {
                        throw new JinjaException(
                                SYNTAX, "Can't assign to special loop variable in for-loop", line);
                    }
                }
                case Target.NamespaceAttribute _ -> {}
                case Target.Several several ->
                        several.targets().forEach(each -> checkNotLoop(each, line));
            }
        }

        private void parameters(Target target) {
            switch (target) {
                case Target.Variable variable -> symbols.parameter(variable.name());
                case Target.NamespaceAttribute attribute -> symbols.load(attribute.namespace());
                case Target.Several several -> several.targets().forEach(this::parameters);
            }
        }

        private void expression(@Nullable Expression expression, Place place) {
            if (expression == null) {
                return;
            }
            enter(expression.line());
            switch (expression) {
                case Expression.Literal _ -> {}
                case Expression.Name name -> symbols.load(name.name());
                case Expression.TupleLiteral tuple -> expressions(tuple.items(), place);
                case Expression.ListLiteral list -> expressions(list.items(), place);
                case Expression.DictLiteral dict ->
                        dict.entries()
                                .forEach(entry -> {
                                    expression(entry.key(), place);
                                    expression(entry.value(), place);
                                });
                case Expression.Not not -> expression(not.operand(), place);
                case Expression.Negative negative -> expression(negative.operand(), place);
                case Expression.Positive positive -> expression(positive.operand(), place);
                case Expression.Arithmetic pair -> pair(pair.left(), pair.right(), place);
                case Expression.And pair -> pair(pair.left(), pair.right(), place);
                case Expression.Or pair -> pair(pair.left(), pair.right(), place);
                case Expression.Concatenation all -> expressions(all.parts(), place);
                case Expression.Comparisons all -> {
                    expression(all.first(), place);
                    all.rest().forEach(operand -> expression(operand.expression(), place));
                }
                case Expression.Conditional conditional -> {
                    Place inside = place.inCondition(true);
                    expression(conditional.test(), inside);
                    expression(conditional.then(), inside);
                    expression(conditional.otherwise(), inside);
                }
                case Expression.Attribute attribute -> expression(attribute.owner(), place);
                case Expression.Element element -> pair(element.owner(), element.key(), place);
                case Expression.Slice slice -> {
                    pair(slice.owner(), slice.start(), place);
                    pair(slice.stop(), slice.step(), place);
                }
                case Expression.Call call -> {
                    expression(call.function(), place);
                    arguments(call.arguments(), place);
                }
                case Expression.Filter filter -> {
                    check("filter", filter.name(), isFilter, place, filter.line());
                    expression(filter.input(), place);
                    arguments(filter.arguments(), place);
                }
                case Expression.Test test -> {
                    check("test", test.name(), isTest, place, test.line());
                    expression(test.input(), place);
                    arguments(test.arguments(), place);
                }
            }
            depth--;
        }

        private void pair(@Nullable Expression first, @Nullable Expression second, Place place) {
            expression(first, place);
            expression(second, place);
        }

        private void expressions(List<Expression> expressions, Place place) {
            expressions.forEach(each -> expression(each, place));
        }

        private void arguments(CallArguments arguments, Place place) {
            expressions(arguments.positional(), place);
            arguments.named().forEach(named -> expression(named.value(), place));
            pair(arguments.spread(), arguments.namedSpread(), place);
        }

        private void check(
                String what, String name, Predicate<String> exists, Place place, int line) {
            if (!place.inCondition() && !exists.test(name)) {
                throw new JinjaException(SYNTAX, "No " + what + " named '" + name + "'.", line);
            }
        }
    }
}
