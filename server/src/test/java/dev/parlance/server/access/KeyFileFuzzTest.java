package dev.parlance.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Stream;

/** Whatever a file of keys says, it is read, and written the same again, or refused. */
class KeyFileFuzzTest {
    static Stream<byte[]> seeds() {
        ApiKey full =
                new ApiKey("bob", ApiKey.hash("b"), Set.of("m", "a/b"), new KeyLimits(60, 9000, 4));
        String two = KeyFile.line(ApiKey.of("alice", "a")) + "\r\n" + KeyFile.line(full);
        return Stream.of("", "# nobody\n", "\n" + two + "\n", "{\"name\": 1}")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest
    void aFileIsReadOrRefused(byte[] utf8) throws KeyFileException {
        try {
            for (ApiKey key : KeyFile.parse("k", new String(utf8, StandardCharsets.UTF_8))) {
                assertThat(KeyFile.parse("k", KeyFile.line(key))).containsExactly(key);
            }
        } catch (KeyFileException refused) {
            assertThat(refused).hasMessageStartingWith("k: ");
        }
    }
}
