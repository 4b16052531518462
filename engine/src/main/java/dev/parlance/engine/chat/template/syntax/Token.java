package dev.parlance.engine.chat.template.syntax;

import dev.parlance.engine.chat.template.value.Value;

import org.jspecify.annotations.Nullable;

/**
 * A piece of template source.
 *
 * @param text the name or operator, or the template text
 * @param value what a literal stands for
 */
record Token(Kind kind, String text, @Nullable Value value, int line) {
    enum Kind {
        DATA,
        PRINT_BEGIN,
        PRINT_END,
        BLOCK_BEGIN,
        BLOCK_END,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    static Token of(Kind kind, String text, int line) {
        return new Token(kind, text, null, line);
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    /** The token in the words of an error message. */
    String describe() {
        return switch (kind) {
            case DATA -> "template text";
            case PRINT_BEGIN -> "begin of print statement";
            case PRINT_END -> "end of print statement";
            case BLOCK_BEGIN -> "begin of statement block";
            case BLOCK_END -> "end of statement block";
            case STRING -> "a string";
            case NAME, INTEGER, FLOAT, OPERATOR -> "'" + text + "'";
            case END -> "end of template";
        };
    }
}
