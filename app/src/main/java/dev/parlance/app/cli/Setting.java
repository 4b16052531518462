package dev.parlance.app.cli;

import picocli.CommandLine.Model.OptionSpec;

import java.util.List;
import java.util.stream.Stream;

/**
 * A value for an option.
 *
 * @param values as they would be written on the command line; several for an option that may be
 *     repeated
 */
record Setting(OptionSpec option, List<String> values, Source source) {
    Setting {
        values = List.copyOf(values);
    }

    /** The same on a command line. */
    Stream<String> arguments() {
        return values.stream().map(value -> option.longestName() + "=" + value);
    }
}
