package dev.parlance.app.chat;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What can be set about answers, under the names of OpenAI's API and its usual extensions. */
public enum ChatSetting {
    TEMPERATURE(0, 100, false),
    TOP_P(Double.MIN_NORMAL, 1, false),
    TOP_K(0, 1_000_000, true),
    MIN_P(0, 1, false),
    REPETITION_PENALTY(Double.MIN_NORMAL, 100, false),
    MAX_TOKENS(1, 1 << 30, true),
    SEED(0, 1L << 53, true);

    private final double min;
    private final double max;
    private final boolean whole;

    ChatSetting(double min, double max, boolean whole) {
        this.min = min;
        this.max = max;
        this.whole = whole;
    }

    public static Optional<ChatSetting> named(String name) {
        return Arrays.stream(values()).filter(each -> each.toString().equals(name)).findFirst();
    }

    /** Whether its values are whole numbers. */
    boolean isWhole() {
        return whole;
    }

    /**
     * Reads a value.
     *
     * @throws ChatException if it is no number or out of range
     */
    double parse(String text) {
        try {
            double value = whole ? Long.parseLong(text) : Double.parseDouble(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new ChatException(this + " must be " + range() + ", got '" + text + "'");
    }

    private String range() {
        return (whole ? "a whole number" : "a number")
                + (min == Double.MIN_NORMAL ? " above 0" : " from " + (long) min)
                + (min == Double.MIN_NORMAL ? " and at most " : " to ")
                + (long) max;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
