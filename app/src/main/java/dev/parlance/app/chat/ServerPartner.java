package dev.parlance.app.chat;

import dev.parlance.app.sse.SseDecoder;
import dev.parlance.engine.chat.ChatMessage;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonParseException;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * A model of an OpenAI-compatible server; every answer is a request with the whole conversation.
 */
public final class ServerPartner implements ChatPartner {
    /** Of an answer that is no stream: a list of models, or an error. */
    private static final int MAX_BODY_BYTES = 1 << 20;

    private static final int MAX_DETAIL_CHARS = 300;
    private static final int BUFFER_BYTES = 1 << 13;
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    // An upgrade to HTTP/2 is asked for with every first request, and not all servers like it.
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String baseUrl;
    private final Optional<String> apiKey;
    private final String model;
    private volatile @Nullable Running running;

    /**
     * Asks the server for the names of its models if none is given.
     *
     * @param url what OpenAI's clients call the base URL, such as {@code http://127.0.0.1:8080/v1}
     * @param model its name there; absent: the first one that the server lists
     * @throws IllegalArgumentException if the URL is none of a server
     * @throws ChatException if the server lists no model
     */
    public ServerPartner(URI url, Optional<String> model, Optional<String> apiKey)
            throws InterruptedException {
        boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (!web || url.getHost() == null) {
            throw new IllegalArgumentException(
                    "a server's URL begins with http:// or https:// and names a host, got '"
                            + url
                            + "'");
        }
        this.baseUrl = url.toString().replaceFirst("/+$", "");
        this.apiKey = apiKey;
        this.model = model.isPresent() ? model.get() : firstModel();
    }

    @Override
    public String name() {
        return model;
    }

    @Override
    public ChatAnswer answer(
            List<ChatMessage> conversation, ChatSettings settings, Consumer<String> onText)
            throws InterruptedException {
        JsonObject.Builder body =
                JsonObject.builder()
                        .put("stream", true)
                        .put(
                                "stream_options",
                                JsonObject.builder().put("include_usage", true).build());
        ConversationJson.of(model, conversation, settings).members().forEach(body::put);
        HttpRequest request =
                request("/chat/completions")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(Json.write(body.build())))
                        .build();
        Events events = new Events(new AnswerClock(onText));
        Running now = new Running();
        running = now;
        try {
            now.read(request, events);
        } catch (IOException | CancellationException e) {
            if (now.interrupted) {
                return events.end(ChatAnswer.End.INTERRUPTED);
            }
            throw failed(e);
        } finally {
            running = null;
        }
        if (!events.finished) {
            throw new ChatException(baseUrl + ": the answer broke off");
        }
        return events.end(events.limited ? ChatAnswer.End.LIMIT : ChatAnswer.End.COMPLETE);
    }

    /** The exchange that is going on, so that another thread can end it. */
    private final class Running {
        private final CompletableFuture<Void> interrupt = new CompletableFuture<>();
        private volatile boolean interrupted;

        void read(HttpRequest request, Events events) throws IOException, InterruptedException {
            HttpResponse<InputStream> response = head(request);
            try (InputStream body = response.body()) {
                interrupt.thenRun(() -> close(body));
                if (response.statusCode() != OK) {
                    throw refused(response.statusCode(), body);
                }
                byte[] buffer = new byte[BUFFER_BYTES];
                for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                    events.feed(ByteBuffer.wrap(buffer, 0, n));
                }
            }
        }

        /**
         * Sends a request, and once more if the connection ends before anything came: llama.cpp's
         * server closes a kept connection after a stream without saying so.
         */
        private HttpResponse<InputStream> head(HttpRequest request)
                throws IOException, InterruptedException {
            try {
                return headOnce(request);
            } catch (IOException e) {
                if (interrupted || e instanceof ConnectException) {
                    throw e;
                }
                return headOnce(request);
            }
        }

        private HttpResponse<InputStream> headOnce(HttpRequest request)
                throws IOException, InterruptedException {
            CompletableFuture<HttpResponse<InputStream>> head =
                    http.sendAsync(request, BodyHandlers.ofInputStream());
            interrupt.thenRun(() -> head.cancel(true));
            return await(head);
        }

        void stop() {
            interrupted = true;
            interrupt.complete(null);
        }

        private static void close(InputStream body) {
            try {
                body.close();
            } catch (IOException e) {
                // It is of no use any more.
            }
        }
    }

    /** What the events of an answer say. */
    private static final class Events {
        private static final List<String> TEXTS =
                List.of("content", "reasoning_content", "reasoning");

        private final AnswerClock clock;
        private final SseDecoder decoder = new SseDecoder(this::read);
        private OptionalInt tokens = OptionalInt.empty();
        private boolean finished;
        private boolean limited;

        Events(AnswerClock clock) {
            this.clock = clock;
        }

        void feed(ByteBuffer bytes) {
            try {
                decoder.feed(bytes);
            } catch (IllegalStateException | JsonParseException e) {
                throw new ChatException("the server sends what is no answer: " + e.getMessage());
            }
        }

        private void read(String data) {
            if (data.equals("[DONE]")) {
                finished = true;
                return;
            }
            JsonValue event = Json.parse(data);
            if (member(event, "error") instanceof JsonObject error && !error.members().isEmpty()) {
                throw new ChatException(errorText(event, data));
            }
            if (member(event, "choices") instanceof JsonArray(var choices)) {
                choices.stream().limit(1).forEach(this::readChoice);
            }
            if (member(member(event, "usage"), "completion_tokens") instanceof JsonNumber number
                    && number.isLong()) {
                tokens = OptionalInt.of(Math.clamp(number.longValue(), 0, Integer.MAX_VALUE));
            }
        }

        private void readChoice(JsonValue choice) {
            JsonValue delta = member(choice, "delta");
            for (String name : TEXTS) {
                if (member(delta, name) instanceof JsonString(var text) && !text.isEmpty()) {
                    clock.text(text);
                    break;
                }
            }
            if (member(choice, "finish_reason") instanceof JsonString(var reason)) {
                finished = true;
                limited = reason.equals("length");
            }
        }

        ChatAnswer end(ChatAnswer.End end) {
            return clock.end(tokens, end);
        }
    }

    private String firstModel() throws InterruptedException {
        try {
            HttpResponse<InputStream> response =
                    await(
                            http.sendAsync(
                                    request("/models").GET().build(),
                                    BodyHandlers.ofInputStream()));
            try (InputStream body = response.body()) {
                if (response.statusCode() != OK) {
                    throw refused(response.statusCode(), body);
                }
                if (member(parse(text(body)), "data") instanceof JsonArray(var models)
                        && !models.isEmpty()
                        && member(models.getFirst(), "id") instanceof JsonString(var id)) {
                    return id;
                }
            }
        } catch (IOException e) {
            throw failed(e);
        }
        throw new ChatException(baseUrl + " lists no model; give its name with --model");
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(baseUrl + path));
        apiKey.ifPresent(key -> request.header("Authorization", "Bearer " + key));
        return request;
    }

    private static <T> T await(CompletableFuture<T> future)
            throws IOException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (InterruptedException e) {
            future.cancel(true);
            throw e;
        }
    }

    private ChatException failed(Exception failure) {
        String message = failure.getMessage();
        return new ChatException(
                baseUrl
                        + ": "
                        + (failure instanceof ConnectException
                                ? "no server answers there"
                                : "the connection was lost"
                                        + (message == null ? "" : " (" + cut(message) + ")")));
    }

    private ChatException refused(int status, InputStream body) throws IOException {
        String text = text(body);
        String hint =
                status == NOT_FOUND && !baseUrl.endsWith("/v1")
                        ? "; most servers' URLs end with /v1"
                        : "";
        return new ChatException(
                baseUrl
                        + " answers with status "
                        + status
                        + ": "
                        + errorText(parse(text), text)
                        + hint);
    }

    private static String errorText(JsonValue body, String otherwise) {
        return member(member(body, "error"), "message") instanceof JsonString(var message)
                ? cut(message)
                : cut(otherwise.strip());
    }

    private static String text(InputStream body) throws IOException {
        return new String(body.readNBytes(MAX_BODY_BYTES), StandardCharsets.UTF_8);
    }

    private static JsonValue parse(String body) {
        try {
            return Json.parse(body);
        } catch (JsonParseException e) {
            return JsonObject.EMPTY;
        }
    }

    private static JsonValue member(JsonValue value, String name) {
        return value instanceof JsonObject object
                ? object.find(name).orElse(JsonObject.EMPTY)
                : JsonObject.EMPTY;
    }

    private static String cut(String text) {
        return text.length() <= MAX_DETAIL_CHARS ? text : text.substring(0, MAX_DETAIL_CHARS) + "…";
    }

    @Override
    public void interrupt() {
        Running now = running;
        if (now != null) {
            now.stop();
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
