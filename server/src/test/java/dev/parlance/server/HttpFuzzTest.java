package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.server.access.AccessControl;
import dev.parlance.server.access.ApiKey;
import dev.parlance.server.access.Security;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * Whatever is sent to the port: a request that is complete is answered, with an error of OpenAI's
 * shape where it is wrong, what is not is answered or cut, and nothing ends as the server's own
 * failure.
 */
class HttpFuzzTest {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int BOMB_BYTES = 3 << 20;

    private static final String KEY = "Bearer sk-key";

    private static final Pattern HEAD =
            Pattern.compile("HTTP/1\\.[01] (\\d{3}) .*?\r\n\r\n", Pattern.DOTALL);
    private static final Pattern LENGTH = Pattern.compile("content-length: (\\d+)");

    private static final List<String> METHODS =
            List.of("POST", "GET", "HEAD", "OPTIONS", "PUT", "post");

    private static final List<String> TARGETS =
            List.of(
                    "/v1/completions",
                    "/v1/chat/completions",
                    "/v1/models",
                    "/v1/models/maker%2Fsmall-model",
                    "/v1/models/%",
                    "/health?a=b",
                    "/metrics",
                    "/tokenize",
                    "//",
                    "*",
                    "http://localhost/health",
                    "");

    private static final Map<String, List<String>> HEADERS =
            Map.ofEntries(
                    Map.entry("Authorization", List.of(KEY, "Bearer x", "Basic eDp5", "")),
                    Map.entry(
                            "Content-Type",
                            List.of("application/json", "text/plain", "a/json; charset=x", ";;")),
                    Map.entry("Content-Encoding", List.of("gzip", "identity", "br", " GZIP ")),
                    Map.entry("Origin", List.of("http://page", "null", "http://other", "")),
                    Map.entry("Access-Control-Request-Method", List.of("POST", "")),
                    Map.entry("Access-Control-Request-Headers", List.of("authorization", "*, x")),
                    Map.entry("X-Client-Request-Id", List.of("mine", "x".repeat(600), "")),
                    Map.entry("Accept", List.of("text/event-stream", "*/*")),
                    Map.entry("Cookie", List.of("a=b", "x".repeat(20_000))));

    /** Headers that decide where a request ends, or what happens before its body. */
    private static final Map<String, List<String>> FRAMING =
            Map.of(
                    "Content-Length", List.of("0", "5", "-1", "1e3", "99999999999999999999"),
                    "Transfer-Encoding", List.of("chunked", "gzip, chunked", "identity"),
                    "Expect", List.of("100-continue", "200-ok"),
                    "Upgrade", List.of("h2c", "websocket"),
                    "Connection", List.of("keep-alive", "Upgrade, HTTP2-Settings", "close, x"));

    private static Harness open;
    private static Harness keyed;

    @BeforeAll
    static void start() throws IOException {
        AccessControl access = AccessControl.of(List.of(ApiKey.of("key", "sk-key")));
        open = Harness.start(new FakeBackend());
        keyed =
                Harness.start(
                        new FakeBackend(),
                        new Security(access, false, Set.of("http://page"), Optional.empty()));
    }

    @AfterAll
    static void stop() {
        open.close();
        keyed.close();
    }

    static Stream<byte[]> seeds() {
        return Choices.seeds(500);
    }

    @MethodSource("seeds")
    @FuzzTest
    void whatIsCompleteIsAnswered(byte[] bytes) throws IOException {
        Choices choices = new Choices(bytes);
        Harness harness = choices.of(List.of(keyed, open));
        Message message = new Message(choices);
        String answer = exchange(harness, message);
        String about = new String(message.bytes(), ISO_8859_1) + "\n\n" + answer;
        Matcher head = HEAD.matcher(answer);
        boolean answered = head.lookingAt();
        if (message.complete) {
            assertThat(answered).as(about).isTrue();
        }
        if (answered) {
            int status = Integer.parseInt(head.group(1));
            assertThat(status).as(about).isIn(100, 200, 204, 400, 401, 403, 404, 405, 413, 415);
            if (status >= 400 && !message.method.equals("HEAD")) {
                assertIsError(head.group(), answer.substring(head.end()), about);
            }
        }
        harness.backend.requests.clear();
        harness.backend.streams.clear();
    }

    private static void assertIsError(String head, String rest, String about) {
        Matcher length = LENGTH.matcher(head);
        assertThat(length.find()).as(about).isTrue();
        String body = rest.substring(0, Integer.parseInt(length.group(1)));
        JsonObject json = (JsonObject) Json.parse(body.getBytes(ISO_8859_1));
        assertThat(Reply.find(json, "error.message")).as(about).isInstanceOf(JsonString.class);
        assertThat(head).as(about).containsPattern("x-request-id: req_[0-9a-f]{32}\r\n");
    }

    /** Everything that is said until the connection ends. */
    private static String exchange(Harness harness, Message message) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", harness.server.port())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            try {
                socket.getOutputStream().write(message.bytes());
                if (!message.complete) {
                    // Or the server would rightly wait for the rest.
                    socket.shutdownOutput();
                }
                socket.getInputStream().transferTo(answer);
            } catch (SocketException cut) {
                assertThat(message.complete).as("complete, but cut: %s", cut).isFalse();
            }
            return answer.toString(ISO_8859_1);
        }
    }

    /** A request that grew from choices. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final Choices choices;
        private final String method;
        private boolean complete = true;

        Message(Choices choices) {
            this.choices = choices;
            this.method = choices.of(METHODS);
            String target = choices.below(8) == 1 ? text() : choices.of(TARGETS);
            String version = choices.of(List.of("HTTP/1.1", "HTTP/1.1", "HTTP/1.0"));
            if (choices.below(32) == 1) {
                version = text();
            }
            write(method + " " + target + " " + version + "\r\n");
            header(
                    "Host",
                    choices.of(List.of("localhost", "127.0.0.1:1", "evil.example", "[::1]")));
            for (int more = choices.below(6); more > 0; more--) {
                fuzzedHeader(HEADERS);
            }
            if (choices.below(8) == 1) {
                fuzzedHeader(FRAMING);
                complete = false;
            }
            body();
        }

        byte[] bytes() {
            return out.toByteArray();
        }

        private void header(String name, String value) {
            write(name + ": " + value + "\r\n");
        }

        private void fuzzedHeader(Map<String, List<String>> headers) {
            String name = choices.of(headers.keySet().stream().sorted().toList());
            String value = choices.of(headers.getOrDefault(name, List.of("")));
            header(name, choices.below(6) == 1 ? text() : value);
        }

        /** Of any bytes, so that it may end what it stands in. */
        private String text() {
            StringBuilder text = new StringBuilder();
            for (int chars = choices.below(20); chars > 0; chars--) {
                text.append((char) choices.below(256));
            }
            complete &= text.chars().allMatch(c -> c > ' ' && c < 0x7f);
            return text.toString();
        }

        private void body() {
            byte[] body = zipped(content());
            switch (choices.below(6)) {
                case 1 -> {
                    complete = false;
                    header("Content-Length", Integer.toString(body.length - 9 + choices.below(20)));
                    end(body);
                }
                case 2 -> {
                    header("Transfer-Encoding", "chunked");
                    header("Connection", "close");
                    write("\r\n" + Integer.toHexString(body.length) + "\r\n");
                    out.writeBytes(body);
                    write(body.length == 0 ? "\r\n" : "\r\n0\r\n\r\n");
                }
                default -> {
                    header("Content-Length", Integer.toString(body.length));
                    header("Connection", "close");
                    end(body);
                }
            }
        }

        private void end(byte[] body) {
            write("\r\n");
            out.writeBytes(body);
        }

        private byte[] content() {
            String valid = Harness.body("\"prompt\": \"A\", \"max_tokens\": 3");
            return switch (choices.below(5)) {
                case 0 -> valid.getBytes(UTF_8);
                case 1 -> new byte[0];
                case 2 -> new byte[BOMB_BYTES];
                case 3 -> text().getBytes(ISO_8859_1);
                default -> FuzzedBody.bytes("/v1/chat/completions", choices);
            };
        }

        private byte[] zipped(byte[] plain) {
            boolean large = plain.length == BOMB_BYTES;
            if (!large && choices.below(4) != 1) {
                return plain;
            }
            header("Content-Encoding", "gzip");
            ByteArrayOutputStream zipped = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
                gzip.write(plain);
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
            byte[] bytes = zipped.toByteArray();
            if (choices.below(4) == 1) {
                bytes[choices.below(bytes.length)] ^= (byte) choices.below(256);
            }
            return bytes;
        }

        private void write(String text) {
            out.writeBytes(text.getBytes(ISO_8859_1));
        }
    }
}
