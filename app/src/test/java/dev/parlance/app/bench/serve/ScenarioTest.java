package dev.parlance.app.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.app.bench.BenchmarkException;
import dev.parlance.engine.json.JsonObject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

@Timeout(60)
class ScenarioTest {
    private static final int OVERHEAD = 3;
    private static final ClientOptions OPTIONS =
            new ClientOptions(Api.CHAT, JsonObject.EMPTY, Duration.ofSeconds(30));

    private static Measurement measurement(int requests, int outputTokens) {
        return new Measurement(
                new LengthRange(10, 10),
                new LengthRange(outputTokens, outputTokens),
                new Limit(requests, Limit.ANY_DURATION),
                new Objective(60_000, 60_000));
    }

    private static List<Run> run(
            FakeServer server, Scenario scenario, Load load, Measurement measurement)
            throws InterruptedException {
        OpenAiClient client = new OpenAiClient(server.target(), OPTIONS, System::nanoTime);
        try (Side side = new Side(server.target(), client, Lexicon.learn(client))) {
            return scenario.run(side, load, measurement, 1);
        }
    }

    @Test
    void independentRequestsHaveTheLengthsAskedForAndPromptsOfTheirOwn() throws Exception {
        try (FakeServer server = FakeServer.talking()) {
            Run run =
                    run(server, new Independent(), new Load.ClosedLoop(2), measurement(6, 4))
                            .getFirst();
            assertThat(run.load()).isEqualTo("2 clients");
            assertThat(run.tally().answered()).isEqualTo(6);
            assertThat(run.tally().promptTokens()).isEqualTo(10);
            assertThat(run.tally().outputTokens()).isEqualTo(4);
            assertThat(run.tally().shortAnswers()).isZero();
            assertThat(part(run, "").gap().count()).isEqualTo(6 * 3);
            assertThat(measured(server, 6)).doesNotHaveDuplicates();
        }
    }

    private static Latencies part(Run run, String name) {
        return Objects.requireNonNull(run.parts().get(name), name);
    }

    private static List<List<String>> measured(FakeServer server, int count) {
        List<FakeServer.Request> all = server.requests();
        return all.subList(all.size() - count, all.size()).stream()
                .map(FakeServer.Request::texts)
                .toList();
    }

    @Test
    void aTurnOfAChatHasAllTurnsBefore() throws Exception {
        try (FakeServer server = FakeServer.talking()) {
            Run run =
                    run(server, new Chat(20, 3), new Load.ClosedLoop(1), measurement(2, 2))
                            .getFirst();
            assertThat(run.parts().keySet()).containsExactly("turn 1", "turn 2", "turn 3");
            assertThat(part(run, "turn 2").firstToken().count()).isEqualTo(2);
            List<List<String>> asked = measured(server, 6);
            String system = asked.getFirst().getFirst();
            assertThat(system.split(" ")).hasSize(20);
            assertThat(asked).allMatch(texts -> texts.getFirst().equals(system));
            assertThat(asked.get(2))
                    .hasSize(6)
                    .startsWith(asked.get(1).toArray(String[]::new))
                    .contains(" word word");
            assertThat(asked.get(3)).hasSize(2);
            assertThat(asked.get(3).get(1)).isNotEqualTo(asked.get(0).get(1));
        }
    }

    @Test
    void aConversationEndsWithTheTurnThatFailed() throws Exception {
        FakeServer.Handler refusing =
                (request, reply) -> {
                    if (request.path().endsWith("completions") && request.texts().size() > 2) {
                        reply.json(500, "{}");
                    } else {
                        FakeServer.talk(request, reply);
                    }
                };
        try (FakeServer server = new FakeServer(refusing)) {
            Run run =
                    run(server, new Chat(5, 4), new Load.ClosedLoop(1), measurement(3, 2))
                            .getFirst();
            assertThat(run.tally().answered()).isEqualTo(3);
            assertThat(run.tally().failures().get("HTTP 500")).hasSize(3);
            assertThat(run.parts().keySet()).containsExactly("turn 1", "turn 2");
        }
    }

    @Test
    void overloadSendsAMultipleOfWhatWasAnswered() throws Exception {
        try (FakeServer server = FakeServer.talking()) {
            List<Run> runs =
                    run(server, new Overload(2), new Load.ClosedLoop(2), measurement(10, 2));
            assertThat(runs).extracting(Run::load).containsExactly("2 clients", "2 x 2 clients");
            assertThat(runs.getLast().requestsPerSecond())
                    .hasValue(2 * runs.getFirst().tally().answeredPerSecond());
            assertThat(runs.getLast().tally().answered()).isEqualTo(10);
        }
    }

    @Test
    void overloadOfAServerThatAnswersNothingCannotBeMeasured() throws Exception {
        FakeServer.Handler refusing =
                (request, reply) -> {
                    if (request.path().endsWith("completions") && request.maxTokens() > 1) {
                        reply.json(503, "{}");
                    } else {
                        FakeServer.talk(request, reply);
                    }
                };
        try (FakeServer server = new FakeServer(refusing)) {
            assertThatThrownBy(() ->
                            run(server, new Overload(2), new Load.ClosedLoop(2), measurement(4, 2)))
                    .isInstanceOf(BenchmarkException.class)
                    .hasMessageContaining("fake ended no answer");
        }
    }

    @Test
    void aLongPromptComesWhenAllStreamsAreRunningAndThenTheyAreLeft() throws Exception {
        CountDownLatch streamsLeft = new CountDownLatch(3);
        CountDownLatch piecesWhileJoining = new CountDownLatch(3);
        CountDownLatch joined = new CountDownLatch(1);
        FakeServer.Handler script =
                (request, reply) -> {
                    if (!request.path().endsWith("completions") || request.maxTokens() == 1) {
                        FakeServer.talk(request, reply);
                    } else if (request.words() + OVERHEAD == 100) {
                        joined.countDown();
                        piecesWhileJoining.await();
                        FakeServer.talk(request, reply);
                    } else {
                        reply.begin();
                        for (int i = 0; i < 5; i++) {
                            reply.piece("x");
                        }
                        joined.await();
                        reply.piece("y");
                        piecesWhileJoining.countDown();
                        reply.awaitClientGone();
                        streamsLeft.countDown();
                    }
                };
        try (FakeServer server = new FakeServer(script)) {
            Run run =
                    run(
                                    server,
                                    new LongPromptJoins(100, 5),
                                    new Load.ClosedLoop(3),
                                    measurement(1, 1000))
                            .getFirst();
            streamsLeft.await();
            assertThat(run.load()).isEqualTo("3 streams");
            assertThat(run.tally().failures()).isEmpty();
            assertThat(run.tally().shortAnswers()).isZero();
            assertThat(run.notes()).isEmpty();
            assertThat(run.parts().keySet())
                    .containsExactly(
                            "streams before",
                            "streams while it joins",
                            "streams after",
                            "the long prompt");
            assertThat(part(run, "streams before").firstToken().count()).isEqualTo(3);
            assertThat(part(run, "streams before").gap().count()).isEqualTo(3 * 4);
            assertThat(part(run, "the long prompt").total().count()).isEqualTo(1);
        }
    }

    @Test
    void streamsThatEndTooEarlyAreNoted() throws Exception {
        try (FakeServer server = FakeServer.talking()) {
            Run run =
                    run(
                                    server,
                                    new LongPromptJoins(50, 8),
                                    new Load.ClosedLoop(2),
                                    measurement(2, 4))
                            .getFirst();
            assertThat(run.notes())
                    .containsExactly(
                            "4 streams had ended before the long prompt's first token; ask for more"
                                    + " --output-tokens");
        }
    }
}
