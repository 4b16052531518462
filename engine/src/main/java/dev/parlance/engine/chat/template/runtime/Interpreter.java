package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.syntax.Expression;
import dev.parlance.engine.chat.template.syntax.Statement;
import dev.parlance.engine.chat.template.syntax.Target;
import dev.parlance.engine.chat.template.syntax.Template;
import dev.parlance.engine.chat.template.value.Arguments;
import dev.parlance.engine.chat.template.value.Iteration;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.chat.template.value.Markup;
import dev.parlance.engine.chat.template.value.NamespaceValue;
import dev.parlance.engine.chat.template.value.Repr;
import dev.parlance.engine.chat.template.value.Text;
import dev.parlance.engine.chat.template.value.TextBuilder;
import dev.parlance.engine.chat.template.value.Undefined;
import dev.parlance.engine.chat.template.value.Value;

import org.jspecify.annotations.Nullable;

import java.util.Iterator;
import java.util.List;

/** Executes statements. Threads: belongs to one rendering. */
final class Interpreter {
    /** How a piece of template ended. */
    private enum Outcome {
        NORMAL,
        BREAK,
        CONTINUE
    }

    private final Evaluator evaluator;
    private final Context context;

    Interpreter(Evaluator evaluator, Context context) {
        this.evaluator = evaluator;
        this.context = context;
    }

    Text run(Template template) {
        Scope scope = new Scope(null, template.scope(), context);
        scope.enter();
        TextBuilder out = new TextBuilder();
        execute(template.body(), scope, out);
        return out.build();
    }

    private Outcome execute(List<Statement> body, Scope scope, TextBuilder out) {
        for (Statement statement : body) {
            Outcome outcome = execute(statement, scope, out);
            if (outcome != Outcome.NORMAL) {
                return outcome;
            }
        }
        return Outcome.NORMAL;
    }

    private Outcome execute(Statement statement, Scope scope, TextBuilder out) {
        evaluator.enter(statement.line());
        Outcome outcome = Outcome.NORMAL;
        switch (statement) {
            case Statement.Data data -> write(data.text(), out);
            case Statement.Print print -> print(evaluate(print.expression(), scope), out);
            case Statement.If condition -> outcome = condition(condition, scope, out);
            case Statement.For loop -> outcome = loop(loop, scope, out);
            case Statement.Set set -> set(set, scope);
            case Statement.SetBlock set -> outcome = setBlock(set, scope);
            case Statement.Macro macro ->
                    scope.assign(macro.name(), macro(macro.name(), macro.function(), scope));
            case Statement.CallBlock block -> {
                Value caller = macro("", block.caller(), scope);
                print(evaluator.call(block.call(), scope, caller), out);
            }
            case Statement.Generation generation ->
                    print(macro("", generation.caller(), scope).call(Arguments.NONE), out);
            case Statement.FilterBlock block -> outcome = filterBlock(block, scope, out);
            case Statement.With with -> outcome = with(with, scope, out);
            case Statement.AutoEscape block -> outcome = autoEscape(block, scope, out);
            case Statement.Block block -> block(block, out);
            case Statement.Do action -> evaluate(action.expression(), scope);
            case Statement.Break _ -> outcome = Outcome.BREAK;
            case Statement.Continue _ -> outcome = Outcome.CONTINUE;
        }
        evaluator.leave();
        return outcome;
    }

    private Value evaluate(Expression expression, Scope scope) {
        return evaluator.evaluate(expression, scope);
    }

    private void print(Value value, TextBuilder out) {
        write(evaluator.autoEscape() ? Markup.escape(value) : Repr.str(value), out);
    }

    private void write(Text text, TextBuilder out) {
        evaluator.meter().composed(text);
        out.append(text);
    }

    /** A piece of template as a value. */
    private Text captured(TextBuilder out) {
        return out.build().asMarkup(evaluator.autoEscape());
    }

    private Outcome condition(Statement.If condition, Scope scope, TextBuilder out) {
        for (Statement.Branch branch : condition.branches()) {
            if (evaluate(branch.test(), scope).isTrue()) {
                return execute(branch.body(), scope, out);
            }
        }
        return execute(condition.otherwise(), scope, out);
    }

    private void set(Statement.Set set, Scope scope) {
        checkNamespaces(set.target(), scope);
        assign(set.target(), evaluate(set.value(), scope), scope);
    }

    /** Only namespaces can be changed; that is checked before the value is computed. */
    private static void checkNamespaces(Target target, Scope scope) {
        switch (target) {
            case Target.Variable _ -> {}
            case Target.NamespaceAttribute attribute -> {
                if (!(scope.find(attribute.namespace()) instanceof NamespaceValue)) {
                    throw JinjaException.operation(
                            "cannot assign attribute on non-namespace object");
                }
            }
            case Target.Several several ->
                    several.targets().forEach(each -> checkNamespaces(each, scope));
        }
    }

    private void assign(Target target, Value value, Scope scope) {
        switch (target) {
            case Target.Variable variable -> scope.assign(variable.name(), value);
            case Target.NamespaceAttribute attribute -> {
                if (scope.find(attribute.namespace()) instanceof NamespaceValue namespace) {
                    namespace.set(attribute.attribute(), value);
                }
            }
            case Target.Several several -> {
                if (!Iteration.isIterable(value)) {
                    throw JinjaException.operation(
                            "cannot unpack non-iterable " + value.typeName() + " object");
                }
                List<Value> values = evaluator.toList(value);
                int expected = several.targets().size();
                if (values.size() != expected) {
                    throw JinjaException.operation(
                            (values.size() < expected ? "not enough" : "too many")
                                    + " values to unpack (expected "
                                    + expected
                                    + ", got "
                                    + values.size()
                                    + ")");
                }
                for (int i = 0; i < expected; i++) {
                    assign(several.targets().get(i), values.get(i), scope);
                }
            }
        }
    }

    private Outcome setBlock(Statement.SetBlock set, Scope scope) {
        checkNamespaces(set.target(), scope);
        Scope inner = scope.inner(set.scope());
        inner.enter();
        TextBuilder out = new TextBuilder();
        Outcome outcome = execute(set.body(), inner, out);
        if (outcome == Outcome.NORMAL) {
            Value value = captured(out);
            if (set.filter() != null) {
                value = evaluator.filter(set.filter(), inner, captured(out));
                value = evaluator.autoEscape() ? Repr.str(value).asMarkup(true) : value;
            }
            assign(set.target(), value, scope);
        }
        inner.leave();
        return outcome;
    }

    private Outcome filterBlock(Statement.FilterBlock block, Scope scope, TextBuilder out) {
        Scope inner = scope.inner(block.scope());
        inner.enter();
        TextBuilder body = new TextBuilder();
        Outcome outcome = execute(block.body(), inner, body);
        if (outcome == Outcome.NORMAL) {
            Value result = evaluator.filter(block.filter(), inner, captured(body));
            write(Repr.str(result), out);
        }
        inner.leave();
        return outcome;
    }

    private Outcome with(Statement.With with, Scope scope, TextBuilder out) {
        Scope inner = scope.inner(with.scope());
        inner.enter();
        for (int i = 0; i < with.targets().size(); i++) {
            assign(with.targets().get(i), evaluate(with.values().get(i), scope), inner);
        }
        Outcome outcome = execute(with.body(), inner, out);
        inner.leave();
        return outcome;
    }

    private Outcome autoEscape(Statement.AutoEscape block, Scope scope, TextBuilder out) {
        Scope inner = scope.inner(block.scope());
        inner.enter();
        boolean before = evaluator.autoEscape();
        evaluator.setAutoEscape(evaluate(block.enabled(), inner).isTrue());
        Outcome outcome = execute(block.body(), inner, out);
        evaluator.setAutoEscape(before);
        inner.leave();
        return outcome;
    }

    private void block(Statement.Block block, TextBuilder out) {
        if (block.required()) {
            throw JinjaException.operation("Required block '" + block.name() + "' not found");
        }
        Scope scope = new Scope(null, block.scope(), context);
        scope.enter();
        execute(block.body(), scope, out);
    }

    private MacroValue macro(String name, Statement.Function function, Scope scope) {
        return new MacroValue(name, function, arguments -> callMacro(function, scope, arguments));
    }

    /** Runs a macro with the values of its parameters, missing ones included. */
    private Text callMacro(
            Statement.Function function, Scope outer, MacroValue.Parameters parameters) {
        evaluator.enter(evaluator.line());
        Scope scope = outer.inner(function.scope());
        function.scope().names().forEach(name -> scope.put(name, Undefined.MISSING));
        parameters.values().forEach(scope::put);
        scope.enter();
        for (Statement.Parameter parameter : function.parameters()) {
            if (scope.find(parameter.name()) == Undefined.MISSING) {
                scope.put(parameter.name(), fallback(parameter, scope));
            }
        }
        TextBuilder out = new TextBuilder();
        execute(function.body(), scope, out);
        evaluator.leave();
        return captured(out);
    }

    private Value fallback(Statement.Parameter parameter, Scope scope) {
        return parameter.fallback() == null
                ? Undefined.because("parameter '" + parameter.name() + "' was not provided")
                : evaluate(parameter.fallback(), scope);
    }

    private Outcome loop(Statement.For loop, Scope scope, TextBuilder out) {
        Value iterable = evaluate(loop.iterable(), scope);
        if (!loop.recursive()) {
            return run(loop, iterable, scope, out, 0);
        }
        write(recurse(loop, iterable, scope, 0), out);
        return Outcome.NORMAL;
    }

    private Text recurse(Statement.For loop, Value iterable, Scope scope, int depth0) {
        evaluator.enter(evaluator.line());
        TextBuilder out = new TextBuilder();
        run(loop, iterable, scope, out, depth0);
        evaluator.leave();
        return captured(out);
    }

    private Outcome run(
            Statement.For loop, Value iterable, Scope scope, TextBuilder out, int depth0) {
        evaluator.enter(loop.line());
        Outcome outcome = iterate(loop, iterable, scope, out, depth0);
        evaluator.leave();
        return outcome;
    }

    private Outcome iterate(
            Statement.For loop, Value iterable, Scope scope, TextBuilder out, int depth0) {
        Iterator<Value> elements = evaluator.iterate(iterable);
        Value sized = iterable;
        if (loop.test() != null) {
            elements = filtered(loop, loop.test(), elements, scope);
            sized = Undefined.MISSING;
        }
        LoopValue state =
                new LoopValue(
                        elements,
                        sized == Undefined.MISSING ? -1 : Iteration.length(sized),
                        depth0,
                        loop.recursive()
                                ? nested -> recurse(loop, nested, scope, depth0 + 1)
                                : null);
        Scope inner = scope.inner(loop.scopes().body());
        boolean completedOnce = false;
        while (state.advance()) {
            inner.put("loop", state);
            assign(loop.target(), state.current(), inner);
            inner.enter();
            Outcome outcome = execute(loop.body(), inner, out);
            if (outcome == Outcome.BREAK) {
                break;
            }
            // As in Jinja2, an iteration that was cut short does not keep the else branch away.
            completedOnce |= outcome == Outcome.NORMAL;
        }
        inner.leave();
        if (completedOnce || loop.otherwise().isEmpty()) {
            return Outcome.NORMAL;
        }
        Scope otherwise = scope.inner(loop.scopes().otherwise());
        otherwise.enter();
        Outcome outcome = execute(loop.otherwise(), otherwise, out);
        otherwise.leave();
        return outcome;
    }

    private Iterator<Value> filtered(
            Statement.For loop, Expression test, Iterator<Value> elements, Scope scope) {
        return new LazyIterator() {
            private @Nullable Scope inner;

            @Override
            protected @Nullable Value advance() {
                Scope own = inner;
                if (own == null) {
                    own = scope.inner(loop.scopes().test());
                    own.enter();
                    inner = own;
                }
                while (elements.hasNext()) {
                    Value element = elements.next();
                    assign(loop.target(), element, own);
                    evaluator.enter(test.line());
                    boolean holds = evaluate(test, own).isTrue();
                    evaluator.leave();
                    if (holds) {
                        return element;
                    }
                }
                return null;
            }
        };
    }
}
