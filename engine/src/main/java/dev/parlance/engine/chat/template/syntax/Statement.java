package dev.parlance.engine.chat.template.syntax;

import dev.parlance.engine.chat.template.value.Text;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** A statement of the template language. */
public sealed interface Statement {
    /** The line it starts on, from 1. */
    int line();

    /** Text outside of all tags. */
    record Data(Text text, int line) implements Statement {}

    record Print(Expression expression, int line) implements Statement {}

    record If(List<Branch> branches, List<Statement> otherwise, int line) implements Statement {}

    record Branch(Expression test, List<Statement> body) {}

    record For(
            Target target,
            Expression iterable,
            @Nullable Expression test,
            boolean recursive,
            List<Statement> body,
            List<Statement> otherwise,
            LoopScopes scopes,
            int line)
            implements Statement {}

    /** The scopes of a loop's body, of its filter and of its else branch. */
    record LoopScopes(ScopeLayout body, ScopeLayout test, ScopeLayout otherwise) {
        static LoopScopes create() {
            return new LoopScopes(new ScopeLayout(), new ScopeLayout(), new ScopeLayout());
        }
    }

    record Set(Target target, Expression value, int line) implements Statement {}

    record SetBlock(
            Target target,
            Expression.@Nullable Filter filter,
            List<Statement> body,
            ScopeLayout scope,
            int line)
            implements Statement {}

    record Macro(String name, Function function, int line) implements Statement {}

    /** Parameters and body of a macro or call block. */
    record Function(List<Parameter> parameters, List<Statement> body, ScopeLayout scope) {}

    record Parameter(String name, @Nullable Expression fallback) {}

    record CallBlock(Function caller, Expression.Call call, int line) implements Statement {}

    /** Text that training counts as the assistant's; here it is just text. */
    record Generation(Function caller, int line) implements Statement {}

    record FilterBlock(Expression.Filter filter, List<Statement> body, ScopeLayout scope, int line)
            implements Statement {}

    record With(
            List<Target> targets,
            List<Expression> values,
            List<Statement> body,
            ScopeLayout scope,
            int line)
            implements Statement {}

    record AutoEscape(Expression enabled, List<Statement> body, ScopeLayout scope, int line)
            implements Statement {}

    record Block(String name, boolean required, List<Statement> body, ScopeLayout scope, int line)
            implements Statement {}

    record Do(Expression expression, int line) implements Statement {}

    record Break(int line) implements Statement {}

    record Continue(int line) implements Statement {}
}
