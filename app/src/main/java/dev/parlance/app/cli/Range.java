package dev.parlance.app.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks option values that picocli can read but a command cannot use. */
final class Range {
    private Range() {}

    /**
     * @throws ParameterException if the value is outside {@code min..max}
     */
    static void check(CommandSpec spec, String option, long value, long min, long max) {
        if (value < min || value > max) {
            throw new ParameterException(
                    spec.commandLine(),
                    option
                            + " must be "
                            + (max == Integer.MAX_VALUE
                                    ? min + " or more"
                                    : "between " + min + " and " + max)
                            + ", got "
                            + value);
        }
    }
}
