package dev.parlance.engine.tokenizer;

import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One step of a pre-tokenizer: cuts pieces of text into smaller ones.
 *
 * <p>Pieces are given by their ends, in order; the first begins at 0. A step sees each piece alone:
 * what lies beyond its borders does not count, as in Hugging Face's tokenizers. Threads: safe.
 */
sealed interface Splitter {
    IntList split(CharSequence text, IntList ends);

    /** Every match of a pattern becomes a piece, and so does what lies between matches. */
    record ByPattern(Pattern pattern) implements Splitter {
        /**
         * The flag makes {@code \s}, {@code \d}, {@code \b} and case folding mean what they mean in
         * the engines that the patterns were written for; measured equal to Python's regex.
         */
        static ByPattern of(String pattern) {
            return new ByPattern(Pattern.compile(pattern, Pattern.UNICODE_CHARACTER_CLASS));
        }

        @Override
        public IntList split(CharSequence text, IntList ends) {
            IntList result = new IntList();
            Matcher matcher = pattern.matcher(text);
            int start = 0;
            for (int i = 0; i < ends.size(); i++) {
                int end = ends.get(i);
                matcher.region(start, end);
                int last = start;
                while (matcher.find()) {
                    if (matcher.start() > last) {
                        result.add(matcher.start());
                    }
                    if (matcher.end() > matcher.start()) {
                        result.add(matcher.end());
                    }
                    last = matcher.end();
                }
                if (last < end) {
                    result.add(end);
                }
                start = end;
            }
            return result;
        }
    }

    /**
     * Numbers are cut into groups of three from their right end, as thousands are written.
     *
     * <p>Does in one pass what {@code (?=(\d{3})+(?!\d))} and {@code \d{1,3}(?=(?:\d{3})*\b)} do,
     * which take time square in the number's length.
     *
     * @param wholeWords whether only numbers count that no letter follows, and these are cut off
     *     from the text beside them; otherwise they are only cut inside
     */
    record ThousandsGroups(IntPredicate isDigit, boolean wholeWords) implements Splitter {
        private static final Pattern WORD_CHARACTER =
                Pattern.compile("\\w", Pattern.UNICODE_CHARACTER_CLASS);

        @Override
        public IntList split(CharSequence text, IntList ends) {
            IntList result = new IntList();
            int start = 0;
            for (int i = 0; i < ends.size(); i++) {
                splitPiece(text, start, ends.get(i), result);
                start = ends.get(i);
            }
            return result;
        }

        private void splitPiece(CharSequence text, int start, int end, IntList result) {
            int last = start;
            int position = start;
            while (position < end) {
                int digits = countDigits(text, position, end);
                if (digits == 0) {
                    position += Character.charCount(Character.codePointAt(text, position));
                    continue;
                }
                int numberEnd = Character.offsetByCodePoints(text, position, digits);
                if (wholeWords && isWordCharacter(text, numberEnd, end)) {
                    position = numberEnd;
                    continue;
                }
                if (wholeWords && position > last) {
                    result.add(position);
                    last = position;
                }
                for (; digits > 0; digits--) {
                    if (digits % 3 == 0 && position > last) {
                        result.add(position);
                        last = position;
                    }
                    position += Character.charCount(Character.codePointAt(text, position));
                }
                if (wholeWords) {
                    result.add(numberEnd);
                    last = numberEnd;
                }
            }
            if (last < end) {
                result.add(end);
            }
        }

        private int countDigits(CharSequence text, int start, int end) {
            int count = 0;
            int position = start;
            while (position < end && isDigit.test(Character.codePointAt(text, position))) {
                count++;
                position += Character.charCount(Character.codePointAt(text, position));
            }
            return count;
        }

        private static boolean isWordCharacter(CharSequence text, int position, int end) {
            return position < end
                    && WORD_CHARACTER
                            .matcher(Character.toString(Character.codePointAt(text, position)))
                            .matches();
        }
    }
}
