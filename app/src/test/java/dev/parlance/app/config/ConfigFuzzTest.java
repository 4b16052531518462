package dev.parlance.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** Whatever a configuration file says, it is read or refused with {@link ConfigException}. */
class ConfigFuzzTest {
    static Stream<byte[]> seeds() {
        return Stream.of(
                        "",
                        "port: 0x50 # hex\nname: \"1.0\"\ntext: |\n  two\n  lines\n",
                        "models:\n  - {file: a.gguf, aliases: [b, 'c']}\n  - file: d\n",
                        "--- !!str x\n...\n--- y",
                        "a: &b [*b, ? c : d]",
                        "%YAML 1.1\n---\n\"\\x41\\u263a\": ~")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest
    void aFileIsReadOrRefused(byte[] utf8) {
        try {
            new YamlReader("f.yaml", new String(utf8, StandardCharsets.UTF_8)).document();
        } catch (ConfigException refused) {
            assertThat(refused).hasMessageStartingWith("f.yaml");
        }
    }
}
