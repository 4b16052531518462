package dev.parlance.app.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a number of bytes: {@code 4096}, {@code 500M}, {@code 4G} or {@code 4GiB}. */
final class SizeConverter implements ITypeConverter<Long> {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})([kmgt]?)(i?b)?");

    @Override
    public Long convert(String value) {
        Matcher size = SIZE.matcher(value.strip().toLowerCase(Locale.ROOT));
        if (size.matches()) {
            int shift =
                    switch (size.group(2)) {
                        case "k" -> 10;
                        case "m" -> 20;
                        case "g" -> 30;
                        case "t" -> 40;
                        default -> 0;
                    };
            long number = Long.parseLong(size.group(1));
            if (number > 0 && number <= Long.MAX_VALUE >> shift) {
                return number << shift;
            }
        }
        throw new TypeConversionException(
                "'" + value + "' is no size like 500M or 4G (K, M, G and T are powers of 1024)");
    }
}
