package dev.parlance.app.cli;

import dev.parlance.app.config.ConfigException;
import dev.parlance.engine.EngineOptions;
import dev.parlance.engine.Machine;
import dev.parlance.server.catalog.ServedModel;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes what the catalog serves of what the user named.
 *
 * @param spec the command
 * @param shared its options for all models
 * @param name that of {@code --name}, for a single model
 */
record ServedModels(
        CommandSpec spec,
        Configuration configuration,
        ServedModelOptions shared,
        Optional<String> name,
        Streams streams) {
    /**
     * The models, not loaded; the one inside the program if none is named.
     *
     * @throws ConfigException if an entry of the file has an unknown key or a wrong kind of value
     * @throws ParameterException if an option of a model cannot be used
     * @throws CommandException if a chat template cannot be used
     * @throws IOException if a file cannot be read
     */
    List<ServedModel> all() throws IOException {
        List<ModelEntry> entries =
                configuration.models().isEmpty()
                        ? List.of(ModelEntry.EMBEDDED)
                        : configuration.models();
        if (entries.size() > 1 && name.isPresent()) {
            throw new ParameterException(
                    spec.commandLine(), "--name is for one model; of several each is NAME=FILE");
        }
        List<ServedModel> models = new ArrayList<>();
        Machine machine = new Machine(entries.size());
        for (ModelEntry entry : entries) {
            models.add(served(entry, machine, entries.size() == 1));
        }
        return models;
    }

    private ServedModel served(ModelEntry entry, Machine machine, boolean only) throws IOException {
        ServedModelOptions own = options(entry);
        own.check(spec);
        EngineOptions options = own.engineOptions();
        long size = entry.model().sizeBytes();
        try {
            return new ServedModel(
                    entry.name().or(() -> name).orElse(entry.model().name()),
                    entry.aliases(),
                    size,
                    own.preload(only),
                    own.idleUnload(),
                    progress -> entry.model().load(options, machine, streams, progress));
        } catch (IllegalArgumentException e) {
            throw new CommandException(e.getMessage() + ", in " + entry.source());
        }
    }

    private ServedModelOptions options(ModelEntry entry) {
        if (entry.options().isEmpty()) {
            return shared;
        }
        ServedModelOptions options = new ServedModelOptions();
        CommandLine parser = ServedModelOptions.parser(options);
        Map<OptionSpec, Setting> settings = new LinkedHashMap<>();
        for (OptionSpec option : parser.getCommandSpec().options()) {
            Setting setting = configuration.settings().get(spec.findOption(option.longestName()));
            if (setting != null) {
                settings.put(option, setting);
            }
        }
        for (Setting own : ownSettings(entry, parser.getCommandSpec())) {
            settings.put(own.option(), own);
        }
        Settings.parse(parser, settings, spec.commandLine());
        return options;
    }

    /**
     * What an entry of the file says for its model alone.
     *
     * @param options the command that has the options of a model
     * @throws ConfigException if a key is unknown or its value of the wrong kind
     */
    static List<Setting> ownSettings(ModelEntry entry, CommandSpec options) {
        Map<String, OptionSpec> known = Settings.options(options, Settings::key);
        List<Setting> settings = new ArrayList<>();
        entry.options()
                .forEach((key, value) -> {
                    OptionSpec option = known.get(key);
                    if (option == null) {
                        Set<String> keys = new TreeSet<>(known.keySet());
                        keys.addAll(ModelEntry.KEYS);
                        throw Settings.unknownKey(key, value, keys);
                    }
                    settings.add(Settings.ofFile(option, value));
                });
        return settings;
    }
}
