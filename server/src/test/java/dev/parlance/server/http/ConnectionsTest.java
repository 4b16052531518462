package dev.parlance.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.server.access.Security;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPOutputStream;

/** What clients may hold of a server: connections, time, memory. */
@Timeout(60)
class ConnectionsTest {
    private static final int MAX_BODY = 1000;
    private static final int BODY_MEMORY = 5000;
    private static final int LARGE = 40_000_000;
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);

    private static final String GET_HELLO = "GET /hello HTTP/1.1\nHost: x\n\n";
    private static final String GET_SLOW = "GET /slow HTTP/1.1\nHost: x\n\n";

    private final CountDownLatch slowStarted = new CountDownLatch(1);
    private final CountDownLatch slowMayEnd = new CountDownLatch(1);
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        slowMayEnd.countDown();
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    private static HttpResponse.Whole whole(byte[] body) {
        return new HttpResponse.Whole(200, Map.of(), body);
    }

    private static HttpResponse.Whole whole(String text) {
        return whole(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ListenerOptions options(
            int maxBody, int bodyMemory, Duration bodyTimeout, Duration writeTimeout) {
        return new ListenerOptions(
                "127.0.0.1",
                0,
                maxBody,
                bodyMemory,
                Duration.ZERO,
                bodyTimeout,
                writeTimeout,
                LONG);
    }

    private HttpListener listen(Connections connections, ListenerOptions options)
            throws IOException {
        Router router =
                Router.builder()
                        .get("/hello", _ -> whole("hello"))
                        .get("/open", _ -> whole("open"))
                        .open("/open")
                        .get("/large", _ -> whole(new byte[LARGE]))
                        .get(
                                "/slow",
                                _ -> {
                                    slowStarted.countDown();
                                    slowMayEnd.await();
                                    return whole("slow");
                                })
                        .post("/size", request -> whole("" + request.body().length))
                        .build();
        HttpListener listener =
                HttpListener.start(
                        options, connections, Security.NONE, router, HttpListenerTest.FAILURES);
        open.add(listener);
        return listener;
    }

    private HttpListener listen(Connections connections) throws IOException {
        return listen(connections, options(MAX_BODY, BODY_MEMORY, LONG, LONG));
    }

    private RawClient connect(HttpListener listener) throws IOException {
        RawClient client = new RawClient(listener.port());
        open.addFirst(client);
        return client;
    }

    /** One whose connection is counted. */
    private RawClient served(HttpListener listener) throws IOException {
        RawClient client = connect(listener);
        assertThat(client.send(GET_HELLO).readResponse()).endsWith("hello");
        return client;
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            assertThat(Thread.interrupted()).as("out of time").isFalse();
            Thread.onSpinWait();
        }
    }

    @Test
    void whoComesWhenThereAreTooManyIsToldSo() throws Exception {
        Connections connections = new Connections(2);
        HttpListener listener = listen(connections);
        RawClient first = served(listener);
        RawClient second = served(listener);
        assertThat(connections.open()).isEqualTo(2);

        RawClient third = connect(listener).send(GET_HELLO);
        assertThat(third.readResponse())
                .startsWith("HTTP/1.1 503")
                .contains("connection: close")
                .endsWith("the server has all 2 connections that it may have; try again");
        assertThat(third.readsEnd()).isTrue();
        assertThat(connections.refused()).isEqualTo(1);
        assertThat(second.send(GET_HELLO).readResponse()).endsWith("hello");

        first.close();
        await(() -> connections.open() == 1);
        served(listener);
        assertThat(connections.refused()).isEqualTo(1);
    }

    @Test
    void whatNeedsNoKeyIsAnsweredEvenThen() throws Exception {
        HttpListener listener = listen(new Connections(1));
        served(listener);
        RawClient surplus = connect(listener).send("GET /open HTTP/1.1\nHost: x\n\n");
        assertThat(surplus.readResponse()).startsWith("HTTP/1.1 200").contains("connection: close");
        assertThat(surplus.readsEnd()).isTrue();
    }

    @Test
    void aFloodIsCutWithoutAWord() throws Exception {
        Connections connections = new Connections(1, 0);
        HttpListener listener = listen(connections);
        RawClient first = served(listener);
        assertThat(connect(listener).readsEnd()).isTrue();
        assertThat(connections.open()).isEqualTo(1);
        assertThat(connections.refused()).isEqualTo(1);
        assertThat(first.send(GET_HELLO).readResponse()).endsWith("hello");
    }

    @Test
    void aHeadThatDoesNotComeEndsTheConnection() throws Exception {
        HttpListener listener =
                listen(new Connections(9), options(MAX_BODY, BODY_MEMORY, SHORT, LONG));
        RawClient silent = connect(listener);
        RawClient half = connect(listener).send("GET /hello HTTP/1.1\nHo");
        assertThat(silent.readsEnd()).isTrue();
        assertThat(half.readsEnd()).isTrue();
    }

    @Test
    void aConnectionWithoutRequestsEndsAndOneThatWaitsDoesNot() throws Exception {
        HttpListener listener =
                listen(new Connections(9), options(MAX_BODY, BODY_MEMORY, LONG, SHORT));
        RawClient waiting = connect(listener).send(GET_SLOW);
        slowStarted.await();
        RawClient idle = served(listener);
        assertThat(idle.readsEnd()).isTrue();
        slowMayEnd.countDown();
        assertThat(waiting.readResponse()).endsWith("slow");
        assertThat(waiting.readsEnd()).isTrue();
    }

    @Test
    void anAnswerThatNobodyReadsIsLetGo() throws Exception {
        Connections connections = new Connections(9);
        HttpListener listener = listen(connections, options(MAX_BODY, BODY_MEMORY, LONG, SHORT));
        RawClient client = connect(listener).send("GET /large HTTP/1.1\nHost: x\n\n");
        client.readUntil("\r\n\r\n");
        await(() -> connections.open() == 0);
    }

    @Test
    void aBodyThatTricklesIsNotWaitedFor() throws Exception {
        HttpListener listener =
                listen(new Connections(9), options(LARGE, LARGE, Duration.ofMillis(50), LONG));
        RawClient client = connect(listener);
        client.send("POST /size HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n");
        Thread writer =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                while (true) {
                                    client.send("1\nx\n");
                                }
                            } catch (IOException cut) {
                                // As it should be.
                            }
                        });
        String answer = client.readResponse();
        assertThat(answer).startsWith("HTTP/1.1 408");
        client.close();
        writer.join();
    }

    @Test
    void bodiesOfAllConnectionsTogetherAreBounded() throws Exception {
        HttpListener listener = listen(new Connections(9));
        String body = "y".repeat(MAX_BODY);
        String head = "POST /size HTTP/1.1\nHost: x\nContent-Length: " + MAX_BODY + "\n\n";
        List<RawClient> writers = new ArrayList<>();
        for (int i = 0; i < BODY_MEMORY / MAX_BODY; i++) {
            writers.add(connect(listener).send(head + body.substring(1)));
        }
        await(() -> listener.bodyBytes() == BODY_MEMORY - writers.size());
        RawClient other = connect(listener);
        assertThat(post(other, body)).startsWith("HTTP/1.1 503");
        assertThat(post(other, body))
                .endsWith("take all 5000 bytes that their bodies may take together; try again");
        assertThat(post(other, "yy")).endsWith("2");

        assertThat(writers.getFirst().send("y").readResponse()).endsWith("1000");
        await(() -> listener.bodyBytes() == BODY_MEMORY - MAX_BODY - (writers.size() - 1));
        assertThat(post(other, body)).endsWith("1000");
        for (RawClient writer : writers) {
            writer.close();
        }
        await(() -> listener.bodyBytes() == 0);
    }

    private static String post(RawClient client, String body) {
        try {
            return client.post("/size", body).readResponse();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatABodyIsWhenUnpackedCounts() throws Exception {
        BodyMemory memory = new BodyMemory(BODY_MEMORY);
        memory.take(BODY_MEMORY - MAX_BODY);
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(new byte[MAX_BODY + 1]);
        }
        assertThatThrownBy(() ->
                        ContentEncoding.decode(
                                zipped.toByteArray(), "gzip", 2 * MAX_BODY, memory::take))
                .isInstanceOf(HttpProblem.class)
                .hasMessageContaining("all 5000 bytes");
        assertThat(memory.used()).isEqualTo(BODY_MEMORY - MAX_BODY);
    }

    @Test
    void refusesToBeForNobody() {
        assertThatThrownBy(() -> new Connections(0))
                .hasMessage("there must be 1 connection or more, got 0");
    }
}
