package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.server.http.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Clients that send or read slowly keep only themselves waiting. */
class SlowClientsTest {
    private static final int WRITERS = 50;
    private static final int READERS = 4;

    private final List<RawClient> slow = new ArrayList<>();
    private Harness harness;

    @BeforeEach
    void start() throws IOException {
        harness = Harness.start(new FakeBackend());
    }

    @AfterEach
    void stop() throws IOException {
        for (RawClient client : slow) {
            client.close();
        }
        harness.close();
    }

    private RawClient connect() throws IOException {
        RawClient client = new RawClient(harness.server.port());
        slow.add(client);
        return client;
    }

    private void assertOthersAreServed() throws Exception {
        assertThat(harness.complete("\"prompt\": \"A\"").text("choices[0].text")).isEqualTo("ok");
        assertThat(harness.complete("\"prompt\": \"A\", \"stream\": true").chunks()).isNotEmpty();
    }

    @Test
    void slowWritersReachNobody() throws Exception {
        for (int i = 0; i < WRITERS; i++) {
            connect().send("POST /v1/completions HTTP/1.1\nHost: x\nContent-Length: 100\n\n{");
            connect().send("POST /v1/completions HTTP/1.1\nHos");
        }
        assertOthersAreServed();
        assertThat(harness.backend.requests).hasSize(2);
    }

    @Test
    void slowReadersHoldOnlyTheirOwnAnswers() throws Exception {
        int tokens = 180;
        int choices = 128;
        harness.backend.script =
                (request, _) ->
                        FakeBackend.ids(request.maxTokens() == tokens ? "x".repeat(tokens) : "ok");
        for (int i = 0; i < READERS; i++) {
            connect()
                    .post(
                            "/v1/completions",
                            Harness.body(
                                    "\"prompt\": \"A\", \"stream\": true, \"logprobs\": 20,"
                                            + " \"max_tokens\": "
                                            + tokens
                                            + ", \"n\": "
                                            + choices));
        }
        for (int i = 0; i < READERS; i++) {
            harness.backend.streams.take();
        }
        assertOthersAreServed();
        // About 30 MB for each, far more than the server keeps for who reads nothing.
        assertThat(harness.backend.eventsTaken.get()).isLessThan((long) READERS * choices * tokens);
    }
}
