package dev.parlance.engine.tokenizer;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cuts text into BERT's words: at white space, and around every mark of punctuation and every
 * Chinese character; without control characters, in lower case and without accents where asked.
 *
 * <p>Source: Hugging Face tokenizers, normalizers/bert.rs and pre_tokenizers/bert.rs.
 */
record BertWords(boolean lowercase, boolean stripAccents) {
    List<String> split(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        int position = 0;
        while (position < text.length()) {
            int codePoint = text.codePointAt(position);
            position += Character.charCount(codePoint);
            if (isSpace(codePoint)) {
                finish(word, words);
            } else if (isChinese(codePoint)) {
                finish(word, words);
                words.add(Character.toString(codePoint));
            } else if (codePoint != 0xFFFD && !isControl(codePoint)) {
                append(codePoint, word, words);
            }
        }
        finish(word, words);
        return words;
    }

    /** Adds the normal form of one character to the current word. */
    private void append(int codePoint, StringBuilder word, List<String> words) {
        if (codePoint < 0x80) {
            appendNormal(lowercase ? Character.toLowerCase(codePoint) : codePoint, word, words);
            return;
        }
        String text = Character.toString(codePoint);
        if (stripAccents) {
            text = Normalizer.normalize(text, Normalizer.Form.NFD);
        }
        text.codePoints()
                .filter(c -> !stripAccents || Character.getType(c) != Character.NON_SPACING_MARK)
                .mapToObj(Character::toString)
                .map(c -> lowercase ? c.toLowerCase(Locale.ROOT) : c)
                .flatMapToInt(String::codePoints)
                .forEach(c -> appendNormal(c, word, words));
    }

    private static void appendNormal(int codePoint, StringBuilder word, List<String> words) {
        if (isPunctuation(codePoint)) {
            finish(word, words);
            words.add(Character.toString(codePoint));
        } else {
            word.appendCodePoint(codePoint);
        }
    }

    private static void finish(StringBuilder word, List<String> words) {
        if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }

    /** The other control characters that are white space are dropped, as the reference does. */
    private static boolean isSpace(int codePoint) {
        return codePoint == '\t'
                || codePoint == '\n'
                || codePoint == '\r'
                || Character.isSpaceChar(codePoint);
    }

    private static boolean isControl(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE -> true;
            default -> false;
        };
    }

    private static boolean isPunctuation(int codePoint) {
        boolean isAsciiSymbol =
                (codePoint > ' ' && codePoint < '0')
                        || (codePoint > '9' && codePoint < 'A')
                        || (codePoint > 'Z' && codePoint < 'a')
                        || (codePoint > 'z' && codePoint < 0x7F);
        return isAsciiSymbol
                || switch (Character.getType(codePoint)) {
                    case Character.CONNECTOR_PUNCTUATION,
                            Character.DASH_PUNCTUATION,
                            Character.START_PUNCTUATION,
                            Character.END_PUNCTUATION,
                            Character.INITIAL_QUOTE_PUNCTUATION,
                            Character.FINAL_QUOTE_PUNCTUATION,
                            Character.OTHER_PUNCTUATION ->
                            true;
                    default -> false;
                };
    }

    /** The ranges that BERT calls Chinese, one of them misprinted in the reference and so here. */
    private static boolean isChinese(int codePoint) {
        return (codePoint >= 0x4E00 && codePoint <= 0x9FFF)
                || (codePoint >= 0x3400 && codePoint <= 0x4DBF)
                || (codePoint >= 0x20000 && codePoint <= 0x2A6DF)
                || (codePoint >= 0x2A700 && codePoint <= 0x2B73F)
                || (codePoint >= 0x2B740 && codePoint <= 0x2B81F)
                || (codePoint >= 0x2B920 && codePoint <= 0x2CEAF)
                || (codePoint >= 0xF900 && codePoint <= 0xFAFF)
                || (codePoint >= 0x2F800 && codePoint <= 0x2FA1F);
    }
}
