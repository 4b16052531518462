package dev.parlance.engine.chat.template.syntax;

import static dev.parlance.engine.chat.template.value.JinjaException.Kind.LIMIT;
import static dev.parlance.engine.chat.template.value.JinjaException.Kind.SYNTAX;

import dev.parlance.engine.chat.template.value.Characters;
import dev.parlance.engine.chat.template.value.JinjaException;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts template source into tokens the way Jinja2 does with {@code trim_blocks} and {@code
 * lstrip_blocks} on: a line end after a block or comment goes, and so does white space between the
 * start of a line and a block or comment.
 *
 * <p>Source: the rules of Jinja2 3.1, lexer.py.
 */
final class Lexer {
    /** Ten times the largest template known; the tree takes about 100 bytes a character. */
    static final int MAX_SOURCE_CHARS = 512 << 10;

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;

    /** Whether the last token ended a line, so that a tag may be the first thing on its line. */
    private boolean atLineStart = true;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String source) {
        if (source.length() > MAX_SOURCE_CHARS) {
            throw new JinjaException(
                    LIMIT,
                    "a template of "
                            + source.length()
                            + " characters, at most "
                            + MAX_SOURCE_CHARS
                            + " are allowed");
        }
        String unified = source.replace("\r\n", "\n").replace('\r', '\n');
        boolean endsLine = unified.endsWith("\n");
        Lexer lexer = new Lexer(endsLine ? unified.substring(0, unified.length() - 1) : unified);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (at < source.length()) {
            int tag = nextTag();
            if (tag < 0) {
                data(source.substring(at));
                at = source.length();
                break;
            }
            char kind = source.charAt(tag + 1);
            int inside = tag + 2;
            char sign = signAt(inside);
            int rawBody = kind == '%' ? rawBody(inside + (sign == 0 ? 0 : 1)) : -1;
            String text = source.substring(at, tag);
            textBefore(text, sign, kind != '{');
            at = inside + (sign == 0 ? 0 : 1);
            if (rawBody >= 0) {
                advance(rawBody);
                raw();
            } else if (kind == '#') {
                comment();
            } else {
                boolean print = kind == '{';
                add(print ? Token.Kind.PRINT_BEGIN : Token.Kind.BLOCK_BEGIN, "");
                at = new ExpressionLexer(source, at, line, tokens).run(print);
                line = tokens.getLast().line();
                skipAfterTag(print);
            }
        }
        add(Token.Kind.END, "");
    }

    private int nextTag() {
        for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
            if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private char signAt(int index) {
        char c = index < source.length() ? source.charAt(index) : 0;
        return c == '-' || c == '+' ? c : 0;
    }

    /** Emits the text before a tag, stripped as its sign says. */
    private void textBefore(String text, char sign, boolean mayStrip) {
        String kept = text;
        if (sign == '-') {
            int end = text.length();
            while (end > 0 && Characters.isSpace(text.charAt(end - 1))) {
                end--;
            }
            kept = text.substring(0, end);
        } else if (sign == 0 && mayStrip) {
            int lineStart = text.lastIndexOf('\n') + 1;
            if ((lineStart > 0 || atLineStart)
                    && Characters.strip(text.substring(lineStart)).isEmpty()) {
                kept = text.substring(0, lineStart);
            }
        }
        data(kept);
        line += lineEnds(text, kept.length());
        atLineStart = false;
    }

    private void data(String text) {
        if (!text.isEmpty()) {
            add(Token.Kind.DATA, text);
            line += lineEnds(text, 0);
        }
    }

    private static int lineEnds(String text, int from) {
        return (int) text.substring(from).chars().filter(c -> c == '\n').count();
    }

    private void add(Token.Kind kind, String text) {
        tokens.add(Token.of(kind, text, line));
    }

    /** Moves on, counting lines. */
    private void advance(int to) {
        line += lineEnds(source.substring(at, to), 0);
        atLineStart = to > 0 && source.charAt(to - 1) == '\n';
        at = to;
    }

    private int skipSpace(int from) {
        int i = from;
        while (i < source.length() && Characters.isSpace(source.charAt(i))) {
            i++;
        }
        return i;
    }

    /** Where the text of a raw block begins, if one opens here; −1 otherwise. */
    private int rawBody(int from) {
        int i = skipSpace(from);
        if (!source.startsWith("raw", i)) {
            return -1;
        }
        i = skipSpace(i + 3);
        if (source.startsWith("-%}", i)) {
            return skipSpace(i + 3);
        }
        return source.startsWith("%}", i) ? i + 2 : -1;
    }

    private void raw() {
        for (int tag = source.indexOf("{%", at); tag >= 0; tag = source.indexOf("{%", tag + 1)) {
            char sign = signAt(tag + 2);
            int name = skipSpace(tag + 2 + (sign == 0 ? 0 : 1));
            if (!source.startsWith("endraw", name)) {
                continue;
            }
            int close = skipSpace(name + "endraw".length());
            if (!source.startsWith("%}", close + closingSign(close))) {
                continue;
            }
            textBefore(source.substring(at, tag), sign, true);
            at = tag;
            advance(close);
            skipClose('%');
            return;
        }
        checkAtEnd("Missing end of raw directive");
    }

    /**
     * As in Jinja2, a raw block or comment need not end if nothing at all comes after its start.
     */
    private void checkAtEnd(String message) {
        if (at < source.length()) {
            throw new JinjaException(SYNTAX, message, line);
        }
    }

    private int closingSign(int index) {
        return signAt(index) == 0 ? 0 : 1;
    }

    private void comment() {
        int close = source.indexOf("#}", at);
        if (close < 0) {
            checkAtEnd("Missing end of comment tag");
            return;
        }
        boolean signed = close > at && signAt(close - 1) != 0;
        advance(signed ? close - 1 : close);
        skipClose('#');
    }

    /** Behind the end of a block: white space after a minus, one line end after no sign. */
    private void skipClose(char mark) {
        char sign = signAt(at);
        int end = at + (sign == 0 ? 2 : 3);
        if (!source.startsWith(mark + "}", end - 2)) {
            throw new IllegalStateException("no end of tag at " + at);
        }
        if (sign == '-') {
            end = skipSpace(end);
        } else if (sign == 0 && source.startsWith("\n", end)) {
            end++;
        }
        advance(end);
    }

    private void skipAfterTag(boolean print) {
        if (!print) {
            skipClose('%');
        } else {
            boolean strips = source.charAt(at) == '-';
            advance(strips ? skipSpace(at + 3) : at + 2);
        }
    }
}
