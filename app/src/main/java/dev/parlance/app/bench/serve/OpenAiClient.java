package dev.parlance.app.bench.serve;

import dev.parlance.app.bench.BenchmarkException;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonParseException;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * A client of one server that takes the time of what it gets.
 *
 * <p>Requests ask for greedy answers of a set length: {@code temperature} 0 and {@code ignore_eos},
 * which Parlance, llama.cpp and vLLM know. HTTP/1.1, a connection per request at a time. Threads:
 * safe; a caller waits for its answer, and pieces are stamped by a thread of the HTTP client.
 */
final class OpenAiClient implements AutoCloseable {
    /** Of an answer that is no stream: a list of tokens, or an error. */
    private static final int MAX_BODY_BYTES = 16 << 20;

    private static final int MAX_DETAIL_CHARS = 300;

    private final Target target;
    private final String model;
    private final ClientOptions options;
    private final LongSupplier clock;
    private final HttpClient http;

    /** Connects lazily, except that it asks for the model's name if the target has none. */
    OpenAiClient(Target target, ClientOptions options, LongSupplier clock)
            throws InterruptedException {
        this.target = target;
        this.options = options;
        this.clock = clock;
        // An upgrade to HTTP/2 is asked for with every first request, and not all servers like it.
        this.http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .build();
        this.model = target.model().isPresent() ? target.model().get() : firstModel();
    }

    String model() {
        return model;
    }

    long now() {
        return clock.getAsLong();
    }

    private String firstModel() throws InterruptedException {
        URI uri = target.endpoint("/models");
        HttpResponse<String> response;
        try {
            response = send(request(uri).GET().build(), _ -> text());
        } catch (IOException | TimeoutException e) {
            throw new BenchmarkException(uri + ": " + describe(e));
        }
        if (response.statusCode() == 200
                && member(parse(response.body()), "data") instanceof JsonArray(var models)
                && !models.isEmpty()
                && member(models.getFirst(), "id") instanceof JsonString(var id)) {
            return id;
        }
        throw new BenchmarkException(
                uri
                        + " does not list a model (status "
                        + response.statusCode()
                        + "); give its name with --model");
    }

    /** Tokens of a text, special ones not added; empty if the server cannot count them. */
    OptionalInt countTokens(String text) throws InterruptedException {
        // vLLM and Parlance read the first of each pair, llama.cpp the second.
        JsonObject body =
                JsonObject.builder()
                        .put("model", model)
                        .put("prompt", text)
                        .put("content", text)
                        .put("add_special_tokens", false)
                        .put("add_special", false)
                        .build();
        HttpRequest request = post(target.ownEndpoint("/tokenize"), body);
        try {
            HttpResponse<String> response = send(request, _ -> text());
            return response.statusCode() == 200
                            && member(parse(response.body()), "tokens")
                                    instanceof JsonArray(var tokens)
                    ? OptionalInt.of(tokens.size())
                    : OptionalInt.empty();
        } catch (IOException | TimeoutException e) {
            return OptionalInt.empty();
        }
    }

    /** Sends a request and waits for its end; every failure is in what it returns. */
    Exchange ask(String part, List<Message> conversation, int outputTokens, long dueNanos)
            throws InterruptedException {
        return ask(part, conversation, outputTokens, dueNanos, new Recording());
    }

    /**
     * As above, with a recording that others can follow.
     *
     * @throws InterruptedException if nobody waits any longer; then the connection is closed
     */
    Exchange ask(
            String part,
            List<Message> conversation,
            int outputTokens,
            long dueNanos,
            Recording recording)
            throws InterruptedException {
        HttpRequest request =
                post(target.endpoint(options.api().path()), body(conversation, outputTokens));
        try {
            HttpResponse<String> response =
                    send(
                            request,
                            info ->
                                    info.statusCode() == 200
                                            ? new AnswerSubscriber(recording, clock)
                                            : text());
            if (response.statusCode() != 200) {
                recording.fail("HTTP " + response.statusCode(), errorText(response.body()));
            }
        } catch (TimeoutException e) {
            recording.fail("timeout", describe(e));
        } catch (ConnectException e) {
            recording.fail("not connected", describe(e));
        } catch (IOException e) {
            recording.fail("connection lost", describe(e));
        }
        return recording.ended(part, dueNanos, clock.getAsLong(), outputTokens);
    }

    private JsonObject body(List<Message> conversation, int outputTokens) {
        JsonObject.Builder body = JsonObject.builder().put("model", model);
        switch (options.api()) {
            case CHAT ->
                    body.put(
                            "messages",
                            new JsonArray(
                                    conversation.stream()
                                            .<JsonValue>map(OpenAiClient::json)
                                            .toList()));
            case COMPLETIONS ->
                    body.put(
                            "prompt",
                            conversation.stream()
                                    .map(Message::text)
                                    .collect(Collectors.joining("\n")));
        }
        body.put("max_tokens", outputTokens)
                .put("temperature", 0)
                .put("ignore_eos", true)
                .put("stream", true)
                .put("stream_options", JsonObject.builder().put("include_usage", true).build());
        options.extraBody().members().forEach(body::put);
        return body.build();
    }

    private static JsonObject json(Message message) {
        return JsonObject.builder()
                .put("role", message.role().name().toLowerCase(Locale.ROOT))
                .put("content", message.text())
                .build();
    }

    private HttpRequest post(URI uri, JsonObject body) {
        return request(uri)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(Json.write(body)))
                .build();
    }

    private HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        target.apiKey().ifPresent(key -> request.header("Authorization", "Bearer " + key));
        return request;
    }

    /**
     * Sends a request, and once more if the connection ends before anything came: llama.cpp's
     * server closes a kept connection after a stream without saying so.
     */
    private HttpResponse<String> send(HttpRequest request, HttpResponse.BodyHandler<String> handler)
            throws IOException, TimeoutException, InterruptedException {
        AtomicBoolean begun = new AtomicBoolean();
        HttpResponse.BodyHandler<String> noting =
                info -> {
                    begun.set(true);
                    return handler.apply(info);
                };
        try {
            return sendOnce(request, noting);
        } catch (IOException e) {
            if (begun.get() || e instanceof ConnectException) {
                throw e;
            }
            return sendOnce(request, noting);
        }
    }

    /** Waits for the whole answer: the HTTP client's own timeout ends with the head of it. */
    private HttpResponse<String> sendOnce(
            HttpRequest request, HttpResponse.BodyHandler<String> handler)
            throws IOException, TimeoutException, InterruptedException {
        CompletableFuture<HttpResponse<String>> response = http.sendAsync(request, handler);
        try {
            return response.get(options.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (TimeoutException e) {
            throw new TimeoutException("no end of the answer after " + seconds(options.timeout()));
        } finally {
            response.cancel(true);
        }
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() / 1000.0 + " s";
    }

    private static BodySubscriber<String> text() {
        return BodySubscribers.limiting(
                BodySubscribers.ofString(StandardCharsets.UTF_8), MAX_BODY_BYTES);
    }

    private static String errorText(String body) {
        return member(member(parse(body), "error"), "message") instanceof JsonString(var message)
                ? cut(message)
                : cut(body.strip());
    }

    static String cut(String text) {
        return text.length() <= MAX_DETAIL_CHARS ? text : text.substring(0, MAX_DETAIL_CHARS) + "…";
    }

    private static JsonValue parse(String body) {
        try {
            return Json.parse(body);
        } catch (JsonParseException e) {
            return JsonObject.EMPTY;
        }
    }

    static JsonValue member(JsonValue value, String name) {
        return value instanceof JsonObject object
                ? object.find(name).orElse(JsonObject.EMPTY)
                : JsonObject.EMPTY;
    }

    static Optional<Integer> integer(JsonValue value) {
        return value instanceof JsonNumber number && number.isLong()
                ? Optional.of(Math.clamp(number.longValue(), 0, Integer.MAX_VALUE))
                : Optional.empty();
    }

    private static String describe(Exception failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : cut(message);
    }

    @Override
    public void close() {
        http.shutdownNow();
        http.close();
    }
}
