package dev.parlance.engine.chat.template.value;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Python's operations on strings that give strings. Marks follow the characters. */
public final class TextOperations {
    private TextOperations() {}

    /** Which ends of a text are stripped. */
    public enum Ends {
        BOTH,
        LEFT,
        RIGHT
    }

    /** Without the characters of a set at its ends; without white space if there is no set. */
    public static Text strip(Text text, @Nullable Text set, Ends ends) {
        String chars = text.chars();
        IntPredicate stripped =
                set == null ? Characters::isSpace : c -> set.chars().indexOf(c) >= 0;
        int from = 0;
        int to = chars.length();
        while (ends != Ends.RIGHT && from < to) {
            int c = chars.codePointAt(from);
            if (!stripped.test(c)) {
                break;
            }
            from += Character.charCount(c);
        }
        while (ends != Ends.LEFT && to > from) {
            int c = chars.codePointBefore(to);
            if (!stripped.test(c)) {
                break;
            }
            to -= Character.charCount(c);
        }
        return text.slice(from, to);
    }

    /** The parts between separators, at most {@code max} cuts from the left; no bound below 0. */
    public static List<Value> split(Text text, @Nullable Text separator, int max) {
        return separator == null ? splitSpace(text, max) : splitAt(text, separator, max);
    }

    private static List<Value> splitAt(Text text, Text separator, int max) {
        checkSeparator(separator);
        List<Value> parts = new ArrayList<>();
        int from = 0;
        while (max < 0 || parts.size() < max) {
            int at = Search.indexOf(text.chars(), separator.chars(), from);
            if (at < 0) {
                break;
            }
            parts.add(text.slice(from, at));
            Limits.checkElements(parts.size() + 1L);
            from = at + separator.length();
        }
        parts.add(text.slice(from));
        return parts;
    }

    private static List<Value> splitSpace(Text text, int max) {
        String chars = text.chars();
        List<Value> parts = new ArrayList<>();
        int at = skip(chars, 0, true);
        while (at < chars.length()) {
            if (max >= 0 && parts.size() >= max) {
                parts.add(text.slice(at));
                return parts;
            }
            int end = skip(chars, at, false);
            parts.add(text.slice(at, end));
            Limits.checkElements(parts.size() + 1L);
            at = skip(chars, end, true);
        }
        return parts;
    }

    private static int skip(String chars, int from, boolean space) {
        int at = from;
        while (at < chars.length() && Characters.isSpace(chars.charAt(at)) == space) {
            at++;
        }
        return at;
    }

    /** The parts between separators, at most {@code max} cuts from the right. */
    public static List<Value> splitFromRight(Text text, @Nullable Text separator, int max) {
        if (max < 0) {
            return split(text, separator, max);
        }
        List<Value> parts = new ArrayList<>();
        if (separator == null) {
            splitSpaceFromRight(text, max, parts);
        } else {
            checkSeparator(separator);
            int to = text.length();
            while (parts.size() < max) {
                int at = Search.lastIndexOf(text.chars(), separator.chars(), to);
                if (at < 0) {
                    break;
                }
                parts.add(text.slice(at + separator.length(), to));
                Limits.checkElements(parts.size() + 1L);
                to = at;
            }
            parts.add(text.slice(0, to));
        }
        Collections.reverse(parts);
        return parts;
    }

    private static void splitSpaceFromRight(Text text, int max, List<Value> parts) {
        String chars = text.chars();
        int to = skipBack(chars, chars.length(), true);
        while (to > 0) {
            if (parts.size() >= max) {
                parts.add(text.slice(0, to));
                return;
            }
            int from = skipBack(chars, to, false);
            parts.add(text.slice(from, to));
            Limits.checkElements(parts.size() + 1L);
            to = skipBack(chars, from, true);
        }
    }

    private static int skipBack(String chars, int from, boolean space) {
        int at = from;
        while (at > 0 && Characters.isSpace(chars.charAt(at - 1)) == space) {
            at--;
        }
        return at;
    }

    private static void checkSeparator(Text separator) {
        if (separator.isEmpty()) {
            throw JinjaException.operation("empty separator");
        }
    }

    public static List<Value> splitLines(Text text, boolean keepEnds) {
        String chars = text.chars();
        List<Value> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < chars.length(); i++) {
            if (!Characters.isLineEnd(chars.charAt(i))) {
                continue;
            }
            int end = i;
            if (chars.startsWith("\r\n", i)) {
                i++;
            }
            lines.add(text.slice(from, keepEnds ? i + 1 : end));
            Limits.checkElements(lines.size() + 1L);
            from = i + 1;
        }
        if (from < chars.length()) {
            lines.add(text.slice(from));
        }
        return lines;
    }

    /** With the first {@code max} occurrences of a part replaced; all of them below 0. */
    public static Text replace(Text text, Text old, Text replacement, int max) {
        TextBuilder out = new TextBuilder();
        int from = 0;
        int done = 0;
        if (old.isEmpty()) {
            return interleave(text, replacement, max);
        }
        while (max < 0 || done < max) {
            int at = Search.indexOf(text.chars(), old.chars(), from);
            if (at < 0) {
                break;
            }
            out.append(text, from, at).append(replacement);
            from = at + old.length();
            done++;
        }
        return done == 0 ? text : out.append(text, from, text.length()).build();
    }

    /** An empty part is found before each character and at the end. */
    private static Text interleave(Text text, Text piece, int max) {
        TextBuilder out = new TextBuilder();
        int at = 0;
        int done = 0;
        while (max < 0 || done < max) {
            out.append(piece);
            done++;
            if (at >= text.length()) {
                return out.build();
            }
            int end = at + Character.charCount(text.chars().codePointAt(at));
            out.append(text, at, end);
            at = end;
        }
        return out.append(text, at, text.length()).build();
    }

    /** The elements with the separator between them; all must be texts. */
    public static Text join(Text separator, Iterator<Value> elements) {
        TextBuilder out = new TextBuilder();
        for (int i = 0; elements.hasNext(); i++) {
            Value element = elements.next();
            if (!(element instanceof Text text)) {
                throw JinjaException.operation(
                        "sequence item "
                                + i
                                + ": expected str instance, "
                                + element.typeName()
                                + " found");
            }
            if (i > 0) {
                out.append(separator);
            }
            out.append(text);
            Limits.checkElements(i);
        }
        return out.build();
    }

    /** Padded with fill characters to a width in code points. */
    public static Text pad(Text text, int width, Text fill, int left, int right) {
        if (fill.codePointCount() != 1) {
            throw JinjaException.operation("The fill character must be exactly one character long");
        }
        if (width <= text.codePointCount()) {
            return text;
        }
        return new TextBuilder()
                .repeat(fill, left)
                .append(text)
                .repeat(fill, right)
                .build()
                .asMarkup(text.isMarkup());
    }

    public static Text center(Text text, int width, Text fill) {
        int total = Math.max(0, width - text.codePointCount());
        // Python puts the odd fill character left or right by the width's parity.
        int left = total / 2 + (total & width & 1);
        return pad(text, width, fill, left, total - left);
    }

    public static Text upper(Text text) {
        return text.map(s -> s.toUpperCase(Locale.ROOT));
    }

    public static Text lower(Text text) {
        return text.map(s -> s.toLowerCase(Locale.ROOT));
    }

    public static Text capitalize(Text text) {
        return text.map(s -> {
            if (s.isEmpty()) {
                return s;
            }
            int first = Character.charCount(s.codePointAt(0));
            return titleCase(s.substring(0, first)) + s.substring(first).toLowerCase(Locale.ROOT);
        });
    }

    /** One character in title case, which may take several: {@code ß} is {@code Ss}. */
    private static String titleCase(String character) {
        int c = character.codePointAt(0);
        String upper = character.toUpperCase(Locale.ROOT);
        if (Character.toTitleCase(c) != c || upper.codePointCount(0, upper.length()) == 1) {
            return Character.toString(Character.toTitleCase(c));
        }
        int first = Character.charCount(upper.codePointAt(0));
        return upper.substring(0, first) + upper.substring(first).toLowerCase(Locale.ROOT);
    }

    /** Python's {@code str.title}: a word starts after any character without case. */
    public static Text title(Text text) {
        return text.map(s -> {
            StringBuilder out = new StringBuilder(s.length());
            boolean inWord = false;
            for (int i = 0; i < s.length(); ) {
                int c = s.codePointAt(i);
                String character = Character.toString(c);
                i += character.length();
                out.append(inWord ? character.toLowerCase(Locale.ROOT) : titleCase(character));
                inWord = isCased(c);
            }
            return out.toString();
        });
    }

    public static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    public static Text swapCase(Text text) {
        return text.map(s -> {
            StringBuilder out = new StringBuilder(s.length());
            s.codePoints()
                    .forEach(c -> {
                        String character = Character.toString(c);
                        out.append(
                                Character.isUpperCase(c)
                                        ? character.toLowerCase(Locale.ROOT)
                                        : character.toUpperCase(Locale.ROOT));
                    });
            return out.toString();
        });
    }

    /** Lower case for comparison without regard to case; only German's sharp s is special. */
    public static Text caseFold(Text text) {
        return text.map(s ->
                s.replace("\u00df", "ss").toLowerCase(Locale.ROOT).replace('\u03c2', '\u03c3'));
    }

    /** Zeros up to a width, behind a sign. */
    public static Text fillZeros(Text text, int width) {
        int missing = width - text.codePointCount();
        if (missing <= 0) {
            return text;
        }
        boolean signed = text.chars().startsWith("-") || text.chars().startsWith("+");
        int sign = signed ? 1 : 0;
        return new TextBuilder()
                .append(text, 0, sign)
                .repeat(Text.trusted("0"), missing)
                .append(text, sign, text.length())
                .build()
                .asMarkup(text.isMarkup());
    }

    /** With tabs as spaces up to the next column that is a multiple of a size. */
    public static Text expandTabs(Text text, int size) {
        TextBuilder out = new TextBuilder();
        int column = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.chars().codePointAt(i);
            int end = i + Character.charCount(c);
            if (c == '\t') {
                int spaces = size > 0 ? size - column % size : 0;
                out.repeat(Text.trusted(" "), spaces);
                column += spaces;
            } else {
                out.append(text, i, end);
                column = c == '\n' || c == '\r' ? 0 : column + 1;
            }
            i = end;
        }
        return out.build().asMarkup(text.isMarkup());
    }
}
