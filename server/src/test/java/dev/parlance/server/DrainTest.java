package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.server.http.RawClient;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.time.Duration;

/** How the server ends: it refuses what is new, lets finish what runs, and ends the rest. */
@Timeout(60)
class DrainTest {
    private static final String COMPLETIONS = "/v1/completions";
    private static final String CHAT = "/v1/chat/completions";

    private final FakeBackend backend = new FakeBackend();

    private Harness start(Duration drainTimeout) throws IOException {
        ServerOptions options = Harness.OPTIONS;
        return Harness.start(
                backend,
                new ServerOptions(
                        options.host(),
                        options.port(),
                        options.maxBodyBytes(),
                        options.pingInterval(),
                        drainTimeout,
                        Duration.ZERO));
    }

    private static String body(String path, boolean stream) {
        String prompt =
                path.equals(CHAT)
                        ? "\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]"
                        : "\"prompt\": \"A\"";
        return Harness.body(prompt + ", \"stream\": " + stream);
    }

    @ParameterizedTest
    @CsvSource({COMPLETIONS + ", true", COMPLETIONS + ", false", CHAT + ", true", CHAT + ", false"})
    void whatDoesNotFinishWhileTheServerDrainsEndsWithAnError(String path, boolean stream)
            throws Exception {
        backend.silentAfter = 1;
        try (Harness harness = start(Duration.ofMillis(1));
                RawClient client = new RawClient(harness.server.port())) {
            client.post(path, body(path, stream));
            FakeBackend.FakeStream generation = backend.streams.take();
            if (stream) {
                client.readUntil("data: ");
            }
            harness.server.close();
            generation.closed.await();
            if (!stream) {
                client.readUntil("503");
                client.readUntil("retry-after: 5");
            } else {
                client.readUntil("event: error\n");
            }
            client.readUntil("the server was shut down during the request");
        }
    }

    @Test
    void whileTheServerDrainsItSaysSo() throws Exception {
        backend.silentAfter = 1;
        try (Harness harness = start(Duration.ofMinutes(1));
                RawClient running = new RawClient(harness.server.port());
                RawClient other = new RawClient(harness.server.port())) {
            running.post(CHAT, body(CHAT, true));
            FakeBackend.FakeStream generation = backend.streams.take();
            running.readUntil("data: ");
            Thread closing = Thread.ofVirtual().start(harness.server::close);
            String health = "";
            while (!health.contains("draining")) {
                try (RawClient probe = new RawClient(harness.server.port())) {
                    health = probe.send("GET /health HTTP/1.1\nHost: x\n\n").readResponse();
                }
            }
            assertThat(health).startsWith("HTTP/1.1 503").contains("retry-after: 5");
            assertThat(closing.isAlive()).isTrue();
            other.post(CHAT, body(CHAT, false));
            assertThat(other.readResponse()).startsWith("HTTP/1.1 503").contains("draining");
            running.reset();
            generation.closed.await();
            closing.join();
        }
    }
}
