package dev.parlance.app.bench.serve;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * A server on a free port that says byte for byte what a test wants, and can break off wherever it
 * likes.
 */
public final class FakeServer implements AutoCloseable {
    private final ServerSocket listener;
    private final Handler handler;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());

    /** Answers a request, on a thread of its own. */
    public interface Handler {
        void answer(Request request, Reply reply) throws Exception;
    }

    public FakeServer(Handler handler) throws IOException {
        this.handler = handler;
        this.listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        threads.submit(this::accept);
    }

    /**
     * A server that knows one model and answers every chat with as many words as asked for. A word
     * of a prompt is a token, and three more are around it.
     */
    public static FakeServer talking() throws IOException {
        return new FakeServer(FakeServer::talk);
    }

    public static void talk(Request request, Reply reply) throws IOException {
        switch (request.path()) {
            case "/v1/models" -> reply.json(200, "{\"data\": [{\"id\": \"fake\"}]}");
            case "/v1/chat/completions" -> {
                reply.begin();
                for (int i = 0; i < request.maxTokens(); i++) {
                    reply.piece(" word");
                }
                reply.end(request.words() + 3, request.maxTokens());
            }
            default -> reply.json(404, "{}");
        }
    }

    public String url() {
        return "http://127.0.0.1:" + listener.getLocalPort() + "/v1";
    }

    Target target() {
        return target("fake");
    }

    Target target(String name) {
        return new Target(name, URI.create(url()), Optional.of("fake"), Optional.empty());
    }

    /** So far, in the order they came. */
    public List<Request> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    private Void accept() throws IOException {
        while (true) {
            Socket socket = listener.accept();
            threads.submit(() -> serve(socket));
        }
    }

    private Void serve(Socket socket) throws Exception {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (Optional<Request> next = read(in); next.isPresent(); next = read(in)) {
                requests.add(next.get());
                handler.answer(next.get(), new Reply(socket, in));
                if (socket.isClosed()) {
                    break;
                }
            }
        }
        return null;
    }

    private static Optional<Request> read(InputStream in) throws IOException {
        String[] first = line(in).split(" ");
        if (first.length < 2) {
            return Optional.empty();
        }
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String[] parts = line.split(": ", 2);
            headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        return Optional.of(new Request(first[1], headers, body));
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.append((char) next);
        }
        return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdownNow();
    }

    /** What a client sent. */
    public record Request(String path, Map<String, String> headers, String body) {
        public JsonObject json() {
            return (JsonObject) Json.parse(body);
        }

        int maxTokens() {
            return (int) ((JsonNumber) json().find("max_tokens").orElseThrow()).longValue();
        }

        /** The texts of the conversation. */
        List<String> texts() {
            return ((JsonArray) json().find("messages").orElseThrow())
                    .values().stream().map(Request::content).toList();
        }

        private static String content(JsonValue message) {
            return ((JsonString) ((JsonObject) message).find("content").orElseThrow()).value();
        }

        int words() {
            return texts().stream().collect(Collectors.joining(" ")).strip().split("\\s+").length;
        }
    }

    /** The way back to the client. */
    public static final class Reply {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        private Reply(Socket socket, InputStream in) throws IOException {
            this.socket = socket;
            this.in = in;
            this.out = socket.getOutputStream();
        }

        public void json(int status, String body) throws IOException {
            write(
                    "HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(status, body.getBytes(StandardCharsets.UTF_8).length, body));
        }

        /** The head of a stream. */
        public void begin() throws IOException {
            write(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n");
        }

        public void event(String data) throws IOException {
            chunk("data: " + data + "\n\n");
        }

        /** An event with text, as of a chat. */
        public void piece(String text) throws IOException {
            event(
                    "{\"choices\": [{\"delta\": {\"content\": %s}, \"finish_reason\": null}]}"
                            .formatted(Json.write(new JsonString(text))));
        }

        /** The last events of an answer, and the end of the stream. */
        public void end(int promptTokens, int completionTokens) throws IOException {
            event(
                    ("{\"choices\": [], \"usage\": {\"prompt_tokens\": %d, \"completion_tokens\":"
                                    + " %d, \"prompt_tokens_details\": {\"cached_tokens\": 1}}}")
                            .formatted(promptTokens, completionTokens));
            event("[DONE]");
            endStream();
        }

        public void endStream() throws IOException {
            write("0\r\n\r\n");
        }

        private void chunk(String text) throws IOException {
            write(
                    Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length)
                            + "\r\n"
                            + text
                            + "\r\n");
        }

        private void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        /** Breaks the connection off. */
        public void cut() throws IOException {
            socket.close();
        }

        /** Until the client closes the connection. */
        public void awaitClientGone() throws IOException {
            while (in.read() >= 0) {
                // A client that waits for an answer says nothing.
            }
        }
    }
}
