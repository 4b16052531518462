package dev.parlance.app.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.app.bench.BenchmarkException;
import dev.parlance.engine.json.JsonObject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

@Timeout(60)
class ServeBenchmarkTest {
    private static ServeBenchmark benchmark(Duration warmUp, int rounds, Load... loads) {
        return new ServeBenchmark(
                new Independent(),
                new Measurement(
                        new LengthRange(12, 12),
                        new LengthRange(2, 2),
                        new Limit(2, Limit.ANY_DURATION),
                        new Objective(60_000, 60_000)),
                List.of(loads),
                new ClientOptions(Api.CHAT, JsonObject.EMPTY, Duration.ofSeconds(30)),
                warmUp,
                rounds,
                42);
    }

    @Test
    void serversTakeTurnsAndGetTheSamePromptsThatNeverComeAgain() throws Exception {
        try (FakeServer one = FakeServer.talking();
                FakeServer two = FakeServer.talking()) {
            List<String> progress = new ArrayList<>();
            ServeOutcome outcome =
                    benchmark(Duration.ZERO, 2, new Load.ClosedLoop(1), new Load.OpenLoop(1000))
                            .run(
                                    List.of(one.target("one"), two.target("two")),
                                    progress::add,
                                    System::nanoTime,
                                    () -> OptionalDouble.of(0.5));
            assertThat(progress)
                    .containsExactly(
                            "one: preparing",
                            "two: preparing",
                            "one: 1 client (round 1 of 2)",
                            "two: 1 client (round 1 of 2)",
                            "one: 1000/s (round 1 of 2)",
                            "two: 1000/s (round 1 of 2)",
                            "one: 1 client (round 2 of 2)",
                            "two: 1 client (round 2 of 2)",
                            "one: 1000/s (round 2 of 2)",
                            "two: 1000/s (round 2 of 2)");
            List<List<String>> prompts = prompts(one);
            assertThat(prompts).hasSize(8).doesNotHaveDuplicates();
            assertThat(prompts(two)).containsExactlyInAnyOrderElementsOf(prompts);
            assertThat(outcome.servers()).hasSize(2);
            ServeOutcome.Server server = outcome.servers().getLast();
            assertThat(server.model()).isEqualTo("fake");
            assertThat(server.points())
                    .extracting(ServeOutcome.Point::load)
                    .containsExactly("1 client", "1000/s");
            assertThat(server.points().getFirst().runs()).hasSize(2);
            assertThat(server.points().getFirst().machineLoads()).containsExactly(0.5, 0.5);
            assertThat(server.points().getFirst().parts())
                    .hasEntrySatisfying(
                            "", times -> assertThat(times.firstToken().count()).isEqualTo(4));
            assertThat(outcome.cost().events()).isEqualTo(2 * 8 * (2 + 2));
        }
    }

    /** Of requests that ask for more than the one token that calibrates. */
    private static List<List<String>> prompts(FakeServer server) {
        return server.requests().stream()
                .filter(request -> request.path().endsWith("completions"))
                .filter(request -> request.maxTokens() > 1)
                .map(FakeServer.Request::texts)
                .toList();
    }

    @Test
    void theWarmUpDoesNotCount() throws Exception {
        try (FakeServer server = FakeServer.talking()) {
            ServeOutcome outcome =
                    benchmark(Duration.ofNanos(1), 1, new Load.ClosedLoop(3))
                            .run(List.of(server.target()), _ -> {});
            assertThat(outcome.servers().getFirst().points().getFirst().runs().getFirst().tally())
                    .extracting(Tally::answered)
                    .isEqualTo(2);
        }
    }

    @Test
    void aServerThatDoesNotAnswerIsNamed() throws Exception {
        try (FakeServer server = new FakeServer((_, reply) -> reply.json(500, "{}"))) {
            assertThatThrownBy(() ->
                            benchmark(Duration.ZERO, 1, new Load.ClosedLoop(1))
                                    .run(List.of(server.target("broken")), _ -> {}))
                    .isInstanceOf(BenchmarkException.class)
                    .hasMessageStartingWith("broken: the server does not answer");
        }
    }
}
