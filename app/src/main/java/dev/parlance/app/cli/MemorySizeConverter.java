package dev.parlance.app.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads an amount of memory in bytes, such as {@code 512MiB}, {@code 1.5GiB} or {@code 4GB}. A unit
 * is needed, so that nobody has to know what a bare number means.
 */
final class MemorySizeConverter implements ITypeConverter<Long> {
    private static final Pattern FORMAT =
            Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)\\s*([a-z]+)", Pattern.CASE_INSENSITIVE);

    private static final Map<String, Long> UNITS =
            Map.of(
                    "kib",
                    1L << 10,
                    "mib",
                    1L << 20,
                    "gib",
                    1L << 30,
                    "tib",
                    1L << 40,
                    "kb",
                    1_000L,
                    "mb",
                    1_000_000L,
                    "gb",
                    1_000_000_000L,
                    "tb",
                    1_000_000_000_000L);

    @Override
    public Long convert(String value) {
        Matcher matcher = FORMAT.matcher(value.strip());
        Long unit = matcher.matches() ? UNITS.get(matcher.group(2).toLowerCase(Locale.ROOT)) : null;
        if (unit == null) {
            throw new TypeConversionException(
                    "'"
                            + value
                            + "' is no amount of memory like 512MiB or 4GiB (KiB, MiB, GiB, TiB,"
                            + " KB, MB, GB or TB)");
        }
        BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
        // At most 10^9 TiB, which does not fit a long by far.
        return bytes.min(BigDecimal.valueOf(Long.MAX_VALUE)).longValue();
    }
}
