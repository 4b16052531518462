package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.server.access.ApiKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyCommandTest {
    @Test
    void theKeyIsShownAndItsHashIsPrinted() {
        Invocation key =
                Invocation.of(
                        "key",
                        "alice",
                        "--model",
                        "small",
                        "--requests-per-minute",
                        "60",
                        "--tokens-per-minute",
                        "9000",
                        "--concurrent-requests",
                        "4");
        assertThat(key.exitCode()).isZero();
        assertThat(key.err()).startsWith("The key, which is not shown again: sk-");
        String secret = key.err().replaceFirst("^.*: ", "").strip();
        assertThat(key.outLines())
                .containsExactly(
                        "{\"name\":\"alice\",\"sha256\":\""
                                + ApiKey.hash(secret)
                                + "\",\"models\":[\"small\"],\"requests_per_minute\":60,"
                                + "\"tokens_per_minute\":9000,\"concurrent_requests\":4}");
    }

    @ParameterizedTest
    @CsvSource({
        "key, Missing required parameter",
        "key a --requests-per-minute -1, '--requests-per-minute must be between 0 and 1000000, got"
                + " -1'",
    })
    void wrongUseIsRefused(String arguments, String message) {
        Invocation key = Invocation.of(arguments.split(" "));
        assertThat(key.exitCode()).isEqualTo(2);
        assertThat(key.out()).isEmpty();
        assertThat(key.err()).startsWith("parlance: ").contains(message);
    }
}
