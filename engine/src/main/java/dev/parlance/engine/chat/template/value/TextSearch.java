package dev.parlance.engine.chat.template.value;

import org.jspecify.annotations.Nullable;

/** Questions about strings: where something is, how often, of which case. */
public final class TextSearch {
    /** A part of a text, by offsets; empty and invalid if {@code from > to}. */
    public record Window(int from, int to) {
        public boolean fits(Text text) {
            return from <= to && text.length() <= to - from;
        }
    }

    private TextSearch() {}

    /** The part of a text between two of Python's positions; null and None mean the ends. */
    public static Window window(Text text, @Nullable Value start, @Nullable Value end) {
        int length = text.codePointCount();
        int from = position(start, 0, length);
        int to = Math.min(position(end, length, length), length);
        return from > length || from > to
                ? new Window(1, 0)
                : new Window(text.offsetOf(from), text.offsetOf(to));
    }

    private static int position(@Nullable Value value, int fallback, int length) {
        if (value == null || value == NoneValue.NONE) {
            return fallback;
        }
        if (!(Operators.number(value) instanceof IntegerValue number)) {
            throw JinjaException.operation("slice indices must be integers or None");
        }
        int position = number.clamped();
        return position < 0 ? Math.max(0, position + length) : position;
    }

    /** The offset of the first occurrence in a window, or −1. */
    public static int first(Text text, Text part, int from, int to) {
        int at = Search.indexOf(text.chars(), part.chars(), from);
        return at >= 0 && at + part.length() <= to ? at : -1;
    }

    /** The offset of the last occurrence in a window, or −1. */
    public static int last(Text text, Text part, int from, int to) {
        int at = Search.lastIndexOf(text.chars(), part.chars(), to);
        return at >= from ? at : -1;
    }

    /** How often a part occurs in a window, without overlaps. */
    public static int count(Text text, Text part, Window window) {
        if (window.from() > window.to()) {
            return 0;
        }
        if (part.isEmpty()) {
            return text.chars().codePointCount(window.from(), window.to()) + 1;
        }
        int count = 0;
        int at = first(text, part, window.from(), window.to());
        while (at >= 0) {
            count++;
            at = first(text, part, at + part.length(), window.to());
        }
        return count;
    }

    /** Whether there are characters with case and all of them are upper case. */
    public static boolean isUpper(String chars) {
        return chars.codePoints().anyMatch(TextOperations::isCased)
                && chars.codePoints()
                        .noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
    }

    public static boolean isLower(String chars) {
        return chars.codePoints().anyMatch(TextOperations::isCased)
                && chars.codePoints()
                        .noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
    }

    /** Whether upper case starts words and nothing else does. */
    public static boolean isTitle(String chars) {
        boolean inWord = false;
        boolean any = false;
        for (int c : chars.codePoints().toArray()) {
            boolean upper = Character.isUpperCase(c) || Character.isTitleCase(c);
            if (upper ? inWord : Character.isLowerCase(c) && !inWord) {
                return false;
            }
            inWord = TextOperations.isCased(c);
            any |= inWord;
        }
        return any;
    }
}
