package dev.parlance.app.cli;

import dev.parlance.app.config.ConfigException;
import dev.parlance.app.config.ConfigValue;
import dev.parlance.app.config.Place;

import org.jspecify.annotations.Nullable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model to serve, as {@code --model} or an entry of {@code models} in a file names it.
 *
 * @param name for clients; absent: {@code --name} or its file's name says it
 * @param options its own values of {@link ServedModelOptions}, by key
 * @param source where it is named
 */
record ModelEntry(
        Optional<String> name,
        GivenModel model,
        List<String> aliases,
        Map<String, ConfigValue> options,
        Source source) {
    /** The keys of an entry that are not options. */
    static final List<String> KEYS = List.of("name", "file", "aliases");

    /** The model inside the program, where none is named. */
    static final ModelEntry EMBEDDED =
            new ModelEntry(
                    Optional.empty(),
                    new GivenModel(Optional.empty()),
                    List.of(),
                    Map.of(),
                    new Source.Default());

    /**
     * {@code FILE} or {@code NAME=FILE}; what exists as a file is one, whatever its name.
     *
     * @param folder where relative paths start
     */
    static ModelEntry ofArgument(String argument, Path folder, Source source) {
        int end = argument.indexOf('=');
        boolean named = end > 0 && !Files.exists(folder.resolve(argument));
        Path file = folder.resolve(argument.substring(named ? end + 1 : 0));
        return new ModelEntry(
                named ? Optional.of(argument.substring(0, end)) : Optional.empty(),
                new GivenModel(Optional.of(file)),
                List.of(),
                Map.of(),
                source);
    }

    /**
     * What {@code models} or {@code model} of a file says.
     *
     * @throws ConfigException if it is of no use
     */
    static List<ModelEntry> ofFile(ConfigValue models) {
        return switch (models) {
            case ConfigValue.Text text -> List.of(ofText(text));
            case ConfigValue.Section section -> List.of(ofSection(section));
            case ConfigValue.Items(var items, Place place) -> {
                if (items.isEmpty()) {
                    throw new ConfigException(place, "the list of models is empty");
                }
                yield items.stream().map(ModelEntry::ofItem).toList();
            }
        };
    }

    private static ModelEntry ofItem(ConfigValue item) {
        return switch (item) {
            case ConfigValue.Text text -> ofText(text);
            case ConfigValue.Section section -> ofSection(section);
            case ConfigValue.Items items ->
                    throw new ConfigException(
                            items.place(), "a model is a file or a section, got a list");
        };
    }

    private static ModelEntry ofText(ConfigValue.Text text) {
        return ofArgument(text.text(), Settings.folder(text), new Source.InFile(text.place()));
    }

    private static ModelEntry ofSection(ConfigValue.Section section) {
        Map<String, ConfigValue> options = new LinkedHashMap<>(section.values());
        options.keySet().removeAll(KEYS);
        ConfigValue file = section.values().get("file");
        if (file == null) {
            throw new ConfigException(section.place(), "the model has no 'file'");
        }
        Path path = Settings.folder(file).resolve(Settings.text(file, "file"));
        return new ModelEntry(
                Optional.ofNullable(section.values().get("name"))
                        .map(name -> Settings.text(name, "name")),
                new GivenModel(Optional.of(path)),
                aliases(section.values().get("aliases")),
                options,
                new Source.InFile(section.place()));
    }

    private static List<String> aliases(@Nullable ConfigValue value) {
        return switch (value) {
            case null -> List.of();
            case ConfigValue.Items(var items, var _) ->
                    items.stream().map(item -> Settings.text(item, "aliases")).toList();
            case ConfigValue.Text _, ConfigValue.Section _ ->
                    List.of(Settings.text(value, "aliases"));
        };
    }
}
