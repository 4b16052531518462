package dev.parlance.engine.tokenizer;

import java.util.List;

/**
 * The characters of a {@link PromptText} as one text, with the places that are trusted.
 *
 * <p>Surrogates without a partner become U+FFFD, so that the text has a UTF-8 form; lengths do not
 * change.
 */
final class TrustedText {
    private final String text;
    private final IntList trustedBounds = new IntList();

    private TrustedText(List<PromptText.Span> spans) {
        StringBuilder joined = new StringBuilder();
        for (PromptText.Span span : spans) {
            int start = joined.length();
            joined.append(span.text());
            if (span.special() && joined.length() > start) {
                addTrusted(start, joined.length());
            }
        }
        replaceLoneSurrogates(joined);
        text = joined.toString();
    }

    static TrustedText of(PromptText prompt) {
        return new TrustedText(prompt.spans());
    }

    private void addTrusted(int start, int end) {
        int bounds = trustedBounds.size();
        if (bounds > 0 && trustedBounds.get(bounds - 1) == start) {
            trustedBounds.removeLast();
        } else {
            trustedBounds.add(start);
        }
        trustedBounds.add(end);
    }

    private static void replaceLoneSurrogates(StringBuilder text) {
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (Character.isHighSurrogate(character)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(character)) {
                text.setCharAt(i, '\uFFFD');
            }
        }
    }

    int length() {
        return text.length();
    }

    char charAt(int index) {
        return text.charAt(index);
    }

    String substring(int start, int end) {
        return text.substring(start, end);
    }

    /**
     * Where the trusted characters that begin at a position end; the position itself where it is
     * not trusted. Neighbouring trusted spans count as one.
     */
    int trustedEnd(int position) {
        int bound = boundAfter(position);
        return isTrustedBefore(bound) ? trustedBounds.get(bound) : position;
    }

    /** The first trusted position from a position on; the length where there is none. */
    int nextTrusted(int position) {
        int bound = boundAfter(position);
        if (isTrustedBefore(bound)) {
            return position;
        }
        return bound < trustedBounds.size() ? trustedBounds.get(bound) : text.length();
    }

    /** Bounds are start, end, start, end, ...: what lies before an end is trusted. */
    private static boolean isTrustedBefore(int bound) {
        return (bound & 1) == 1;
    }

    /** The index of the first bound that lies after a position. */
    private int boundAfter(int position) {
        int low = 0;
        int high = trustedBounds.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (trustedBounds.get(middle) <= position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
