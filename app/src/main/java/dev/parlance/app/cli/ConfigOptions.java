package dev.parlance.app.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Optional;

/** Where options come from that are not on the command line. */
final class ConfigOptions {
    static final String FILE = "--config";
    static final String PRINT = "--print-config";

    @Option(
            names = FILE,
            paramLabel = "FILE",
            description =
                    "YAML file with values for these options (kv-cache-type: q8_0) and with models;"
                            + " PARLANCE_ variables and options count more. Default: none.")
    private @Nullable Path file;

    @Option(
            names = PRINT,
            description = "Show every option's value and where it comes from, and end.")
    private boolean print;

    /** The file, if the command line names one. */
    Optional<Path> file() {
        return Optional.ofNullable(file);
    }

    boolean print() {
        return print;
    }
}
