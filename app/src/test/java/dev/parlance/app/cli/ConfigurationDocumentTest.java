package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Keeps {@code docs/configuration.md} what the options declare; {@code make docs} writes it. */
class ConfigurationDocumentTest {
    private static final Path DOCUMENT =
            Path.of(System.getProperty("parlance.root"), "docs", "configuration.md");

    private static final String BEGINNING =
            """
            # Configuration

            Written by `make docs` from the options of `parlance serve`.

            Every option of `parlance serve` can be given in three ways; a later one counts more:

            1. in a YAML file: `kv-cache-type: q8_0`, the option's name without dashes in front
            2. in the environment: `PARLANCE_KV_CACHE_TYPE=q8_0`
            3. on the command line: `--kv-cache-type q8_0`

            No file is read unless `--config FILE` or `PARLANCE_CONFIG` names it, so a start never
            depends on the folder it is made in. `parlance serve --config FILE --print-config` shows
            every value and where it comes from (`default`, file and line, variable or option), as a
            file that says the same, and ends.

            Nothing wrong is passed over: an unknown key, an unknown `PARLANCE_` variable, a value of
            the wrong type or out of range stops the start, and the message names file and line.
            An empty variable counts as none, and a variable has one value, so several models need the
            file or the command line. Variables that Kubernetes sets for a service named `parlance` are not ours and are left
            alone, as are `PARLANCE_DEBUG`, `PARLANCE_JAVA_HOME` and `PARLANCE_JAVA_OPTS`.

            The file is YAML 1.2: `true` and `false` are the only words for yes and no, and a text
            that begins with a special character stands in quotes. It has one document, no anchors
            and no tags, and at most a mebibyte. Relative paths in it start at its own folder.

            ```yaml
            host: 0.0.0.0
            port: 8000
            model-memory: 12GiB
            models:
              - file: models/small-Q8_0.gguf
                name: small
                aliases: [gpt-4o-mini, default]
                preload: true
              - file: models/large-Q4_K_M.gguf
                name: large
                context: 16384
                idle-unload: 600
            ```

            """;

    private static final String MODELS =
            """

            ## Models

            `models` is a list. An entry is `FILE` or `NAME=FILE`, as on the command line, or a section
            with these keys; `model` is the same for those who have one. Models named on the command line or in
            `PARLANCE_MODEL` take the place of those in the file.
            [Several models](several-models.md) says how they share a machine.

            | key | value | default | |
            |---|---|---|---|
            | `file` | path | required | The GGUF file; of a split model the first part. |
            | `name` | text | name of the file | What clients call the model. |
            | `aliases` | list of texts | none | Further names. |
            """;

    private static final String OF_A_MODEL =
            """

            These options may stand in an entry too, for its model alone; outside they hold for all
            models:
            """;

    @Test
    void theDocumentIsWhatTheOptionsDeclare() throws IOException {
        String document = document();
        if (Boolean.getBoolean("parlance.update")) {
            Files.writeString(DOCUMENT, document);
        }
        assertThat(Files.exists(DOCUMENT) ? Files.readString(DOCUMENT) : "")
                .as("docs/configuration.md is stale; run: make docs")
                .isEqualTo(document);
    }

    @Test
    void everyOptionThatTakesAValueTellsItsDefault() {
        assertThat(Settings.options(serve(), Settings::key).values())
                .filteredOn(option -> option.arity().max() > 0)
                .allSatisfy(option ->
                        assertThat(String.join(" ", option.description()))
                                .as(option.longestName())
                                .contains(" Default: ")
                                .endsWith("."));
    }

    private static CommandSpec serve() {
        return new CommandLine(new ServeCommand(Streams.standard(), Map.of())).getCommandSpec();
    }

    private static String document() {
        CommandSpec ofModels = ServedModelOptions.parser(new ServedModelOptions()).getCommandSpec();
        StringBuilder text = new StringBuilder(BEGINNING);
        text.append("## Options\n\n| key and option | value | default | |\n|---|---|---|---|\n");
        Settings.options(serve(), Settings::key)
                .forEach((key, option) -> text.append(row(key, option)));
        text.append(MODELS).append(OF_A_MODEL).append('\n');
        text.append(
                String.join(
                        ", ",
                        Settings.options(ofModels, Settings::key).keySet().stream()
                                .map(key -> "`" + key + "`")
                                .toList()));
        return text.append(".\n").toString();
    }

    private static String row(String key, OptionSpec option) {
        OptionDescription description = OptionDescription.of(option);
        Optional<String> range = Range.text(option);
        String value = option.arity().max() == 0 ? "`true` or `false`" : option.paramLabel();
        return "| `"
                + key
                + "` | "
                + value
                + range.map(bounds -> ", " + bounds).orElse("")
                + " | "
                + description.otherwise()
                + " | "
                + description.text()
                + " |\n";
    }
}
