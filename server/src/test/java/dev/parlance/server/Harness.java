package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.ModelDescription;
import dev.parlance.engine.chat.template.ChatTemplate;
import dev.parlance.engine.tokenizer.Tokenizer;
import dev.parlance.server.access.Security;
import dev.parlance.server.catalog.LocalModel;
import dev.parlance.server.catalog.ModelCatalog;
import dev.parlance.server.openapi.Conformance;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Flow;

/** A running server with a fake model, and a client of default settings. */
final class Harness implements AutoCloseable {
    static final String MODEL = "maker/small-model";
    static final int CONTEXT = 200;

    /** Every message as {@code <s>role:content</s>}; refuses a message that says so. */
    static final String TEMPLATE =
            """
            {%- for message in messages -%}
            {%- if message.content == 'refuse me' -%}
            {{ raise_exception('refused, as asked') }}
            {%- endif -%}
            <s>{{ message.role }}:{{ message.content or '' }}</s>
            {%- endfor -%}
            {%- if add_generation_prompt -%}
            <s>assistant:
            {%- endif -%}
            {{ suffix }}\
            """;

    static final ServerOptions OPTIONS =
            new ServerOptions(
                    "127.0.0.1",
                    0,
                    1 << 20,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(5),
                    Duration.ZERO);

    final FakeBackend backend;
    final ParlanceServer server;
    final HttpClient client = HttpClient.newHttpClient();

    private Harness(FakeBackend backend, ParlanceServer server) {
        this.backend = backend;
        this.server = server;
    }

    static Harness start(FakeBackend backend) throws IOException {
        return start(backend, OPTIONS);
    }

    static Harness start(FakeBackend backend, ServerOptions options) throws IOException {
        return start(options, backend, model(backend));
    }

    static Harness start(ServerOptions options, FakeBackend backend, LocalModel model)
            throws IOException {
        return new Harness(backend, ParlanceServer.start(options, ModelCatalog.of(model)));
    }

    /** A server of these models; closing it does not close the catalog. */
    static Harness start(FakeBackend backend, ModelCatalog catalog) throws IOException {
        return new Harness(backend, ParlanceServer.start(OPTIONS, catalog));
    }

    static Harness start(FakeBackend backend, Security security) throws IOException {
        return new Harness(
                backend, ParlanceServer.start(OPTIONS, security, ModelCatalog.of(model(backend))));
    }

    static LocalModel model(FakeBackend backend) {
        return model(backend, new ByteTokenizer(), TEMPLATE);
    }

    static LocalModel model(FakeBackend backend, Tokenizer tokenizer, String template) {
        ModelDescription description =
                new ModelDescription("small", "fake", CONTEXT, 258, 1000, 4000, "0123456789");
        return new LocalModel(
                MODEL,
                Instant.ofEpochSecond(1_700_000_000),
                new LoadedModel(
                        description, tokenizer, ChatTemplate.compile(template), backend, () -> {}));
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    Reply post(String path, String body) throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build());
    }

    Reply get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)).build());
    }

    /** Sends a request and checks that it and its answer fit OpenAI's description. */
    Reply send(HttpRequest request) throws IOException, InterruptedException {
        return send(client, request);
    }

    /** The same by another client, and so to any server. */
    static Reply send(HttpClient client, HttpRequest request)
            throws IOException, InterruptedException {
        Reply reply = Reply.of(client.send(request, BodyHandlers.ofString()));
        assertThat(Conformance.problems(exchange(request, reply))).isEmpty();
        return reply;
    }

    /** Sends what need not make sense; only the answer must fit the description. */
    Reply sendAnything(HttpRequest request) throws IOException, InterruptedException {
        Reply reply = Reply.of(client.send(request, BodyHandlers.ofString()));
        assertThat(Conformance.problemsOfAnswer(exchange(request, reply))).isEmpty();
        return reply;
    }

    private static Conformance.Exchange exchange(HttpRequest request, Reply reply) {
        return new Conformance.Exchange(
                request.method(),
                request.uri().getPath(),
                request.bodyPublisher().map(Harness::text).orElse(""),
                reply.status(),
                reply.header("content-type"),
                reply.body());
    }

    private static String text(HttpRequest.BodyPublisher body) {
        BodySubscriber<String> text = BodySubscribers.ofString(StandardCharsets.UTF_8);
        body.subscribe(
                new Flow.Subscriber<>() {
                    @Override
                    public void onSubscribe(Flow.Subscription subscription) {
                        text.onSubscribe(subscription);
                    }

                    @Override
                    public void onNext(ByteBuffer bytes) {
                        text.onNext(List.of(bytes));
                    }

                    @Override
                    public void onError(Throwable failure) {
                        text.onError(failure);
                    }

                    @Override
                    public void onComplete() {
                        text.onComplete();
                    }
                });
        return text.getBody().toCompletableFuture().join();
    }

    /** A completion with these further fields; {@code model} and {@code max_tokens} are set. */
    Reply complete(String fields) throws IOException, InterruptedException {
        return post("/v1/completions", body("\"max_tokens\": 100, " + fields));
    }

    /** A chat completion with these further fields. */
    Reply chat(String fields) throws IOException, InterruptedException {
        return post("/v1/chat/completions", body(fields));
    }

    static String body(String fields) {
        return "{\"model\": \"" + MODEL + "\", " + fields + "}";
    }

    @Override
    public void close() {
        server.close();
        client.close();
    }
}
