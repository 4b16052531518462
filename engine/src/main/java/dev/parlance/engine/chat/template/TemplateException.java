package dev.parlance.engine.chat.template;

/**
 * A template that cannot be compiled, or that refuses a conversation; the message says why and on
 * which line.
 */
public final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What kind of trouble it is, and so who can do something about it. */
    public enum Kind {
        /** The text is no template of the supported language: the model's file is at fault. */
        SYNTAX,
        /** The template does something impossible with this conversation's values. */
        OPERATION,
        /** The template refuses the conversation in its own words, which are {@link #detail()}. */
        REFUSED,
        /** The template goes beyond a limit on time, memory or nesting. */
        LIMIT
    }

    private final Kind kind;
    private final int line;
    private final String detail;

    public TemplateException(String message) {
        this(Kind.OPERATION, message, 0);
    }

    /** An exception at a line of the template, from 1; 0 if there is none to blame. */
    public TemplateException(Kind kind, String detail, int line) {
        super(line > 0 ? "line " + line + ": " + detail : detail);
        this.kind = kind;
        this.line = line;
        this.detail = detail;
    }

    public Kind kind() {
        return kind;
    }

    /** The line in the template, from 1; 0 if no line is to blame. */
    public int line() {
        return line;
    }

    /** The message without the line. */
    public String detail() {
        return detail;
    }
}
