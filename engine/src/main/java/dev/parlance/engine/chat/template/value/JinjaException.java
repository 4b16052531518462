package dev.parlance.engine.chat.template.value;

/**
 * A template that cannot be read or run. The line is filled in where it is known, which is further
 * up than where most operations fail.
 */
public final class JinjaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What kind of trouble it is, so that callers know who can do something about it. */
    public enum Kind {
        /** The text is no template of the language. */
        SYNTAX,
        /** An operation on values that do not allow it, as Python or Jinja2 would raise. */
        OPERATION,
        /** The template itself called {@code raise_exception}. */
        REFUSED,
        /** A limit on what a template may use up. */
        LIMIT
    }

    private final Kind kind;
    private final int line;

    public JinjaException(Kind kind, String message, int line) {
        super(message);
        this.kind = kind;
        this.line = line;
    }

    public JinjaException(Kind kind, String message) {
        this(kind, message, 0);
    }

    public static JinjaException operation(String message) {
        return new JinjaException(Kind.OPERATION, message);
    }

    public static JinjaException limit(String message) {
        return new JinjaException(Kind.LIMIT, message);
    }

    public Kind kind() {
        return kind;
    }

    /** The line in the template, from 1; 0 if not known. */
    public int line() {
        return line;
    }

    /** The same exception with a line, unless it has one. */
    public JinjaException at(int knownLine) {
        if (line > 0) {
            return this;
        }
        JinjaException located = new JinjaException(kind, String.valueOf(getMessage()), knownLine);
        located.setStackTrace(getStackTrace());
        return located;
    }
}
