package dev.parlance.app.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a size of memory as a number of bytes: {@code 8GiB}, {@code 8g} (the same, as for Java's
 * heap) or {@code 8GB} (a thousand million each).
 */
final class ByteSizeConverter implements ITypeConverter<Long> {
    private static final Pattern SIZE =
            Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?)\\s*(?:([kmgt])(i?b)?|b)?");

    private static final Map<String, Integer> POWERS = Map.of("k", 1, "m", 2, "g", 3, "t", 4);

    @Override
    public Long convert(String value) {
        Matcher size = SIZE.matcher(value.strip().toLowerCase(Locale.ROOT));
        if (!size.matches()) {
            throw wrong(value);
        }
        int power = size.group(2) == null ? 0 : POWERS.getOrDefault(size.group(2), 0);
        BigDecimal unit = BigDecimal.valueOf("b".equals(size.group(3)) ? 1000 : 1024).pow(power);
        BigDecimal bytes = new BigDecimal(size.group(1)).multiply(unit);
        if (bytes.signum() == 0 || bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE / 2)) > 0) {
            throw wrong(value);
        }
        return bytes.longValue();
    }

    private static TypeConversionException wrong(String value) {
        return new TypeConversionException("'" + value + "' is no size like 8GiB, 512MiB or 8GB");
    }
}
