package dev.parlance.app.bench.serve;

import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A length in tokens: always the same one, or any of a range with the same probability. */
public record LengthRange(int min, int max) {
    /** Beyond the context of any model there is today. */
    private static final int MAX_TOKENS = 1 << 22;

    private static final Pattern FORM = Pattern.compile("(\\d{1,7})(?:-(\\d{1,7}))?");

    public LengthRange {
        if (min < 1 || max < min || max > MAX_TOKENS) {
            throw new IllegalArgumentException(
                    "a length is between 1 and " + MAX_TOKENS + ", got " + min + "-" + max);
        }
    }

    /**
     * Reads {@code 256} or {@code 64-512}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static LengthRange parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "a length is a number like 256 or a range like 64-512, got '" + text + "'");
        }
        int min = Integer.parseInt(form.group(1));
        return new LengthRange(min, form.group(2) == null ? min : Integer.parseInt(form.group(2)));
    }

    LengthRange atMost(int tokens) {
        return new LengthRange(Math.min(min, tokens), Math.min(max, tokens));
    }

    int draw(RandomGenerator random) {
        return random.nextInt(min, max + 1);
    }

    @Override
    public String toString() {
        return min == max ? String.valueOf(min) : min + "-" + max;
    }
}
