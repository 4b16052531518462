package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.value.JinjaException;

import org.jspecify.annotations.Nullable;

import java.time.LocalDateTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/**
 * Python's {@code strftime} for a time without a zone, in English.
 *
 * <p>Source: Python's list of directives and the C library's that Linux adds; flags {@code - _ 0 ^
 * #} are the C library's, too.
 */
final class TimeFormat {
    private static final int MAX_WIDTH = 100;

    private TimeFormat() {}

    static String format(String format, LocalDateTime time) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%') {
                out.append(c);
                continue;
            }
            int from = i++;
            char flag = 0;
            while (i < format.length() && "-_0^#".indexOf(format.charAt(i)) >= 0) {
                flag = format.charAt(i++);
            }
            int width = 0;
            while (i < format.length() && Character.isDigit(format.charAt(i))) {
                width = width * 10 + format.charAt(i++) - '0';
                if (width > MAX_WIDTH) {
                    throw JinjaException.operation("too wide a field in a time format");
                }
            }
            if (i < format.length() && "EO".indexOf(format.charAt(i)) >= 0) {
                i++;
            }
            String shown = i < format.length() ? directive(format.charAt(i), time) : null;
            out.append(
                    shown == null
                            ? format.substring(from, Math.min(format.length(), i + 1))
                            : flagged(shown, flag, width));
        }
        return out.toString();
    }

    private static String flagged(String shown, char flag, int width) {
        String flagged =
                switch (flag) {
                    case '-' -> shown.replaceFirst("^[0 ]+(?=.)", "");
                    case '_' -> spaced(shown);
                    case '0' -> shown.replace(' ', '0');
                    case '^' -> shown.toUpperCase(Locale.ROOT);
                    case '#' ->
                            shown.equals("AM") || shown.equals("PM")
                                    ? shown.toLowerCase(Locale.ROOT)
                                    : shown.toUpperCase(Locale.ROOT);
                    default -> shown;
                };
        boolean digits = flagged.chars().allMatch(Character::isDigit) && flag != '_';
        return (digits ? "0" : " ").repeat(Math.max(0, width - flagged.length())) + flagged;
    }

    private static String spaced(String shown) {
        int zeros = 0;
        while (zeros < shown.length() - 1 && shown.charAt(zeros) == '0') {
            zeros++;
        }
        return " ".repeat(zeros) + shown.substring(zeros);
    }

    /** What a directive stands for; null if there is none of the letter. */
    private static @Nullable String directive(char letter, LocalDateTime t) {
        return switch (letter) {
            case 'a' -> t.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'A' -> t.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'w' -> String.valueOf(t.getDayOfWeek().getValue() % 7);
            case 'u' -> String.valueOf(t.getDayOfWeek().getValue());
            case 'd' -> two(t.getDayOfMonth());
            case 'e' -> padded(t.getDayOfMonth());
            case 'b', 'h' -> t.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'B' -> t.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'm' -> two(t.getMonthValue());
            case 'y' -> two(t.getYear() % 100);
            case 'Y' -> String.valueOf(t.getYear());
            case 'C' -> two(t.getYear() / 100);
            case 'H' -> two(t.getHour());
            case 'k' -> padded(t.getHour());
            case 'I' -> two(t.get(ChronoField.CLOCK_HOUR_OF_AMPM));
            case 'l' -> padded(t.get(ChronoField.CLOCK_HOUR_OF_AMPM));
            case 'p' -> t.getHour() < 12 ? "AM" : "PM";
            case 'P' -> t.getHour() < 12 ? "am" : "pm";
            case 'M' -> two(t.getMinute());
            case 'S' -> two(t.getSecond());
            case 'f' -> "%06d".formatted(t.getNano() / 1000);
            case 'z', 'Z' -> "";
            case 'j' -> "%03d".formatted(t.getDayOfYear());
            case 'U' -> two((t.getDayOfYear() + 6 - t.getDayOfWeek().getValue() % 7) / 7);
            case 'W' -> two((t.getDayOfYear() + 6 - (t.getDayOfWeek().getValue() + 6) % 7) / 7);
            case 'V' -> two(t.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'G' -> String.valueOf(t.get(IsoFields.WEEK_BASED_YEAR));
            case 'g' -> two(t.get(IsoFields.WEEK_BASED_YEAR) % 100);
            case 'c' -> format("%a %b %e %H:%M:%S %Y", t);
            case 'x', 'D' -> format("%m/%d/%y", t);
            case 'X', 'T' -> format("%H:%M:%S", t);
            case 'F' -> format("%Y-%m-%d", t);
            case 'R' -> format("%H:%M", t);
            case 'r' -> format("%I:%M:%S %p", t);
            case 'n' -> "\n";
            case 't' -> "\t";
            case '%' -> "%";
            default -> null;
        };
    }

    private static String two(int number) {
        return "%02d".formatted(number);
    }

    private static String padded(int number) {
        return "%2d".formatted(number);
    }
}
