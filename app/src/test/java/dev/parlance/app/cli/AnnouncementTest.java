package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Optional;

class AnnouncementTest {
    @Test
    void aModelOfOnesOwnNeedsNoExplanation() {
        assertThat(announcement("it's", 512, "127.0.0.1", 8080, false).lines())
                .containsExactly(
                        "Serving it's at http://127.0.0.1:8080/v1 (context 512)",
                        "Try: curl http://127.0.0.1:8080/v1/chat/completions -H 'Content-Type:"
                                + " application/json' -d '{\"model\": \"it'\\''s\", \"messages\":"
                                + " [{\"role\": \"user\", \"content\": \"Hello\"}]}'");
    }

    @Test
    void encryptionAndKeysAreInTheCall() {
        assertThat(
                        new Announcement(
                                        List.of("m"),
                                        Optional.of(512),
                                        "localhost",
                                        443,
                                        true,
                                        true,
                                        false)
                                .lines())
                .last()
                .asString()
                .startsWith("Try: curl https://localhost:443/v1/chat/completions ")
                .contains("-H 'Authorization: Bearer YOUR_KEY' -d '");
    }

    @Test
    void theEmbeddedModelSaysWhatItIsAndHowToBringAnother() {
        assertThat(announcement("parlance-tiny", 512, "127.0.0.1", 80, true).lines())
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
        assertThat(announcement("m", 1, host, 1, false).lines().getFirst())
                .isEqualTo("Serving m at " + url + " (context 1)");
    }

    private static Announcement announcement(
            String name, int context, String host, int port, boolean embedded) {
        return new Announcement(
                List.of(name), Optional.of(context), host, port, false, false, embedded);
    }

    @Test
    void severalModelsAreListedAndTheFirstIsTried() {
        Announcement several =
                new Announcement(
                        List.of("a", "b"), Optional.empty(), "::1", 80, false, false, false);
        assertThat(several.lines())
                .satisfiesExactly(
                        line ->
                                assertThat(line)
                                        .isEqualTo("Serving 2 models at http://[::1]:80/v1: a, b"),
                        line -> assertThat(line).contains("{\"model\": \"a\""));
    }

    @Test
    void aModelThatIsNotLoadedHasNoContextYet() {
        Announcement unloaded =
                new Announcement(List.of("a"), Optional.empty(), "h", 80, false, false, false);
        assertThat(unloaded.lines().getFirst()).isEqualTo("Serving a at http://h:80/v1");
    }
}
