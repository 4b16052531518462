package dev.parlance.engine.chat.template.value;

import java.util.function.IntPredicate;

/** Classes of characters as Python's string methods see them; arguments are code points. */
public final class Characters {
    private Characters() {}

    /** Python's {@code str.isspace}: white space by Unicode's bidirectional or general category. */
    public static boolean isSpace(int c) {
        if (c < 0x80) {
            return c == ' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F);
        }
        return c == 0x85 || c == 0xA0 || (c > 0xFF && isWideSpace(c));
    }

    private static boolean isWideSpace(int c) {
        return c == 0x1680
                || (c >= 0x2000 && c <= 0x200A)
                || c == 0x2028
                || c == 0x2029
                || c == 0x202F
                || c == 0x205F
                || c == 0x3000;
    }

    /** Where {@code str.splitlines} ends a line. */
    public static boolean isLineEnd(int c) {
        return (c >= 0x0A && c <= 0x0D)
                || (c >= 0x1C && c <= 0x1E)
                || c == 0x85
                || c == 0x2028
                || c == 0x2029;
    }

    public static boolean isAlpha(int c) {
        return Character.isLetter(c);
    }

    public static boolean isDecimal(int c) {
        return Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER;
    }

    /** Decimal digits and single digits in another dress, such as superscripts. */
    public static boolean isDigit(int c) {
        if (isDecimal(c)) {
            return true;
        }
        int value = Character.getNumericValue(c);
        return Character.getType(c) == Character.OTHER_NUMBER && value >= 0 && value <= 9;
    }

    public static boolean isNumeric(int c) {
        int type = Character.getType(c);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }

    public static boolean isAlphanumeric(int c) {
        return isAlpha(c) || isNumeric(c);
    }

    /** What {@code \w} matches. */
    public static boolean isWord(int c) {
        return c == '_' || isAlphanumeric(c);
    }

    public static boolean isIdentifier(String text) {
        return !text.isEmpty()
                && (text.codePointAt(0) == '_'
                        || Character.isUnicodeIdentifierStart(text.codePointAt(0)))
                && text.codePoints()
                        .allMatch(c ->
                                !Character.isIdentifierIgnorable(c)
                                        && Character.isUnicodeIdentifierPart(c));
    }

    /** What {@code repr} shows as it is. */
    public static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }

    /** Whether a text is not empty and all its characters are of a class. */
    public static boolean all(String text, IntPredicate isOfClass) {
        return !text.isEmpty() && text.codePoints().allMatch(isOfClass);
    }

    /** The text without white space at its ends. */
    public static String strip(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isSpace(text.charAt(from))) {
            from++;
        }
        while (to > from && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }
}
