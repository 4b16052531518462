package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.server.http.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

class DisconnectTest {
    private Harness harness;

    @BeforeEach
    void start() throws IOException {
        harness = Harness.start(new FakeBackend());
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/completions, false, 1",
        "/v1/completions, true, 1",
        "/v1/completions, false, 3",
        "/v1/completions, true, 3",
        "/v1/chat/completions, false, 1",
        "/v1/chat/completions, true, 1"
    })
    void aClientThatLeavesEndsTheWork(String path, boolean stream, int prompts) throws Exception {
        harness.backend.silentAfter = 1;
        String prompt =
                path.contains("chat")
                        ? "\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]"
                        : "\"prompt\": [" + "\"A\", ".repeat(prompts - 1) + "\"A\"]";
        RawClient client = new RawClient(harness.server.port());
        client.post(path, Harness.body(prompt + ", \"stream\": " + stream));
        List<FakeBackend.FakeStream> streams = new ArrayList<>();
        for (int i = 0; i < prompts; i++) {
            streams.add(harness.backend.streams.take());
        }
        if (stream) {
            client.readUntil("data: ");
        }
        client.close();

        for (FakeBackend.FakeStream generation : streams) {
            generation.closed.await();
        }
    }

    @Test
    void aStopSequenceEndsItsChoiceOnly() throws Exception {
        harness.backend.script =
                (_, choice) -> FakeBackend.ids(choice == 0 ? "one END more" : "two, no such word");
        Reply reply = harness.complete("\"prompt\": \"A\", \"n\": 2, \"stop\": \"END\"");

        assertThat(reply.text("choices[0].text")).isEqualTo("one ");
        assertThat(reply.text("choices[1].text")).isEqualTo("two, no such word");
        assertThat(harness.backend.streams.take().cancelledChoices()).containsExactly(0);
    }
}
