package dev.parlance.app.cli;

import dev.parlance.app.config.ConfigException;
import dev.parlance.app.config.ConfigValue;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Values for the options of a command from a file and from the environment. Names, types, defaults
 * and ranges are those of the options; there is no second list of them.
 */
final class Settings {
    static final String PREFIX = "PARLANCE_";

    /** Variables that are not options: what the start script and {@link Main} read. */
    private static final Set<String> OTHER_VARIABLES =
            Set.of("PARLANCE_DEBUG", "PARLANCE_JAVA_HOME", "PARLANCE_JAVA_OPTS");

    /**
     * What Kubernetes sets in every container beside a service named {@code parlance}; of these
     * PARLANCE_PORT is an option's name too, but has a URL then.
     */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("PARLANCE_(SERVICE_(HOST|PORT)(_.*)?|PORT_\\d+_(TCP|UDP|SCTP)(_.*)?)");

    private static final Pattern SERVICE_URL = Pattern.compile("(tcp|udp|sctp)://.*");

    private Settings() {}

    /** Whether a file or the environment may set it. */
    static boolean isConfigurable(OptionSpec option) {
        return !option.hidden()
                && !option.usageHelp()
                && !option.versionHelp()
                && !option.longestName().equals(ConfigOptions.PRINT);
    }

    /** The option's name in a file. */
    static String key(OptionSpec option) {
        return option.longestName().substring("--".length());
    }

    /** The option's name in the environment. */
    static String variable(OptionSpec option) {
        return PREFIX + key(option).replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** The configurable options of a command by one of their names. */
    static Map<String, OptionSpec> options(CommandSpec spec, Function<OptionSpec, String> name) {
        Map<String, OptionSpec> options = new TreeMap<>();
        for (OptionSpec option : spec.options()) {
            if (isConfigurable(option)) {
                options.put(name.apply(option), option);
            }
        }
        return options;
    }

    /**
     * What the environment says. An empty variable says nothing: containers' files often have such.
     *
     * @throws ParameterException if a variable begins as ours do but is none
     */
    static Map<OptionSpec, Setting> ofEnvironment(
            CommandSpec spec, Map<String, String> environment) {
        Map<String, OptionSpec> known = options(spec, Settings::variable);
        Map<OptionSpec, Setting> settings = new LinkedHashMap<>();
        new TreeMap<>(environment)
                .forEach((variable, value) -> {
                    OptionSpec option = known.get(variable);
                    if (!variable.startsWith(PREFIX)
                            || value.isEmpty()
                            || OTHER_VARIABLES.contains(variable)
                            || SERVICE_LINK.matcher(variable).matches()
                            || isServiceUrl(variable, value)) {
                        return;
                    }
                    if (option == null) {
                        throw new ParameterException(
                                spec.commandLine(),
                                "unknown environment variable '"
                                        + variable
                                        + "'"
                                        + Suggestion.hint(variable, known.keySet()));
                    }
                    settings.put(
                            option,
                            new Setting(
                                    option, List.of(value), new Source.InEnvironment(variable)));
                });
        return settings;
    }

    private static boolean isServiceUrl(String variable, String value) {
        return variable.equals("PARLANCE_PORT") && SERVICE_URL.matcher(value).matches();
    }

    /**
     * The value that a file gives an option.
     *
     * @throws ConfigException if it is of the wrong kind
     */
    static Setting ofFile(OptionSpec option, ConfigValue value) {
        List<String> values = new ArrayList<>();
        switch (value) {
            case ConfigValue.Text(String text, var _) -> values.add(text);
            case ConfigValue.Items(var items, var _) when option.isMultiValue() ->
                    items.forEach(item -> values.add(text(item, key(option))));
            case ConfigValue.Items _, ConfigValue.Section _ -> throw notText(value, key(option));
        }
        if (isPath(option)) {
            values.replaceAll(path -> folder(value).resolve(path).toString());
        }
        return new Setting(option, values, new Source.InFile(value.place()));
    }

    /**
     * @param key what the value is for
     * @throws ConfigException if it is no text
     */
    static String text(ConfigValue value, String key) {
        if (value instanceof ConfigValue.Text(String text, var _)) {
            return text;
        }
        throw notText(value, key);
    }

    private static ConfigException notText(ConfigValue value, String key) {
        return new ConfigException(
                value.place(), "'" + key + "' takes one value, got " + value.what());
    }

    private static boolean isPath(OptionSpec option) {
        return option.type() == Path.class || option.auxiliaryTypes()[0] == Path.class;
    }

    /** The folder of the file that has the value, where its relative paths start. */
    static Path folder(ConfigValue value) {
        return Path.of(value.place().file()).resolveSibling("");
    }

    /** What a key that is none was probably meant to be. */
    static ConfigException unknownKey(String key, ConfigValue value, Set<String> known) {
        return new ConfigException(
                value.place(), "unknown key '" + key + "'" + Suggestion.hint(key, known));
    }

    /**
     * Gives the options of a command these values, as if they were on its command line, and checks
     * their ranges.
     *
     * @param reported the command whose help an error points to
     * @throws ParameterException in the words of the value's source
     */
    static void parse(
            CommandLine command, Map<OptionSpec, Setting> settings, CommandLine reported) {
        List<String> arguments = new ArrayList<>();
        settings.values().forEach(setting -> setting.arguments().forEach(arguments::add));
        try {
            command.parseArgs(arguments.toArray(String[]::new));
            Range.check(command.getCommandSpec());
        } catch (ParameterException e) {
            throw new ParameterException(reported, explain(e, settings));
        }
    }

    private static String explain(ParameterException e, Map<OptionSpec, Setting> settings) {
        String message = String.valueOf(e.getMessage());
        return e.getArgSpec() instanceof OptionSpec option
                ? Optional.ofNullable(settings.get(option))
                        .map(setting -> setting.source().explain(message, option))
                        .orElse(message)
                : message;
    }
}
