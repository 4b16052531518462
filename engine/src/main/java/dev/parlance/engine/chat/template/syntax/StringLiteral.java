package dev.parlance.engine.chat.template.syntax;

import dev.parlance.engine.chat.template.value.JinjaException;

/** Escapes in string literals, as Jinja2 resolves them through Python's unicode_escape codec. */
final class StringLiteral {
    private StringLiteral() {}

    static String unescape(String body) {
        if (body.indexOf('\\') < 0) {
            return body;
        }
        StringBuilder out = new StringBuilder(body.length());
        for (int i = 0; i < body.length(); ) {
            char c = body.charAt(i);
            if (c != '\\') {
                out.append(c);
                i++;
                continue;
            }
            if (i + 1 >= body.length()) {
                throw bad("\\ at end of string");
            }
            i = escape(body, i + 1, out);
        }
        return out.toString();
    }

    /** Resolves the escape whose letter is at an offset; returns the offset behind it. */
    private static int escape(String body, int at, StringBuilder out) {
        char c = body.charAt(at);
        int simple = "abfnrtv\\'\"".indexOf(c);
        if (simple >= 0) {
            out.append("\u0007\b\f\n\r\t\u000b\\'\"".charAt(simple));
            return at + 1;
        }
        if (c >= '0' && c <= '7') {
            int end = at;
            int value = 0;
            while (end < body.length() && end < at + 3 && isOctal(body.charAt(end))) {
                value = value * 8 + body.charAt(end++) - '0';
            }
            out.appendCodePoint(value);
            return end;
        }
        return switch (c) {
            case '\n' -> at + 1;
            case 'x' -> hex(body, at + 1, 2, out);
            case 'u' -> hex(body, at + 1, 4, out);
            case 'U' -> hex(body, at + 1, 8, out);
            case 'N' -> named(body, at + 1, out);
            default -> unknown(body, at, out);
        };
    }

    private static boolean isOctal(char c) {
        return c >= '0' && c <= '7';
    }

    private static int hex(String body, int from, int digits, StringBuilder out) {
        int value = 0;
        for (int i = from; i < from + digits; i++) {
            int digit = i < body.length() ? hexDigit(body.charAt(i)) : -1;
            if (digit < 0) {
                throw bad("truncated escape of " + digits + " hexadecimal digits");
            }
            value = value * 16 + digit;
        }
        if (!Character.isValidCodePoint(value)) {
            throw bad("illegal Unicode character");
        }
        out.appendCodePoint(value);
        return from + digits;
    }

    private static int hexDigit(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }

    private static int named(String body, int from, StringBuilder out) {
        int close = body.indexOf('}', from);
        if (!body.startsWith("{", from) || close < 0) {
            throw bad("malformed \\N character escape");
        }
        try {
            out.appendCodePoint(Character.codePointOf(body.substring(from + 1, close)));
        } catch (IllegalArgumentException _) {
            throw bad("unknown Unicode character name");
        }
        return close + 1;
    }

    /**
     * An unknown escape stays as it is. Before Python resolves escapes, Jinja2 turns characters
     * beyond ASCII into escapes, whose backslash a backslash before them then swallows.
     */
    private static int unknown(String body, int at, StringBuilder out) {
        int c = body.codePointAt(at);
        out.append('\\');
        if (c < 0x80) {
            out.append((char) c);
        } else if (c <= 0xFF) {
            out.append("x%02x".formatted(c));
        } else {
            out.append((c <= 0xFFFF ? "u%04x" : "U%08x").formatted(c));
        }
        return at + Character.charCount(c);
    }

    private static JinjaException bad(String message) {
        return new JinjaException(JinjaException.Kind.SYNTAX, message);
    }
}
