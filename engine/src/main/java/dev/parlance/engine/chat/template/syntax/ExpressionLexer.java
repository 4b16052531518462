package dev.parlance.engine.chat.template.syntax;

import static dev.parlance.engine.chat.template.value.JinjaException.Kind.SYNTAX;

import dev.parlance.engine.chat.template.value.Characters;
import dev.parlance.engine.chat.template.value.FloatValue;
import dev.parlance.engine.chat.template.value.IntegerValue;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.chat.template.value.Limits;
import dev.parlance.engine.chat.template.value.Text;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Cuts the inside of one tag into tokens, up to its end. */
final class ExpressionLexer {
    /** Longest first, so that the first match is the right one. */
    private static final List<String> OPERATORS =
            List.of(
                    "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(",
                    ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";");

    private final String source;
    private final List<Token> tokens;
    private final Deque<String> open = new ArrayDeque<>();
    private int at;
    private int line;

    ExpressionLexer(String source, int from, int line, List<Token> tokens) {
        this.source = source;
        this.at = from;
        this.line = line;
        this.tokens = tokens;
    }

    /** Adds the tokens; the last is the end of the tag. Returns the offset of that end. */
    int run(boolean print) {
        while (at < source.length()) {
            if (open.isEmpty() && isEnd(print)) {
                add(print ? Token.Kind.PRINT_END : Token.Kind.BLOCK_END, "");
                return at;
            }
            char c = source.charAt(at);
            if (Characters.isSpace(c)) {
                line += c == '\n' ? 1 : 0;
                at++;
            } else if (c >= '0' && c <= '9') {
                number();
            } else if (Characters.isWord(source.codePointAt(at))) {
                name();
            } else if ((c == '"' || c == '\'') && stringEnd(c) > 0) {
                string(stringEnd(c));
            } else {
                operator();
            }
        }
        throw fail("the template ends inside a tag");
    }

    private JinjaException fail(String message) {
        return new JinjaException(SYNTAX, message, line);
    }

    private void add(Token.Kind kind, String text) {
        tokens.add(Token.of(kind, text, line));
    }

    private boolean isEnd(boolean print) {
        if (print) {
            return source.startsWith("}}", at) || source.startsWith("-}}", at);
        }
        return source.startsWith("%}", at)
                || source.startsWith("-%}", at)
                || source.startsWith("+%}", at);
    }

    private void name() {
        int from = at;
        while (at < source.length() && Characters.isWord(source.codePointAt(at))) {
            at += Character.charCount(source.codePointAt(at));
        }
        String name = source.substring(from, at);
        if (!Characters.isIdentifier(name)) {
            throw fail("Invalid character in identifier");
        }
        add(Token.Kind.NAME, name);
    }

    private void number() {
        int end = floatEnd();
        if (end > 0) {
            String text = source.substring(at, end);
            double value = Double.parseDouble(text.replace("_", ""));
            tokens.add(new Token(Token.Kind.FLOAT, text, new FloatValue(value), line));
            at = end;
            return;
        }
        int radix = radix();
        if (radix == 10) {
            boolean zero = source.charAt(at) == '0';
            end = digits(at, zero ? 1 : 10);
        } else {
            end = digits(at + 2, radix);
        }
        String text = source.substring(at, end);
        String digits = text.substring(radix == 10 ? 0 : 2).replace("_", "");
        if (digits.length() > Limits.MAX_INTEGER_DIGITS) {
            throw fail("a number of " + digits.length() + " digits");
        }
        IntegerValue value = new IntegerValue(new BigInteger(digits, radix));
        tokens.add(new Token(Token.Kind.INTEGER, text, value, line));
        at = end;
    }

    /** The radix by prefix; a prefix without digits behind it is none. */
    private int radix() {
        if (source.charAt(at) != '0' || at + 2 >= source.length()) {
            return 10;
        }
        int radix =
                switch (source.charAt(at + 1)) {
                    case 'x', 'X' -> 16;
                    case 'o', 'O' -> 8;
                    case 'b', 'B' -> 2;
                    default -> 10;
                };
        return radix != 10 && digits(at + 2, radix) == at + 2 ? 10 : radix;
    }

    /** The end of digits with single underscores among them; radix 1 means zeros only. */
    private int digits(int from, int radix) {
        int i = from;
        while (i < source.length()) {
            int digit = source.charAt(i) == '_' && i + 1 < source.length() ? i + 1 : i;
            // Only a prefix or a digit may stand before an underscore.
            boolean underscore = digit > i;
            if (underscore && i == from && radix == 10) {
                break;
            }
            char c = source.charAt(digit);
            boolean fits = c < 0x80 && (radix == 1 ? c == '0' : Character.digit(c, radix) >= 0);
            if (!fits) {
                break;
            }
            i = digit + 1;
        }
        return i;
    }

    /** The end of a float here, or −1. A number after a dot is an index, never a float. */
    private int floatEnd() {
        if (at > 0 && source.charAt(at - 1) == '.') {
            return -1;
        }
        int whole = digits(at, 10);
        int end = -1;
        int i = whole;
        if (i + 1 < source.length() && source.charAt(i) == '.') {
            int fraction = digits(i + 1, 10);
            if (fraction > i + 1) {
                end = fraction;
                i = fraction;
            }
        }
        if (i < source.length() && (source.charAt(i) == 'e' || source.charAt(i) == 'E')) {
            int from = i + 1;
            if (from < source.length() && "+-".indexOf(source.charAt(from)) >= 0) {
                from++;
            }
            int exponent = digits(from, 10);
            end = exponent > from ? exponent : end;
        }
        return end;
    }

    /** The offset behind the closing quote, or −1 if the string does not end. */
    private int stringEnd(char quote) {
        for (int i = at + 1; i < source.length(); i++) {
            char c = source.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == quote) {
                return i + 1;
            }
        }
        return -1;
    }

    private void string(int end) {
        String body = source.substring(at + 1, end - 1);
        String text;
        try {
            text = StringLiteral.unescape(body);
        } catch (JinjaException e) {
            throw e.at(line);
        }
        tokens.add(new Token(Token.Kind.STRING, text, Text.trusted(text), line));
        line += (int) body.chars().filter(c -> c == '\n').count();
        at = end;
    }

    private void operator() {
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, at)) {
                balance(operator);
                add(Token.Kind.OPERATOR, operator);
                at += operator.length();
                return;
            }
        }
        throw fail("unexpected char '" + Character.toString(source.codePointAt(at)) + "'");
    }

    private void balance(String operator) {
        switch (operator) {
            case "{" -> open.push("}");
            case "(" -> open.push(")");
            case "[" -> open.push("]");
            case "}", ")", "]" -> {
                if (open.isEmpty()) {
                    throw fail("unexpected '" + operator + "'");
                }
                String expected = open.pop();
                if (!expected.equals(operator)) {
                    throw fail("unexpected '" + operator + "', expected '" + expected + "'");
                }
            }
            default -> {
                // Any other operator opens and closes nothing.
            }
        }
    }
}
