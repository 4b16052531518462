package dev.parlance.app.cli;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonString;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What {@code --print-config} shows: a configuration file that says the same, with the sources. */
record ConfigListing(CommandSpec spec, Configuration configuration) {
    private static final int SOURCE_COLUMN = 40;

    /** What is no line of such a file, or is shown as {@code models}. */
    private static final Set<String> ELSEWHERE = Set.of(ConfigOptions.FILE, Configuration.MODEL);

    /** Text that YAML reads as nothing but this text. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_/][A-Za-z0-9_./+-]*");

    private static final Pattern NULL = Pattern.compile("null", Pattern.CASE_INSENSITIVE);

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        Settings.options(spec, Settings::key)
                .forEach((key, option) -> {
                    if (!ELSEWHERE.contains(option.longestName())) {
                        lines.add(line(option));
                    }
                });
        if (!configuration.models().isEmpty()) {
            lines.add("models:");
            configuration.models().forEach(model -> addModel(lines, model));
        }
        return lines;
    }

    private String line(OptionSpec option) {
        Setting setting = configuration.settings().get(option);
        if (setting != null) {
            return line("", setting);
        }
        OptionDescription description = OptionDescription.of(option);
        boolean isSwitch = option.type() == boolean.class;
        String value = isSwitch ? description.otherwise() : option.defaultValue();
        String key = Settings.key(option) + ":";
        return value == null
                ? line("# " + key, "default: " + description.otherwise())
                : line(key + " " + quoted(value), new Source.Default().toString());
    }

    private static String line(String indent, Setting setting) {
        return line(
                indent + Settings.key(setting.option()) + ": " + value(setting),
                setting.source().toString());
    }

    private static String value(Setting setting) {
        if (Declaration.of(setting.option(), Secret.class).isPresent()) {
            return "(hidden)";
        }
        return setting.option().isMultiValue()
                ? list(setting.values())
                : quoted(setting.values().getFirst());
    }

    private void addModel(List<String> lines, ModelEntry model) {
        CommandLine options = ServedModelOptions.parser(new ServedModelOptions());
        Path file = model.model().file().orElseThrow();
        lines.add(line("  - file: " + quoted(file.toString()), model.source().toString()));
        Optional<String> name = model.name();
        name.ifPresent(given -> lines.add("    name: " + quoted(given)));
        if (!model.aliases().isEmpty()) {
            lines.add("    aliases: " + list(model.aliases()));
        }
        ServedModels.ownSettings(model, options.getCommandSpec())
                .forEach(setting -> lines.add(line("    ", setting)));
    }

    private static String line(String text, String source) {
        return String.format("%-" + SOURCE_COLUMN + "s  # %s", text, source);
    }

    private static String list(List<String> values) {
        return "[" + String.join(", ", values.stream().map(ConfigListing::quoted).toList()) + "]";
    }

    private static String quoted(String value) {
        boolean plain = PLAIN.matcher(value).matches() && !NULL.matcher(value).matches();
        // YAML reads what JSON writes.
        return plain ? value : Json.write(new JsonString(value));
    }
}
