package dev.parlance.engine.chat.template.value;

import java.util.Arrays;
import java.util.function.ObjIntConsumer;
import java.util.function.UnaryOperator;

/**
 * A string that knows which of its characters the template's author wrote (trusted) and which came
 * in with the conversation (untrusted). Marks follow the characters through slicing, joining and
 * replacing; where they cannot, one untrusted character makes the whole result untrusted.
 *
 * <p>Units: positions in the API are UTF-16 offsets unless a name says {@code codePoint}; Python
 * counts code points. Threads: immutable, safe.
 */
public final class Text implements Value, Comparable<Text> {
    private static final int[] UNIFORM = {};

    public static final Text EMPTY = new Text("", true, UNIFORM, false);

    private final String chars;
    private final boolean firstTrusted;

    /** Ascending offsets, all inside the text, at which trusted and untrusted take turns. */
    private final int[] flips;

    /** Whether this is what Python calls Markup: text that HTML escaping leaves alone. */
    private final boolean markup;

    /** Counted when first needed; −1 before. Racing threads write the same number. */
    private int codePointCount = -1;

    private Text(String chars, boolean firstTrusted, int[] flips, boolean markup) {
        this.chars = chars;
        this.firstTrusted = firstTrusted;
        this.flips = flips;
        this.markup = markup;
    }

    public static Text trusted(String chars) {
        return of(chars, true);
    }

    public static Text untrusted(String chars) {
        return of(chars, false);
    }

    public static Text of(String chars, boolean trusted) {
        return new Text(chars, trusted, UNIFORM, false);
    }

    static Text marked(String chars, boolean firstTrusted, int[] flips, boolean markup) {
        return new Text(chars, firstTrusted, flips.length == 0 ? UNIFORM : flips, markup);
    }

    public String chars() {
        return chars;
    }

    public int length() {
        return chars.length();
    }

    public boolean isEmpty() {
        return chars.isEmpty();
    }

    public boolean isMarkup() {
        return markup;
    }

    /** The same text as Markup or as plain text. */
    public Text asMarkup(boolean wanted) {
        return markup == wanted ? this : new Text(chars, firstTrusted, flips, wanted);
    }

    /** Whether no character came in with the conversation. */
    public boolean isTrusted() {
        return isEmpty() || (firstTrusted && flips.length == 0);
    }

    private boolean isUniform() {
        return flips.length == 0;
    }

    /** The number of code points: what Python calls the length. */
    public int codePointCount() {
        if (codePointCount < 0) {
            codePointCount = chars.codePointCount(0, chars.length());
        }
        return codePointCount;
    }

    /** The offset of a code point, which may be one behind the last. */
    public int offsetOf(int codePointIndex) {
        return codePointCount() == chars.length()
                ? codePointIndex
                : chars.offsetByCodePoints(0, codePointIndex);
    }

    /** The number of code points before an offset. */
    public int codePointIndexOf(int offset) {
        return codePointCount() == chars.length() ? offset : chars.codePointCount(0, offset);
    }

    /** The characters from one offset to before another, with their marks. */
    public Text slice(int from, int to) {
        if (from == 0 && to == chars.length()) {
            return this;
        }
        if (isUniform()) {
            return new Text(chars.substring(from, to), firstTrusted, UNIFORM, markup);
        }
        int firstInside = indexAfter(from);
        int firstBehind = to == 0 ? 0 : indexAfter(to - 1);
        int[] inside = Arrays.copyOfRange(flips, firstInside, Math.max(firstInside, firstBehind));
        for (int i = 0; i < inside.length; i++) {
            inside[i] -= from;
        }
        boolean first = (firstInside % 2 == 0) == firstTrusted;
        return marked(chars.substring(from, to), first, inside, markup);
    }

    /** How many flips lie at or before an offset. */
    private int indexAfter(int offset) {
        int found = Arrays.binarySearch(flips, offset);
        return found >= 0 ? found + 1 : -found - 1;
    }

    public Text slice(int from) {
        return slice(from, chars.length());
    }

    /** Calls back with each run of equal trust: its characters, and 1 if trusted, else 0. */
    public void forEachRun(ObjIntConsumer<String> action) {
        int from = 0;
        boolean trusted = firstTrusted;
        for (int flip : flips) {
            action.accept(chars.substring(from, flip), trusted ? 1 : 0);
            from = flip;
            trusted = !trusted;
        }
        if (from < chars.length()) {
            action.accept(chars.substring(from), trusted ? 1 : 0);
        }
    }

    /** The text with its characters replaced by a function of them, marks kept where they fit. */
    public Text map(UnaryOperator<String> function) {
        String whole = function.apply(chars);
        Limits.checkTextChars(whole.length());
        if (isUniform() || whole.length() == chars.length()) {
            return new Text(whole, firstTrusted, flips, markup);
        }
        TextBuilder out = new TextBuilder();
        forEachRun((run, trusted) -> out.append(function.apply(run), trusted == 1));
        return out.build().asMarkup(markup);
    }

    public Text plus(Text other) {
        if (other.isEmpty()) {
            return this;
        }
        if (isEmpty()) {
            return other.asMarkup(markup);
        }
        return new TextBuilder().append(this).append(other).build().asMarkup(markup);
    }

    @Override
    public String typeName() {
        return markup ? "Markup" : "str";
    }

    @Override
    public boolean isTrue() {
        return !chars.isEmpty();
    }

    @Override
    public long weight() {
        return 1 + chars.length() / 64;
    }

    /** Orders by code point, as Python does. */
    @Override
    public int compareTo(Text other) {
        String left = chars;
        String right = other.chars;
        int shorter = Math.min(left.length(), right.length());
        int at = 0;
        while (at < shorter && left.charAt(at) == right.charAt(at)) {
            at++;
        }
        if (at == shorter) {
            return Integer.compare(left.length(), right.length());
        }
        char a = left.charAt(at);
        char b = right.charAt(at);
        // Surrogates stand for code points beyond all single characters, though their values lie
        // below some.
        boolean aboveBmp = Character.isSurrogate(a);
        if (aboveBmp != Character.isSurrogate(b)) {
            return aboveBmp ? 1 : -1;
        }
        return Character.compare(a, b);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Text text && chars.equals(text.chars);
    }

    @Override
    public int hashCode() {
        return chars.hashCode();
    }

    @Override
    public String toString() {
        return chars;
    }
}
