package dev.parlance.app.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Checks option values that picocli can read but a command cannot use. */
final class Range {
    private Range() {}

    /** What the option declares with {@link Between}, as {@code 1 to 1024} or {@code 1 or more}. */
    static Optional<String> text(OptionSpec option) {
        return declared(option)
                .map(range ->
                        range.min()
                                + (range.max() == Integer.MAX_VALUE
                                        ? " or more"
                                        : " to " + range.max()));
    }

    private static Optional<Between> declared(OptionSpec option) {
        return Declaration.of(option, Between.class);
    }

    /**
     * Checks every option that declares its range with {@link Between}.
     *
     * @throws ParameterException if a value is outside
     */
    static void check(CommandSpec spec) {
        for (OptionSpec option : spec.options()) {
            declared(option)
                    .ifPresent(range -> {
                        for (Number value : numbers(option)) {
                            check(spec, option, value.longValue(), range.min(), range.max());
                        }
                    });
        }
    }

    private static List<Number> numbers(OptionSpec option) {
        // No switch over types: making one costs milliseconds of every start.
        Object value = option.getValue();
        if (value instanceof Collection<?> list) {
            return list.stream().map(Number.class::cast).toList();
        }
        return value instanceof Number number ? List.of(number) : List.of();
    }

    private static void check(CommandSpec spec, OptionSpec option, long value, long min, long max) {
        if (value < min || value > max) {
            throw new ParameterException(
                    spec.commandLine(),
                    option.longestName()
                            + " must be "
                            + (max == Integer.MAX_VALUE
                                    ? min + " or more"
                                    : "between " + min + " and " + max)
                            + ", got "
                            + value,
                    option,
                    Long.toString(value));
        }
    }
}
