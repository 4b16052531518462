package dev.parlance.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

class KeyFileTest {
    private static final String HASH = ApiKey.hash("secret");

    @Test
    void readsWhatItWrites(@TempDir Path folder) throws Exception {
        ApiKey plain = ApiKey.of("alice", "secret");
        ApiKey full =
                new ApiKey("bob", ApiKey.hash("b"), Set.of("m", "a/b"), new KeyLimits(60, 9000, 4));
        Path file = folder.resolve("keys.jsonl");
        Files.writeString(
                file, "# who may\n\n" + KeyFile.line(plain) + "\n" + KeyFile.line(full) + "\r\n");
        assertThat(KeyFile.read(file)).isEqualTo(List.of(plain, full));
        assertThat(KeyFile.line(full))
                .startsWith("{\"name\":\"bob\",\"sha256\":\"")
                .endsWith(
                        "\",\"models\":[\"a/b\",\"m\"],\"requests_per_minute\":60,"
                                + "\"tokens_per_minute\":9000,\"concurrent_requests\":4}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "name | not valid JSON",
                "[] | a key must be a JSON object",
                "{\"sha256\": \"H\"} | 'name' must be a string, got nothing",
                "{\"name\": 1, \"sha256\": \"H\"} | 'name' must be a string, got a number",
                "{\"name\": \" \", \"sha256\": \"H\"} | the name of a key must have 1 to 100",
                "{\"name\": \"a\"} | 'sha256' must be a string, got nothing",
                "{\"name\": \"a\", \"sha256\": \"12\"} | must be 64 hexadecimal digits, got 2",
                "{\"name\": \"a\", \"sha256\": \"H\", \"key\": 1} | 'key' is not known; there are"
                        + " name, sha256, models, requests_per_minute",
                "{\"name\": \"a\", \"sha256\": \"H\", \"models\": []} |"
                        + " 'models' must be an array of names, one at least, got an array; leave",
                "{\"name\": \"a\", \"sha256\": \"H\", \"models\": \"m\"} | got a string",
                "{\"name\": \"a\", \"sha256\": \"H\", \"models\": [1]} |"
                        + " 'models' must hold strings only, got a number",
                "{\"name\": \"a\", \"sha256\": \"H\", \"requests_per_minute\": 0} |"
                        + " 'requests_per_minute' must be a whole number between 1 and 1000000,"
                        + " got 0; leave it out for no limit",
                "{\"name\": \"a\", \"sha256\": \"H\", \"tokens_per_minute\": 1.5} |"
                        + " 'tokens_per_minute' must be a whole number between 1 and 1000000000,"
                        + " got 1.5",
                "{\"name\": \"a\", \"sha256\": \"H\", \"concurrent_requests\": \"2\"} |"
                        + " 'concurrent_requests' must be a whole number between 1 and 1000000,"
                        + " got a string",
            })
    void saysWhichLineIsWrongAndHow(String line, String message) {
        String text = "# comment\n" + line.replace("\"H\"", "\"" + HASH + "\"");
        assertThatThrownBy(() -> KeyFile.parse("keys.jsonl", text))
                .isInstanceOf(KeyFileException.class)
                .hasMessageStartingWith("keys.jsonl: line 2: ")
                .hasMessageContaining(message);
    }

    @Test
    void aFileWithoutKeysIsAMistake() {
        assertThatThrownBy(() -> KeyFile.parse("keys.jsonl", "# nobody\n"))
                .hasMessage("keys.jsonl: no key is in this file");
    }
}
