package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.generation.GenerationEvent.Failed;
import dev.parlance.engine.generation.QueueFullException;
import dev.parlance.engine.generation.ServiceTerms;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.time.Duration;

/** What clients see of queue, priorities and deadlines. */
@Timeout(60)
class ServiceTest {
    private static final String COMPLETIONS = "/v1/completions";
    private static final String CHAT = "/v1/chat/completions";

    private final FakeBackend backend = new FakeBackend();

    private Harness start(Duration requestTimeout) throws IOException {
        ServerOptions options = Harness.OPTIONS;
        return Harness.start(
                backend,
                new ServerOptions(
                        options.host(),
                        options.port(),
                        options.maxBodyBytes(),
                        options.pingInterval(),
                        Duration.ZERO,
                        requestTimeout));
    }

    private Harness start() throws IOException {
        return Harness.start(backend);
    }

    private static String body(String path, String fields) {
        String prompt =
                path.equals(CHAT)
                        ? "\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]"
                        : "\"prompt\": \"A\"";
        return Harness.body(prompt + (fields.isEmpty() ? "" : ", " + fields));
    }

    @ParameterizedTest
    @ValueSource(strings = {COMPLETIONS, CHAT})
    void requestsCarryTheirPriorityAndTheServersTimeout(String path) throws Exception {
        try (Harness harness = start(Duration.ofSeconds(90))) {
            harness.post(path, body(path, "\"priority\": -3"));
            harness.post(path, body(path, "\"priority\": null"));
        }
        assertThat(backend.requests.get(0).terms())
                .isEqualTo(new ServiceTerms("", -3, Duration.ofSeconds(90)));
        assertThat(backend.requests.get(1).terms())
                .isEqualTo(new ServiceTerms("", 0, Duration.ofSeconds(90)));
    }

    @Test
    void withoutATimeoutThereIsNone() throws Exception {
        try (Harness harness = start()) {
            harness.post(CHAT, body(CHAT, ""));
        }
        assertThat(backend.requests.getFirst().terms()).isEqualTo(ServiceTerms.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource({
        "'\"high\"', invalid_type, '''priority'' must be a whole number, got a string'",
        "1.5, invalid_value, '''priority'' must be a whole number, got 1.5'",
        "2147483648, invalid_value, '''priority'' must be at most 2147483647, got 2147483648'"
    })
    void aPriorityIsAWholeNumber(String value, String code, String message) throws Exception {
        try (Harness harness = start()) {
            Reply reply = harness.post(CHAT, body(CHAT, "\"priority\": " + value));
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.text("error.param")).isEqualTo("priority");
            assertThat(reply.text("error.code")).isEqualTo(code);
            assertThat(reply.text("error.message")).isEqualTo(message);
        }
    }

    @Test
    void aFullQueueSaysOfWhatAndWhenToComeBack() throws Exception {
        backend.room = 0;
        backend.fullOf = QueueFullException.Limit.TOKENS;
        backend.retryAfter = Duration.ofMillis(2001);
        try (Harness harness = start()) {
            Reply reply = harness.post(CHAT, body(CHAT, ""));
            assertThat(reply.status()).isEqualTo(429);
            assertThat(reply.header("retry-after")).isEqualTo("3");
            assertThat(reply.text("error.type")).isEqualTo("tokens");
            assertThat(reply.text("error.code")).isEqualTo("rate_limit_exceeded");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {COMPLETIONS, CHAT})
    void aRequestWhoseTimeIsOverIsA504ThatClientsDoNotRepeat(String path) throws Exception {
        backend.failsAfter = 1;
        backend.failure = Failed.Cause.TIMEOUT;
        try (Harness harness = start()) {
            Reply reply = harness.post(path, body(path, ""));
            assertThat(reply.status()).isEqualTo(504);
            assertThat(reply.header("x-should-retry")).isEqualTo("false");
            assertThat(reply.header("retry-after")).isEmpty();
            assertThat(reply.text("error.type")).isEqualTo("server_error");
            assertThat(reply.text("error.code")).isEqualTo("request_timeout");
            assertThat(reply.text("error.message")).isEqualTo("out of luck");
        }
    }

    @Test
    void aStreamWhoseTimeIsOverEndsWithAnEvent() throws Exception {
        backend.failsAfter = 1;
        backend.failure = Failed.Cause.TIMEOUT;
        try (Harness harness = start()) {
            Reply reply = harness.post(CHAT, body(CHAT, "\"stream\": true"));
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body())
                    .contains("event: error\ndata: {\"error\":{\"message\":\"out of luck\"")
                    .endsWith("\"code\":\"request_timeout\"}}\n\n");
        }
    }
}
