package dev.parlance.app.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.app.bench.BenchmarkException;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonObject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

@Timeout(60)
class OpenAiClientTest {
    private static final long MS = 1_000_000;
    private static final ClientOptions OPTIONS =
            new ClientOptions(Api.CHAT, JsonObject.EMPTY, Duration.ofSeconds(30));
    private static final List<Message> HELLO = List.of(Message.user("hello"));

    private static Exchange ask(FakeServer.Handler handler) throws Exception {
        try (FakeServer server = new FakeServer(handler);
                OpenAiClient client =
                        new OpenAiClient(server.target(), OPTIONS, System::nanoTime)) {
            return client.ask("part", HELLO, 4, client.now());
        }
    }

    @Test
    void timesAreThoseOfTheBytesAndTokensThoseOfTheServer() throws Exception {
        AtomicLong clock = new AtomicLong();
        Semaphore seen = new Semaphore(0);
        FakeServer.Handler script =
                (_, reply) -> {
                    clock.set(5 * MS);
                    reply.begin();
                    // Neither a role nor an empty text is a token.
                    reply.event("{\"choices\": [{\"delta\": {\"role\": \"assistant\"}}]}");
                    reply.event("{\"choices\": [{\"delta\": {\"content\": \"\"}}]}");
                    for (long millis : new long[] {11, 31, 36}) {
                        clock.set(millis * MS);
                        reply.piece("ab");
                        seen.acquire();
                    }
                    clock.set(40 * MS);
                    reply.end(7, 4);
                };
        try (FakeServer server = new FakeServer(script);
                OpenAiClient client = new OpenAiClient(server.target(), OPTIONS, clock::get)) {
            Exchange exchange =
                    client.ask("part", HELLO, 4, MS, new Recording(_ -> seen.release()));
            assertThat(exchange.isAnswered()).isTrue();
            assertThat(exchange.part()).isEqualTo("part");
            assertThat(exchange.text()).isEqualTo("ababab");
            assertThat(exchange.usage()).contains(new Usage(7, 1, 4));
            assertThat(exchange.timeToFirstToken()).hasValue(10);
            assertThat(exchange.pieces().gaps()).containsExactly(20.0, 5.0);
            assertThat(exchange.timePerOutputToken()).hasValue(25 / 3.0);
            assertThat(exchange.totalTime()).hasValue(39);
            assertThat(exchange.events()).isEqualTo(7);
        }
    }

    @Test
    void withoutUsagePiecesAreTokensAndThoughtsAreText() throws Exception {
        Exchange exchange =
                ask((_, reply) -> {
                    reply.begin();
                    reply.event("{\"choices\": [{\"delta\": {\"reasoning_content\": \"hm\"}}]}");
                    reply.event("{\"choices\": [{\"text\": \"!\", \"finish_reason\": \"stop\"}]}");
                    reply.endStream();
                });
        assertThat(exchange.isAnswered()).isTrue();
        assertThat(exchange.outputTokens()).isEqualTo(2);
        assertThat(exchange.text()).isEqualTo("hm!");
    }

    @Test
    void aChatIsAskedForItsWholeLength() throws Exception {
        try (FakeServer server = FakeServer.talking();
                OpenAiClient client =
                        new OpenAiClient(
                                new Target(
                                        "x",
                                        URI.create(server.url() + "/"),
                                        Optional.empty(),
                                        Optional.of("secret")),
                                OPTIONS,
                                System::nanoTime)) {
            assertThat(client.model()).isEqualTo("fake");
            client.ask("", HELLO, 4, 0);
            FakeServer.Request request = server.requests().getLast();
            assertThat(request.headers()).containsEntry("authorization", "Bearer secret");
            assertThat(request.json())
                    .isEqualTo(
                            Json.parse(
                                    """
                                    {"model": "fake",
                                     "messages": [{"role": "user", "content": "hello"}],
                                     "max_tokens": 4, "temperature": 0, "ignore_eos": true,
                                     "stream": true, "stream_options": {"include_usage": true}}\
                                    """));
        }
    }

    @Test
    void aCompletionIsPlainTextAndExtraMembersWin() throws Exception {
        ClientOptions options =
                new ClientOptions(
                        Api.COMPLETIONS,
                        (JsonObject) Json.parse("{\"temperature\": 1, \"seed\": 5}"),
                        Duration.ofSeconds(30));
        try (FakeServer server = new FakeServer((_, reply) -> reply.json(400, "{}"));
                OpenAiClient client =
                        new OpenAiClient(server.target(), options, System::nanoTime)) {
            client.ask("", List.of(new Message(Message.Role.SYSTEM, "a"), Message.user("b")), 2, 0);
            FakeServer.Request request = server.requests().getLast();
            assertThat(request.path()).isEqualTo("/v1/completions");
            assertThat(request.json())
                    .isEqualTo(
                            Json.parse(
                                    """
                                    {"model": "fake", "prompt": "a\\nb", "max_tokens": 2,
                                     "temperature": 1, "ignore_eos": true, "stream": true,
                                     "stream_options": {"include_usage": true}, "seed": 5}\
                                    """));
        }
    }

    @Test
    void aRefusalIsCountedByItsStatus() throws Exception {
        Exchange exchange =
                ask((_, reply) -> reply.json(429, "{\"error\": {\"message\": \"queue is full\"}}"));
        assertFailed(exchange, "HTTP 429", "queue is full");
        assertFailed(ask((_, reply) -> reply.json(502, "bad gateway")), "HTTP 502", "bad gateway");
    }

    @Test
    void anErrorWithinTheStreamIsAFailure() throws Exception {
        Exchange exchange =
                ask((_, reply) -> {
                    reply.begin();
                    reply.piece("a");
                    reply.event("{\"error\": {\"message\": \"gone\"}}");
                    reply.event("[DONE]");
                    reply.endStream();
                });
        assertFailed(exchange, "error event", "gone");
        assertThat(exchange.text()).isEqualTo("a");
    }

    @Test
    void aStreamThatEndsBeforeTheAnswerIsAFailure() throws Exception {
        Exchange exchange =
                ask((_, reply) -> {
                    reply.begin();
                    reply.piece("a");
                    reply.endStream();
                });
        assertFailed(exchange, "ended early", "before the answer was complete");
    }

    @Test
    void aConnectionThatBreaksIsAFailure() throws Exception {
        Exchange exchange =
                ask((_, reply) -> {
                    reply.begin();
                    reply.piece("a");
                    reply.cut();
                });
        assertFailed(exchange, "connection lost", "");
    }

    @Test
    void whatIsNoJsonIsAFailure() throws Exception {
        Exchange exchange =
                ask((_, reply) -> {
                    reply.begin();
                    reply.event("{");
                    reply.awaitClientGone();
                });
        assertFailed(exchange, "malformed event", "not valid JSON");
    }

    @Test
    void anAnswerThatTakesTooLongIsGivenUpAndTheServerSeesIt() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        ClientOptions hasty = new ClientOptions(Api.CHAT, JsonObject.EMPTY, Duration.ofMillis(200));
        FakeServer.Handler silent =
                (_, reply) -> {
                    reply.begin();
                    reply.piece("a");
                    reply.awaitClientGone();
                    gone.countDown();
                };
        try (FakeServer server = new FakeServer(silent);
                OpenAiClient client = new OpenAiClient(server.target(), hasty, System::nanoTime)) {
            Exchange exchange = client.ask("", HELLO, 4, client.now());
            assertFailed(exchange, "timeout", "no end of the answer after 0.2 s");
            gone.await();
        }
    }

    @Test
    void aServerThatIsNotThereIsAFailure() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        URI url = URI.create("http://127.0.0.1:" + port + "/v1");
        Target target = new Target("x", url, Optional.of("m"), Optional.empty());
        try (OpenAiClient client = new OpenAiClient(target, OPTIONS, System::nanoTime)) {
            assertFailed(client.ask("", HELLO, 1, 0), "not connected", "");
        }
        Target unnamed = new Target("x", url, Optional.empty(), Optional.empty());
        assertThatThrownBy(() -> new OpenAiClient(unnamed, OPTIONS, System::nanoTime))
                .isInstanceOf(BenchmarkException.class)
                .hasMessageStartingWith(url + "/models: ");
    }

    @Test
    void aServerThatListsNoModelNeedsItsName() throws Exception {
        try (FakeServer server = new FakeServer((_, reply) -> reply.json(200, "{\"data\": []}"))) {
            Target target =
                    new Target("x", URI.create(server.url()), Optional.empty(), Optional.empty());
            assertThatThrownBy(() -> new OpenAiClient(target, OPTIONS, System::nanoTime))
                    .isInstanceOf(BenchmarkException.class)
                    .hasMessageContaining("does not list a model (status 200)")
                    .hasMessageContaining("--model");
        }
    }

    @Test
    void aConnectionThatIsClosedBeforeAnythingCameIsReplacedOnce() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        FakeServer.Handler everySecond =
                (request, reply) -> {
                    if (calls.incrementAndGet() % 2 == 1) {
                        reply.cut();
                    } else {
                        FakeServer.talk(request, reply);
                    }
                };
        Exchange exchange = ask(everySecond);
        assertThat(exchange.isAnswered()).isTrue();
        assertThat(exchange.outputTokens()).isEqualTo(4);
        assertThat(calls).hasValue(2);
        assertFailed(ask((_, reply) -> reply.cut()), "connection lost", "");
    }

    @Test
    void countingSurvivesAClosedConnectionToo() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        FakeServer.Handler everySecond =
                (_, reply) -> {
                    if (calls.incrementAndGet() % 2 == 1) {
                        reply.cut();
                    } else {
                        reply.json(200, "{\"tokens\": [1]}");
                    }
                };
        try (FakeServer server = new FakeServer(everySecond);
                OpenAiClient client =
                        new OpenAiClient(server.target(), OPTIONS, System::nanoTime)) {
            assertThat(client.countTokens("x")).hasValue(1);
        }
    }

    @Test
    void tokensAreCountedWhereTheServerCan() throws Exception {
        try (FakeServer server =
                        new FakeServer((_, reply) -> reply.json(200, "{\"tokens\": [1, 2, 3]}"));
                OpenAiClient client =
                        new OpenAiClient(server.target(), OPTIONS, System::nanoTime)) {
            assertThat(client.countTokens("x")).hasValue(3);
            assertThat(server.requests().getLast().path()).isEqualTo("/tokenize");
        }
        try (FakeServer server = FakeServer.talking();
                OpenAiClient client =
                        new OpenAiClient(server.target(), OPTIONS, System::nanoTime)) {
            assertThat(client.countTokens("x")).isEmpty();
        }
    }

    private static void assertFailed(Exchange exchange, String kind, String detail) {
        assertThat(exchange.failure()).isPresent();
        exchange.failure()
                .ifPresent(failure -> {
                    assertThat(failure.kind()).as(failure.detail()).isEqualTo(kind);
                    assertThat(failure.detail()).contains(detail);
                });
    }
}
