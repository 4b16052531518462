package dev.parlance.app.cli;

import dev.parlance.app.config.ConfigException;
import dev.parlance.app.config.ConfigFile;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a command was told in all: by its file, over it the environment, and over both the command
 * line.
 *
 * @param settings the options that have a value from somewhere
 * @param models those to serve; empty: none was named
 */
record Configuration(Map<OptionSpec, Setting> settings, List<ModelEntry> models) {
    static final String MODEL = "--model";

    /** The keys that name models; they take more than an option's value. */
    private static final List<String> MODEL_KEYS = List.of("models", "model");

    /**
     * Completes a command whose command line has been read: gives its options the values that a
     * file and the environment have for them.
     *
     * @param config of the command
     * @throws ParameterException if a value is of the wrong type or out of range, or a variable is
     *     unknown
     * @throws ConfigException if the file is wrong otherwise
     * @throws IOException if the file cannot be read
     */
    static Configuration complete(
            CommandSpec spec, ConfigOptions config, Map<String, String> environment)
            throws IOException {
        Map<OptionSpec, Setting> ofEnvironment = Settings.ofEnvironment(spec, environment);
        Optional<Path> file = config.file().or(() -> file(spec, ofEnvironment));
        Map<OptionSpec, Setting> all = new LinkedHashMap<>();
        List<ModelEntry> models = List.of();
        if (file.isPresent()) {
            models = readFile(spec, file.get(), all);
        }
        all.putAll(ofEnvironment);
        boolean hasMore = !all.isEmpty();
        all.putAll(given(spec));
        if (hasMore) {
            Settings.parse(spec.commandLine(), all, spec.commandLine());
        }
        Setting named = all.get(spec.findOption(MODEL));
        return new Configuration(all, named == null ? models : ofArguments(named));
    }

    private static Map<OptionSpec, Setting> given(CommandSpec spec) {
        Map<OptionSpec, Setting> given = new LinkedHashMap<>();
        for (OptionSpec option : spec.commandLine().getParseResult().matchedOptionsSet()) {
            given.put(
                    option,
                    new Setting(
                            option,
                            option.originalStringValues(),
                            new Source.OnCommandLine(option.longestName())));
        }
        return given;
    }

    private static Optional<Path> file(CommandSpec spec, Map<OptionSpec, Setting> settings) {
        return Optional.ofNullable(settings.get(spec.findOption(ConfigOptions.FILE)))
                .map(setting -> Path.of(setting.values().getFirst()));
    }

    /** Adds the options of a file to those there are; returns its models. */
    private static List<ModelEntry> readFile(
            CommandSpec spec, Path file, Map<OptionSpec, Setting> settings) throws IOException {
        Map<String, OptionSpec> options = Settings.options(spec, Settings::key);
        options.remove(Settings.key(spec.findOption(ConfigOptions.FILE)));
        Set<String> known = new TreeSet<>(options.keySet());
        known.addAll(MODEL_KEYS);
        List<ModelEntry> models = new ArrayList<>();
        ConfigFile.read(file)
                .values()
                .forEach((key, value) -> {
                    OptionSpec option = options.get(key);
                    if (MODEL_KEYS.contains(key)) {
                        models.addAll(ModelEntry.ofFile(value));
                    } else if (option == null) {
                        throw Settings.unknownKey(key, value, known);
                    } else {
                        settings.put(option, Settings.ofFile(option, value));
                    }
                });
        return models;
    }

    private static List<ModelEntry> ofArguments(Setting models) {
        return models.values().stream()
                .map(argument -> ModelEntry.ofArgument(argument, Path.of(""), models.source()))
                .toList();
    }
}
