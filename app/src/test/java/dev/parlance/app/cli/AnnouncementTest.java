package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnnouncementTest {
    @Test
    void aModelOfOnesOwnNeedsNoExplanation() {
        assertThat(new Announcement("it's", 512, "127.0.0.1", 8080, false, false, false).lines())
                .containsExactly(
                        "Serving it's at http://127.0.0.1:8080/v1 (context 512)",
                        "Try: curl http://127.0.0.1:8080/v1/chat/completions -H 'Content-Type:"
                                + " application/json' -d '{\"model\": \"it'\\''s\", \"messages\":"
                                + " [{\"role\": \"user\", \"content\": \"Hello\"}]}'");
    }

    @Test
    void encryptionAndKeysAreInTheCall() {
        assertThat(new Announcement("m", 512, "localhost", 443, true, true, false).lines())
                .last()
                .asString()
                .startsWith("Try: curl https://localhost:443/v1/chat/completions ")
                .contains("-H 'Authorization: Bearer YOUR_KEY' -d '");
    }

    @Test
    void theEmbeddedModelSaysWhatItIsAndHowToBringAnother() {
        assertThat(
                        new Announcement("parlance-tiny", 512, "127.0.0.1", 80, false, false, true)
                                .lines())
                .hasSize(4)
                .anySatisfy(line -> assertThat(line).contains("tiny built-in model"))
                .last()
                .isEqualTo(
                        "For real work bring a model in GGUF format: parlance serve --model FILE");
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, http://localhost:1/v1",
        "::, http://localhost:1/v1",
        "::1, http://[::1]:1/v1",
        "example.org, http://example.org:1/v1",
    })
    void anAddressIsOneThatACallCanBeMadeTo(String host, String url) {
        assertThat(new Announcement("m", 1, host, 1, false, false, false).lines().getFirst())
                .isEqualTo("Serving m at " + url + " (context 1)");
    }
}
