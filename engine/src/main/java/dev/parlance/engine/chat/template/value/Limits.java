package dev.parlance.engine.chat.template.value;

/** How large one value may become. A template comes from a file that nobody vouches for. */
public final class Limits {
    /**
     * Characters of one text, the rendered prompt included: far more than any context window holds
     * (about 4 million tokens), small enough to hold a few at once.
     */
    public static final int MAX_TEXT_CHARS = 16 << 20;

    /** Elements of one list, tuple or mapping; a conversation has thousands of messages at most. */
    public static final int MAX_ELEMENTS = 1_000_000;

    /**
     * Containers within containers, lazy iterators over iterators included. Operations on values
     * recurse this deep; JSON that comes in is bounded at 200.
     */
    public static final int MAX_NESTING = 250;

    /** Bits of an integer: multiplication stays cheap. Python bounds only the printing of them. */
    public static final int MAX_INTEGER_BITS = 1 << 16;

    /** Digits of an integer that is turned into text or read from it, as in Python. */
    public static final int MAX_INTEGER_DIGITS = 4300;

    /** Elements of a {@code range}, as in Jinja2's sandbox. */
    public static final int MAX_RANGE = 100_000;

    private Limits() {}

    static void checkElements(long count) {
        if (count > MAX_ELEMENTS) {
            throw JinjaException.limit(
                    "a list or mapping of "
                            + count
                            + " elements, at most "
                            + MAX_ELEMENTS
                            + " are allowed");
        }
    }

    static void checkTextChars(long count) {
        if (count > MAX_TEXT_CHARS) {
            throw JinjaException.limit(
                    "a text of "
                            + count
                            + " characters, at most "
                            + MAX_TEXT_CHARS
                            + " are allowed");
        }
    }

    static int checkNesting(int depth) {
        if (depth > MAX_NESTING) {
            throw JinjaException.limit("values nested more than " + MAX_NESTING + " deep");
        }
        return depth;
    }
}
