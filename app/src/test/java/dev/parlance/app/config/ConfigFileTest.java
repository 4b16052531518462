package dev.parlance.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.app.config.ConfigValue.Items;
import dev.parlance.app.config.ConfigValue.Section;
import dev.parlance.app.config.ConfigValue.Text;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

class ConfigFileTest {
    @TempDir private Path folder;

    private Section read(String text) throws IOException {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    private Section read(byte[] bytes) throws IOException {
        return ConfigFile.read(Files.write(file(), bytes));
    }

    private Path file() {
        return folder.resolve("serve.yaml");
    }

    private Place line(int line) {
        return new Place(file().toString(), line);
    }

    @Test
    void everyValueKeepsItsLineAndItsSpelling() throws IOException {
        Section section =
                read(
                        """
                        # of a test
                        port: 0x50
                        name: "1.0"
                        flag: no

                        models:
                          - file: a.gguf
                            aliases: [x, y]
                        """);
        assertThat(section)
                .isEqualTo(
                        new Section(
                                Map.of(
                                        "port", new Text("0x50", line(2)),
                                        "name", new Text("1.0", line(3)),
                                        "flag", new Text("no", line(4)),
                                        "models", new Items(List.of(model()), line(6))),
                                line(2)));
        assertThat(section.values().keySet()).containsExactly("port", "name", "flag", "models");
        assertThat(line(7)).hasToString(file() + ":7");
    }

    private Section model() {
        return new Section(
                Map.of(
                        "file",
                        new Text("a.gguf", line(7)),
                        "aliases",
                        new Items(
                                List.of(new Text("x", line(8)), new Text("y", line(8))), line(8))),
                line(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "# nothing\n", "---\n", "{}", "\uFEFF"})
    void anEmptyFileHasNoKeys(String text) throws IOException {
        assertThat(read(text).values()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "just words           | 1: keys like 'port: 8080' are needed, got 'just words'",
                "[1, 2]               | 1: keys like 'port: 8080' are needed, got a list",
                "a: 1\\nb:\\nc: 2     | 2: 'b' has no value",
                "a: 1\\nb: ~          | 2: 'b' has no value",
                "a: 1\\nb: null       | 2: 'b' has no value",
                "a:\\n- 1\\n-         | 3: an item of the list is empty",
                "a: 1\\n\\na: 2       | 3: 'a' is given twice, first in line 1",
                "a: &x 1\\nb: *x      | 1: anchors and aliases are not supported",
                "a: *x                | 1: anchors and aliases are not supported",
                "a: !!str 1           | 1: tags are not supported, got tag:yaml.org,2002:str",
                "a: !evil {b: 1}      | 1: tags are not supported, got !evil",
                "{a: 1, [b]: 2}       | 1: a key is one word",
                "a: 1\\n---\\nb: 2    | 2: one document is all a file may have",
                "a: 1\\nb: [1, 2      | 2: this is no YAML: while parsing a flow sequence",
                "a: 1\\n b: 2         | 2: this is no YAML: mapping values are not allowed here",
                "a: [[[[[[[[[1]]]]]]]] | 1: values are nested more than 8 deep",
            })
    void whatIsWrongIsSaidWithItsLine(String text, String message) {
        assertThatThrownBy(() -> read(text.replace("\\n", "\n")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(file() + ":" + message);
    }

    /** The depth is checked while the file is read, so nothing deep is ever built. */
    @Test
    void aDeepFileIsRefusedWithoutBeingRead() {
        assertThatThrownBy(() -> read("a: " + "[".repeat(500_000)))
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith("values are nested more than 8 deep");
    }

    @Test
    void aLargeFileIsRefused() {
        assertThatThrownBy(() -> read("a: " + "b".repeat(1 << 20)))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file() + ": a configuration file has at most 1048576 bytes");
    }

    @Test
    void whatIsNoTextIsRefused() {
        assertThatThrownBy(() -> read(new byte[] {'a', ':', ' ', (byte) 0xFF}))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file() + ": this is no text in UTF-8");
        assertThatThrownBy(() -> read("a: \u0001"))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(file() + ": this is no YAML: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\\x", "a: \"\\u12", "\"\\UFFFFFFFF\""})
    void aBrokenEscapeIsRefused(String text) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("this is no YAML: ");
    }

    @Test
    void aFolderOrNoFileIsSaid() {
        assertThatThrownBy(() -> ConfigFile.read(folder))
                .isInstanceOf(ConfigException.class)
                .hasMessage(folder + ": this is a folder, a file is needed");
        assertThatThrownBy(() -> ConfigFile.read(file())).isInstanceOf(NoSuchFileException.class);
    }
}
