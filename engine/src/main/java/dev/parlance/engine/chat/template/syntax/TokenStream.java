package dev.parlance.engine.chat.template.syntax;

import static dev.parlance.engine.chat.template.value.JinjaException.Kind.SYNTAX;

import dev.parlance.engine.chat.template.value.JinjaException;

import java.util.List;

/** Tokens, read one by one. Threads: one at a time. */
final class TokenStream {
    private final List<Token> tokens;
    private int at;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(at);
    }

    /** The token after the current one. */
    Token next() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    /** Moves on; returns the token left behind. */
    Token take() {
        Token taken = current();
        if (taken.kind() != Token.Kind.END) {
            at++;
        }
        return taken;
    }

    boolean is(Token.Kind kind) {
        return current().kind() == kind;
    }

    boolean isName(String name) {
        return current().isName(name);
    }

    boolean isOperator(String operator) {
        return current().isOperator(operator);
    }

    boolean takeName(String name) {
        boolean found = isName(name);
        if (found) {
            at++;
        }
        return found;
    }

    boolean takeOperator(String operator) {
        boolean found = isOperator(operator);
        if (found) {
            at++;
        }
        return found;
    }

    Token expect(Token.Kind kind, String described) {
        if (!is(kind)) {
            throw fail("expected " + described + ", got " + current().describe());
        }
        return take();
    }

    void expectOperator(String operator) {
        if (!takeOperator(operator)) {
            throw fail("expected '" + operator + "', got " + current().describe());
        }
    }

    void expectName(String name) {
        if (!takeName(name)) {
            throw fail("expected '" + name + "', got " + current().describe());
        }
    }

    JinjaException fail(String message) {
        return fail(message, current().line());
    }

    JinjaException fail(String message, int line) {
        return new JinjaException(SYNTAX, message, line);
    }
}
