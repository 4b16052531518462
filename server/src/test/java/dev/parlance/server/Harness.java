package dev.parlance.server;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.ModelDescription;
import dev.parlance.engine.chat.template.ChatTemplate;
import dev.parlance.engine.tokenizer.Tokenizer;
import dev.parlance.server.access.Security;
import dev.parlance.server.catalog.LocalModel;
import dev.parlance.server.catalog.ModelCatalog;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;

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
        Reply reply =
                send(
                        HttpRequest.newBuilder(uri(path))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(body))
                                .build());
        Conformance.check(path, reply);
        return reply;
    }

    Reply get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)).build());
    }

    Reply send(HttpRequest request) throws IOException, InterruptedException {
        return Reply.of(client.send(request, BodyHandlers.ofString()));
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
