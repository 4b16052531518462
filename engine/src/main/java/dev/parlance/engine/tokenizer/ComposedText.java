package dev.parlance.engine.tokenizer;

import java.text.Normalizer;

/**
 * Text in Unicode's normalization form C.
 *
 * <p>Sorting the marks on one letter takes time square in their number, so behind {@link
 * #MAX_MARKS} of them the text is composed anew; only nonsense has so many. Cost: linear.
 */
final class ComposedText {
    /** Unicode's Stream-Safe Text Format (UAX 15) allows 30. */
    static final int MAX_MARKS = 512;

    private ComposedText() {}

    static String of(String text) {
        int start = 0;
        int marks = 0;
        StringBuilder composed = new StringBuilder();
        int position = 0;
        while (position < text.length()) {
            int codePoint = text.codePointAt(position);
            marks = isMark(codePoint) ? marks + 1 : 0;
            position += Character.charCount(codePoint);
            if (marks == MAX_MARKS) {
                composed.append(normalize(text.substring(start, position)));
                start = position;
                marks = 0;
            }
        }
        return start == 0 ? normalize(text) : composed + normalize(text.substring(start));
    }

    private static String normalize(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFC);
    }

    private static boolean isMark(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.ENCLOSING_MARK ->
                    true;
            default -> false;
        };
    }
}
