package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whatever a body holds, it is answered in time, as valid or with an error of OpenAI's shape, and
 * never with the server's own failure.
 */
class RequestFuzzTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final List<String> PATHS =
            List.of("/v1/chat/completions", "/v1/completions", "/tokenize", "/detokenize");

    private static Harness harness;

    @BeforeAll
    static void start() throws IOException {
        FakeBackend backend = new FakeBackend();
        harness =
                Harness.start(
                        Harness.OPTIONS,
                        backend,
                        Harness.model(backend, ByteTokenizer.fillingGaps(), Harness.TEMPLATE));
    }

    @AfterAll
    static void stop() {
        harness.close();
    }

    static Stream<byte[]> seeds() {
        return Choices.seeds(2000);
    }

    @MethodSource("seeds")
    @FuzzTest
    void everyBodyIsAnswered(byte[] bytes) throws Exception {
        Choices choices = new Choices(bytes);
        String path = choices.of(PATHS);
        byte[] body = FuzzedBody.bytes(path, choices);
        Reply reply = send(path, body);
        String about = path + " " + new String(body, StandardCharsets.UTF_8) + "\n" + reply;
        assertThat(reply.status()).as(about).isIn(200, 400, 404, 429);
        if (reply.status() != 200) {
            assertThat(reply.text("error.message")).as(about).isNotBlank();
        }
    }

    private static Reply send(String path, byte[] body) throws Exception {
        harness.backend.requests.clear();
        harness.backend.streams.clear();
        return harness.sendAnything(
                HttpRequest.newBuilder(harness.uri(path))
                        .timeout(PATIENCE)
                        .POST(BodyPublishers.ofByteArray(body))
                        .build());
    }
}
