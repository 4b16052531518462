package dev.parlance.app.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;

/**
 * Reads an ISO 8601 date or date-time, with or without an offset or zone. Without one it is UTC, so
 * that a command means the same on every machine; a date is its midnight.
 */
final class TimeConverter implements ITypeConverter<ZonedDateTime> {
    @Override
    public ZonedDateTime convert(String value) {
        // "2026-01-31 12:00" is as common as ISO's "T".
        String text = value.strip().replace(' ', 'T');
        try {
            return switch (DateTimeFormatter.ISO_DATE_TIME.parseBest(
                    text.indexOf('T') < 0 ? text + "T00:00" : text,
                    ZonedDateTime::from,
                    LocalDateTime::from)) {
                case ZonedDateTime zoned -> zoned;
                case LocalDateTime local -> local.atZone(ZoneOffset.UTC);
                case Object other -> throw new IllegalStateException("not a time: " + other);
            };
        } catch (DateTimeParseException e) {
            throw new TypeConversionException(
                    "'" + value + "' is no date or time like 2026-01-31 or 2026-01-31T12:00+02:00");
        }
    }
}
