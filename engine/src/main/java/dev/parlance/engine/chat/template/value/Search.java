package dev.parlance.engine.chat.template.value;

/**
 * Finds text in text in linear time. The JDK's search is fast on ordinary text but quadratic on
 * hostile text, so long searches take Knuth, Morris and Pratt's way.
 */
final class Search {
    /** Below this product of lengths the JDK's search takes under about ten milliseconds. */
    private static final long MAX_PLAIN_WORK = 10_000_000;

    private Search() {}

    /** The first offset at or after {@code from}, or −1. */
    static int indexOf(String text, String part, int from) {
        if ((long) (text.length() - from) * part.length() <= MAX_PLAIN_WORK) {
            return text.indexOf(part, from);
        }
        int[] borders = borders(part);
        int matched = 0;
        for (int i = from; i < text.length(); i++) {
            while (matched > 0 && part.charAt(matched) != text.charAt(i)) {
                matched = borders[matched - 1];
            }
            if (part.charAt(matched) == text.charAt(i)) {
                matched++;
            }
            if (matched == part.length()) {
                return i - matched + 1;
            }
        }
        return -1;
    }

    /** The last offset at which the part ends at or before {@code to}, or −1. */
    static int lastIndexOf(String text, String part, int to) {
        if ((long) to * part.length() <= MAX_PLAIN_WORK) {
            return text.lastIndexOf(part, to - part.length());
        }
        String reversedText = new StringBuilder(text.substring(0, to)).reverse().toString();
        String reversedPart = new StringBuilder(part).reverse().toString();
        int found = indexOf(reversedText, reversedPart, 0);
        return found < 0 ? -1 : to - found - part.length();
    }

    /** For each prefix of the part, the length of its longest proper border. */
    private static int[] borders(String part) {
        int[] borders = new int[part.length()];
        int matched = 0;
        for (int i = 1; i < part.length(); i++) {
            while (matched > 0 && part.charAt(matched) != part.charAt(i)) {
                matched = borders[matched - 1];
            }
            if (part.charAt(matched) == part.charAt(i)) {
                matched++;
            }
            borders[i] = matched;
        }
        return borders;
    }
}
