package dev.parlance.app.bench.serve;

import java.util.Locale;

/** How reports write numbers. */
final class Numbers {
    private Numbers() {}

    /** Three digits where there is a fraction: 0.12, 1.23, 12.3, 123, 1234. */
    static String threeDigits(double value) {
        return format(value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }

    /** As above, without zeros that say nothing: 0.5, 2, 12.3. */
    static String plain(double value) {
        String text = threeDigits(value);
        return text.indexOf('.') < 0 ? text : text.replaceFirst("\\.?0+$", "");
    }

    static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
