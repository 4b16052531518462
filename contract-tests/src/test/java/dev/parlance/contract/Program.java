package dev.parlance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.server.openapi.Conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The packaged program, started as a user starts it: by the script at the root. What clients send
 * it and get is checked against OpenAI's description when it is closed.
 */
final class Program implements AutoCloseable {
    static final Path ROOT = Path.of(System.getProperty("parlance.root"));

    /** The key of clients and of the tests themselves; programs without keys do not mind it. */
    static final String KEY = "sk-test";

    private static final Pattern URL = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final URI directUrl;
    private final Wiretap wiretap;

    private Program(Process process, URI directUrl) throws IOException {
        this.process = process;
        this.directUrl = directUrl;
        this.wiretap = Wiretap.before(directUrl);
    }

    /** Starts {@code parlance serve} on a free port and waits until it says where it listens. */
    static Program serve(Path model, String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of("--model", model.toString()));
        all.addAll(List.of(options));
        return serve(all.toArray(String[]::new));
    }

    /** The same with the model that comes with the program, if the options name none. */
    static Program serve(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of("serve", "--port", "0"));
        command.addAll(List.of(options));
        Process process = start(command);
        StringBuilder said = new StringBuilder();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            Matcher url = URL.matcher(line);
            if (url.find()) {
                Thread.ofVirtual().start(() -> drain(output));
                return new Program(process, URI.create(url.group()));
            }
        }
        throw new IllegalStateException("parlance serve ended without listening:\n" + said);
    }

    /** The same with one place and a queue of one, which an {@link Occupation} can fill. */
    static Program serveOne(String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of("--parallel", "1", "--queue-requests", "1"));
        all.addAll(List.of(options));
        return serve(all.toArray(String[]::new));
    }

    /** What a command prints (both streams) and its exit status. */
    record Result(int status, String output) {}

    static Result run(String... command) throws IOException, InterruptedException {
        Process process = start(List.of(command));
        process.outputWriter().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    private static Process start(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(ROOT.resolve("parlance").toString()));
        command.addAll(arguments);
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static void drain(BufferedReader output) {
        try {
            while (output.readLine() != null) {
                // A full pipe would stop the program.
            }
        } catch (IOException e) {
            // The program has ended, and its pipe with it.
        }
    }

    /** Where clients find it. */
    URI baseUrl() {
        return wiretap.url();
    }

    /** Where the tests themselves do, unheard. */
    URI directUrl() {
        return directUrl;
    }

    /** What clients and the program have said. */
    Wiretap wiretap() {
        return wiretap;
    }

    /** What {@code GET /metrics} says; 0 for what it does not name yet. */
    double metric(String name) {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /** Asks for a metric until it has this value. */
    void await(String metric, double value) {
        await(() -> metric(metric) == value, metric + " = " + value);
    }

    void awaitMoreThan(String metric, double value) {
        await(() -> metric(metric) > value, metric + " > " + value);
    }

    /** Begins to stop, as on Ctrl-C, and waits until new requests are refused. */
    void drain() {
        process.destroy();
        await(() -> get("/health").statusCode() == 503, "503");
    }

    /** Asks until the condition holds. */
    static void await(BooleanSupplier condition, String what) {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("no " + what + " within " + PATIENCE);
            }
        }
    }

    private HttpResponse<String> get(String path) {
        HttpRequest request =
                HttpRequest.newBuilder(directUrl.resolve(path))
                        .header("Authorization", "Bearer " + KEY)
                        .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        http.close();
        process.destroy();
        if (process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join().isAlive()) {
            process.destroyForcibly();
            throw new IllegalStateException("parlance did not end within 20 s of SIGTERM");
        }
        wiretap.close();
        assertThat(wiretap.turns().stream().flatMap(turn -> problems(turn).stream()))
                .as("what was said and does not fit OpenAI's description")
                .isEmpty();
    }

    /** A client may leave within an answer; of a stream, what has come can be checked. */
    private static List<String> problems(Conversation.Turn turn) {
        String contentType = turn.answer().header("content-type");
        if (!turn.answer().isWhole() && !contentType.startsWith("text/event-stream")) {
            return List.of();
        }
        return Conformance.problems(
                new Conformance.Exchange(
                        turn.method(),
                        turn.path(),
                        turn.request().body(),
                        turn.status(),
                        contentType,
                        turn.answer().body()));
    }
}
