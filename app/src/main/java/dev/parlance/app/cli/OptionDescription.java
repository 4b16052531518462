package dev.parlance.app.cli;

import picocli.CommandLine.Model.OptionSpec;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an option's description says, by the habit of all our options: what it is for, and at the
 * end {@code Default: …}.
 *
 * @param text without the default, a sentence or more
 * @param otherwise the default, for people; of a switch {@code false}
 */
record OptionDescription(String text, String otherwise) {
    private static final Pattern WITH_DEFAULT = Pattern.compile("(.*?)\\s*Default: (.*)\\.");

    static OptionDescription of(OptionSpec option) {
        String value = String.valueOf(option.defaultValue());
        String all = String.join(" ", option.description()).replace("${DEFAULT-VALUE}", value);
        Matcher matcher = WITH_DEFAULT.matcher(all);
        return matcher.matches()
                ? new OptionDescription(matcher.group(1), matcher.group(2))
                : new OptionDescription(all, "false");
    }
}
