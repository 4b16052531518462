package dev.parlance.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.server.access.Security;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;

class HttpListenerTest {
    private static final int MAX_BODY = 1000;
    private static final int BODY_MEMORY = 10 * MAX_BODY;

    static final FailureMapper FAILURES =
            new FailureMapper() {
                @Override
                public HttpResponse.Whole toResponse(
                        dev.parlance.server.http.HttpRequest request, Throwable failure) {
                    int status =
                            failure instanceof HttpProblem problem ? problem.kind().status() : 500;
                    return whole(status, "failed: " + failure.getMessage());
                }

                @Override
                public String toEventData(
                        dev.parlance.server.http.HttpRequest request, Throwable failure) {
                    return "failed: " + failure.getMessage();
                }
            };

    private final List<AutoCloseable> open = new ArrayList<>();

    private static HttpResponse.Whole whole(int status, String text) {
        return new HttpResponse.Whole(
                status,
                Map.of("content-type", "text/plain"),
                text.getBytes(StandardCharsets.UTF_8));
    }

    static ListenerOptions options() {
        return new ListenerOptions(
                "127.0.0.1",
                0,
                MAX_BODY,
                BODY_MEMORY,
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10));
    }

    private static Router.Builder echo() {
        return Router.builder()
                .post("/echo", request -> whole(200, new String(request.body(), UTF_8)))
                .get("/hello", _ -> whole(200, "hello"));
    }

    private static final Charset UTF_8 = StandardCharsets.UTF_8;

    private HttpListener listen(ListenerOptions options, Router router) throws IOException {
        HttpListener listener =
                HttpListener.start(options, new Connections(100), Security.NONE, router, FAILURES);
        open.add(listener);
        return listener;
    }

    private RawClient connect(HttpListener listener) throws IOException {
        RawClient client = new RawClient(listener.port());
        open.addFirst(client);
        return client;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    private static java.net.http.HttpResponse<String> post(
            HttpListener listener, BodyPublisher body, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listener.port() + "/echo"))
                        .POST(body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), BodyHandlers.ofString());
        }
    }

    @Test
    void answersJavasClientThatAsksForHttp2() throws Exception {
        HttpListener listener = listen(options(), echo().build());
        var response = post(listener, BodyPublishers.ofString("some body"));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("some body");
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    }

    @Test
    void everyAnswerCarriesTheCommonHeaders() throws Exception {
        HttpListener listener = listen(options(), echo().build());
        var good = post(listener, BodyPublishers.ofString("x"));
        var bad = post(listener, BodyPublishers.ofString("x".repeat(MAX_BODY + 1)));

        for (var response : List.of(good, bad)) {
            var headers = response.headers();
            assertThat(headers.firstValue("x-request-id").orElseThrow())
                    .matches("req_[0-9a-f]{32}");
            assertThat(headers.firstValue("openai-processing-ms").orElseThrow()).matches("[0-9]+");
            assertThat(headers.firstValue("openai-version")).hasValue("2020-10-01");
        }
        assertThat(good.headers().firstValue("x-request-id"))
                .isNotEqualTo(bad.headers().firstValue("x-request-id"));
    }

    @Test
    void answersOptionsForAnyPathAndAllowsNoPageByDefault() throws Exception {
        RawClient client = connect(listen(options(), echo().build()));
        String answer =
                client.send(
                                "OPTIONS /v1/any HTTP/1.1\nHost: x\nOrigin: http://page\n"
                                        + "Access-Control-Request-Method: POST\n\n")
                        .readResponse();
        assertThat(answer)
                .startsWith("HTTP/1.1 204")
                .contains("allow: GET, HEAD, POST, OPTIONS")
                .doesNotContain("access-control");
    }

    @Test
    void acceptsChunkedAndCompressedBodies() throws Exception {
        HttpListener listener = listen(options(), echo().build());
        byte[] text = "some body".getBytes(UTF_8);
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(text);
        }

        assertThat(post(listener, chunked(text)).body()).isEqualTo("some body");
        assertThat(
                        post(
                                        listener,
                                        BodyPublishers.ofByteArray(zipped.toByteArray()),
                                        "Content-Encoding",
                                        "gzip")
                                .body())
                .isEqualTo("some body");
    }

    private static BodyPublisher chunked(byte[] body) {
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
    }

    @Test
    void refusesLargeBodiesHoweverTheyCome() throws Exception {
        HttpListener listener = listen(options(), echo().build());
        byte[] large = new byte[3_000_000];
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(new byte[MAX_BODY + 1]);
        }

        for (var response :
                List.of(
                        post(listener, BodyPublishers.ofByteArray(large)),
                        post(listener, chunked(large)),
                        post(
                                listener,
                                BodyPublishers.ofByteArray(zipped.toByteArray()),
                                "Content-Encoding",
                                "gzip"))) {
            assertThat(response.statusCode()).isEqualTo(413);
            assertThat(response.body()).contains("at most 1000 bytes");
        }
        assertThat(post(listener, BodyPublishers.ofByteArray(new byte[MAX_BODY])).statusCode())
                .isEqualTo(200);
    }

    @Test
    void refusesCompressedBodiesThatCannotBeRead() throws Exception {
        HttpListener listener = listen(options(), echo().build());
        BodyPublisher body = BodyPublishers.ofString("this is no compressed text");
        var broken = post(listener, body, "Content-Encoding", "gzip");
        var unknown = post(listener, body, "Content-Encoding", "br");
        var none = post(listener, body, "Content-Encoding", "identity");

        assertThat(broken.statusCode()).isEqualTo(400);
        assertThat(broken.body()).contains("the body is not gzip");
        assertThat(unknown.statusCode()).isEqualTo(415);
        assertThat(unknown.body()).contains("must be gzip or identity, got 'br'");
        assertThat(none.statusCode()).isEqualTo(200);
    }

    @Test
    void aRefusedBodyLeavesTheConnectionUsable() throws Exception {
        RawClient client = connect(listen(options(), echo().build()));
        String large = "y".repeat(MAX_BODY + 1);
        assertThat(client.post("/echo", large).readResponse()).startsWith("HTTP/1.1 413");
        assertThat(client.post("/echo", "fine").readResponse()).endsWith("fine");
    }

    @Test
    void invitesABodyThatWaitsForTheInvitation() throws Exception {
        RawClient client = connect(listen(options(), echo().build()));
        String head = "POST /echo HTTP/1.1\nHost: x\nExpect: 100-continue\nContent-Length: ";

        client.send(head + "4\n\n");
        assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 100 Continue");
        assertThat(client.send("body").readResponse()).startsWith("HTTP/1.1 200").endsWith("body");

        client.send(head + "4000\n\n");
        assertThat(client.readResponse()).startsWith("HTTP/1.1 413").contains("connection: close");
        assertThat(client.readsEnd()).isTrue();
    }

    @Test
    void answersSeveralRequestsOnOneConnection() throws Exception {
        RawClient client = connect(listen(options(), echo().build()));
        assertThat(client.post("/echo", "one").readResponse()).endsWith("one");
        // The next two are sent before the first of them is answered.
        client.post("/echo", "two").post("/echo", "three");
        assertThat(client.readResponse()).endsWith("two");
        assertThat(client.readResponse()).endsWith("three");
    }

    @Test
    void answersHeadWithoutABody() throws Exception {
        RawClient client = connect(listen(options(), echo().build()));
        String head = client.send("HEAD /hello HTTP/1.1\nHost: x\n\n").readUntil("\r\n\r\n");
        assertThat(head).startsWith("HTTP/1.1 200").contains("content-length: 5");
        assertThat(client.send("GET /hello HTTP/1.1\nHost: x\n\n").readResponse())
                .startsWith("HTTP/1.1 200")
                .endsWith("hello");
    }

    @Test
    void answersBytesThatAreNoRequest() throws Exception {
        HttpListener listener = listen(options(), echo().build());
        String nonsense = connect(listener).send("what is this\n\n").readResponse();
        String tooLong =
                connect(listener)
                        .send("GET /hello HTTP/1.1\nHost: x\nX: " + "x".repeat(70_000) + "\n\n")
                        .readResponse();

        assertThat(nonsense).contains(" 400 Bad Request").contains("not an HTTP request");
        assertThat(tooLong).contains(" 400 Bad Request").contains("head is too large");
    }

    @Test
    void givesUpOnABodyThatDoesNotCome() throws Exception {
        ListenerOptions impatient =
                new ListenerOptions(
                        "127.0.0.1",
                        0,
                        MAX_BODY,
                        BODY_MEMORY,
                        Duration.ZERO,
                        Duration.ofMillis(50),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10));
        RawClient client = connect(listen(impatient, echo().build()));
        client.send("POST /echo HTTP/1.1\nHost: x\nContent-Length: 4\n\nbo");
        assertThat(client.readResponse()).startsWith("HTTP/1.1 408");
        assertThat(client.readsEnd()).isTrue();
    }

    @Test
    void turnsWhatAHandlerThrowsIntoAnAnswer() throws Exception {
        Router router =
                Router.builder()
                        .get(
                                "/broken",
                                _ -> {
                                    throw new IllegalStateException("no luck");
                                })
                        .build();
        RawClient client = connect(listen(options(), router));
        assertThat(client.send("GET /broken HTTP/1.1\nHost: x\n\n").readResponse())
                .startsWith("HTTP/1.1 500")
                .endsWith("failed: no luck");
    }

    private static Router streaming(EventSource source) {
        return Router.builder().get("/events", _ -> new HttpResponse.Events(source)).build();
    }

    private static final String GET_EVENTS = "GET /events HTTP/1.1\nHost: x\n\n";

    @Test
    void writesEventsAsTheFormatAsks() throws Exception {
        HttpListener listener =
                listen(
                        options(),
                        streaming(writer -> {
                            writer.send("one");
                            writer.send("name", "two\nlines");
                            throw new IllegalStateException("no luck");
                        }));
        try (HttpClient client = HttpClient.newHttpClient()) {
            var response =
                    client.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    "http://127.0.0.1:"
                                                            + listener.port()
                                                            + "/events"))
                                    .build(),
                            BodyHandlers.ofString());
            assertThat(response.body())
                    .isEqualTo(
                            "data: one\n\nevent: name\ndata: two\ndata: lines\n\n"
                                    + "event: error\ndata: failed: no luck\n\n");
            assertThat(response.headers().firstValue("content-type"))
                    .hasValue("text/event-stream; charset=utf-8");
            assertThat(response.headers().firstValue("cache-control")).hasValue("no-cache");
        }
    }

    @Test
    void streamsToClientsOfHttp10WithoutChunks() throws Exception {
        RawClient client = connect(listen(options(), streaming(writer -> writer.send("one"))));
        String head = client.send("GET /events HTTP/1.0\nHost: x\n\n").readUntil("\r\n\r\n");
        assertThat(head.toLowerCase(Locale.ROOT)).doesNotContain("transfer-encoding");
        assertThat(client.readUntil("\n\n")).isEqualTo("data: one\n\n");
        assertThat(client.readsEnd()).isTrue();
    }

    @Test
    void sendsHeadersBeforeTheFirstEvent() throws Exception {
        CountDownLatch headSeen = new CountDownLatch(1);
        RawClient client =
                connect(
                        listen(
                                options(),
                                streaming(writer -> {
                                    headSeen.await();
                                    writer.send("late");
                                })));
        assertThat(client.send(GET_EVENTS).readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200");
        headSeen.countDown();
        client.readUntil("data: late\n\n");
    }

    @Test
    void sendsCommentsWhileNothingElseIsSent() throws Exception {
        ListenerOptions chatty =
                new ListenerOptions(
                        "127.0.0.1",
                        0,
                        MAX_BODY,
                        BODY_MEMORY,
                        Duration.ofMillis(20),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10));
        CountDownLatch pinged = new CountDownLatch(1);
        RawClient client =
                connect(
                        listen(
                                chatty,
                                streaming(writer -> {
                                    pinged.await();
                                    writer.send("late");
                                })));
        client.send(GET_EVENTS).readUntil(": ping\n\n");
        client.readUntil(": ping\n\n");
        pinged.countDown();
        client.readUntil("data: late\n\n");
    }

    @Test
    void noticesThatASilentClientLeft() throws Exception {
        for (boolean reset : new boolean[] {false, true}) {
            CountDownLatch started = new CountDownLatch(2);
            CountDownLatch gone = new CountDownLatch(2);
            HttpHandler waits =
                    request -> {
                        request.clientGone().onCancel(gone::countDown);
                        started.countDown();
                        gone.await();
                        throw new ClientGoneException();
                    };
            HttpListener listener =
                    listen(
                            options(),
                            Router.builder()
                                    .get("/whole", waits)
                                    .get(
                                            "/events",
                                            request ->
                                                    new HttpResponse.Events(
                                                            _ -> waits.handle(request)))
                                    .build());
            RawClient whole = connect(listener).send("GET /whole HTTP/1.1\nHost: x\n\n");
            RawClient events = connect(listener).send(GET_EVENTS);
            started.await();
            if (reset) {
                whole.reset();
                events.reset();
            } else {
                whole.close();
                events.close();
            }
            gone.await();
        }
    }

    @Test
    void aSlowReaderHoldsTheProducerBackAndLosesNothing() throws Exception {
        int events = 400;
        String event = "x".repeat(100_000);
        AtomicLong sent = new AtomicLong();
        AtomicReference<Thread> producer = new AtomicReference<>(Thread.currentThread());
        CountDownLatch started = new CountDownLatch(1);
        RawClient client =
                connect(
                        listen(
                                options(),
                                streaming(writer -> {
                                    producer.set(Thread.currentThread());
                                    started.countDown();
                                    for (int i = 0; i < events; i++) {
                                        writer.send(event);
                                        sent.incrementAndGet();
                                    }
                                    writer.send("end");
                                })));
        client.send(GET_EVENTS);
        started.await();
        while (producer.get().getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        // 40 MB to send; sockets take a few, the writer a fraction of one.
        assertThat(sent.get()).isLessThan(events);
        client.skip(events * 100_000L);
        client.readUntil("data: end\n\n");
        assertThat(sent.get()).isEqualTo(events);
    }

    @Test
    void aReaderThatStopsReadingCountsAsGone() throws Exception {
        ListenerOptions impatient =
                new ListenerOptions(
                        "127.0.0.1",
                        0,
                        MAX_BODY,
                        BODY_MEMORY,
                        Duration.ZERO,
                        Duration.ofSeconds(10),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(10));
        CompletableFuture<String> end = new CompletableFuture<>();
        RawClient client =
                connect(
                        listen(
                                impatient,
                                streaming(writer -> {
                                    try {
                                        while (true) {
                                            writer.send("x".repeat(100_000));
                                        }
                                    } catch (ClientGoneException gone) {
                                        end.complete("gone");
                                        throw gone;
                                    }
                                })));
        client.send(GET_EVENTS);
        assertThat(end.join()).isEqualTo("gone");
    }

    @Test
    void finishesWhatRunsAndRefusesTheRestWhenItCloses() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch mayFinish = new CountDownLatch(1);
        HttpListener listener =
                listen(
                        options(),
                        echo().get(
                                        "/slow",
                                        _ -> {
                                            started.countDown();
                                            mayFinish.await();
                                            return whole(200, "done");
                                        })
                                .build());
        RawClient slow = connect(listener).send("GET /slow HTTP/1.1\nHost: x\n\n");
        started.await();
        RawClient other = connect(listener);
        Thread closing = Thread.ofVirtual().start(listener::close);
        while (!listener.isShuttingDown()) {
            Thread.onSpinWait();
        }

        assertThat(other.send("GET /hello HTTP/1.1\nHost: x\n\n").readResponse())
                .startsWith("HTTP/1.1 503")
                .contains("connection: close")
                .contains("the server is draining: it finishes what runs");
        mayFinish.countDown();
        assertThat(slow.readResponse()).startsWith("HTTP/1.1 200").endsWith("done");
        closing.join();
        assertThatThrownBy(() -> new RawClient(listener.port())).isInstanceOf(IOException.class);
    }

    @Test
    void tellsWhatDoesNotFinishInTimeToEndAndStillSendsItsAnswer() throws Exception {
        ListenerOptions hasty =
                new ListenerOptions(
                        "127.0.0.1",
                        0,
                        MAX_BODY,
                        BODY_MEMORY,
                        Duration.ZERO,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofMillis(20));
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        HttpListener listener =
                listen(
                        hasty,
                        Router.builder()
                                .get(
                                        "/endless",
                                        request -> {
                                            request.stopped().onCancel(stopped::countDown);
                                            started.countDown();
                                            stopped.await();
                                            return whole(503, "no time left");
                                        })
                                .build());
        RawClient client = connect(listener).send("GET /endless HTTP/1.1\nHost: x\n\n");
        started.await();
        listener.close();
        assertThat(client.readResponse()).startsWith("HTTP/1.1 503").endsWith("no time left");
    }

    @Test
    void cutsWhatDoesNotFinishInTime() throws Exception {
        ListenerOptions hasty =
                new ListenerOptions(
                        "127.0.0.1",
                        0,
                        MAX_BODY,
                        BODY_MEMORY,
                        Duration.ZERO,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofMillis(20));
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        HttpListener listener =
                listen(
                        hasty,
                        Router.builder()
                                .get(
                                        "/endless",
                                        request -> {
                                            request.clientGone().onCancel(cancelled::countDown);
                                            started.countDown();
                                            cancelled.await();
                                            throw new ClientGoneException();
                                        })
                                .build());
        RawClient client = connect(listener).send("GET /endless HTTP/1.1\nHost: x\n\n");
        started.await();
        listener.close();
        cancelled.await();
        assertThat(client.readsEnd()).isTrue();
    }

    @Test
    void saysWhichAddressIsTaken() throws Exception {
        HttpListener first = listen(options(), echo().build());
        ListenerOptions same =
                new ListenerOptions(
                        "127.0.0.1",
                        first.port(),
                        MAX_BODY,
                        BODY_MEMORY,
                        Duration.ZERO,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ZERO);
        assertThatThrownBy(() ->
                        HttpListener.start(
                                same, new Connections(1), Security.NONE, echo().build(), FAILURES))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot listen on 127.0.0.1:" + first.port() + ": ")
                .hasMessageEndingWith("choose another host or port");
    }

    @Test
    void refusesOptionsOutOfRange() {
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(
                        () -> new ListenerOptions("x", 65536, 1, 1, second, second, second, second))
                .hasMessage("port must be between 0 and 65535, got 65536");
        assertThatThrownBy(() -> new ListenerOptions("x", 0, 0, 1, second, second, second, second))
                .hasMessage("maxBodyBytes must be 1 or more and below 2 GiB, got 0");
        assertThatThrownBy(() -> new ListenerOptions("x", 0, 2, 1, second, second, second, second))
                .hasMessage("bodyMemory must be maxBodyBytes or more, got 1");
        assertThatThrownBy(() ->
                        new ListenerOptions("x", 0, 1, 1, second, Duration.ZERO, second, second))
                .hasMessage("durations must not be negative, and timeouts above zero");
    }
}
