package dev.parlance.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** Requests that go on for very long, until this is closed. */
final class Occupation implements AutoCloseable {
    private static final String WITHOUT_END =
            """
            {"model": "parlance-tiny", "prompt": "Once upon a time", "stream": true, "n": 128,
             "max_tokens": 1000, "ignore_eos": true}
            """;

    private final HttpClient http = HttpClient.newHttpClient();

    private final Program program;

    private Occupation(Program program) {
        this.program = program;
    }

    /**
     * Fills a server of one place and a queue of one: a request runs and another waits. What comes
     * next is refused with 429.
     */
    static Occupation of(Program program) throws IOException, InterruptedException {
        Occupation occupation = ofKey(program, Program.KEY);
        program.await("parlance_requests_running", 1);
        occupation.ask(Program.KEY);
        program.await("parlance_requests_waiting", 1);
        return occupation;
    }

    /** One request with this key. */
    static Occupation ofKey(Program program, String key) throws IOException, InterruptedException {
        Occupation occupation = new Occupation(program);
        occupation.ask(key);
        return occupation;
    }

    /** The answer's head comes when the server has taken the request. */
    private void ask(String key) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(program.directUrl().resolve("/v1/completions"))
                        .header("Authorization", "Bearer " + key)
                        .POST(BodyPublishers.ofString(WITHOUT_END))
                        .build();
        HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            throw new IllegalStateException("the server is full already: " + response);
        }
        InputStream answer = response.body();
        Thread.ofVirtual().start(() -> drain(answer));
    }

    private static void drain(InputStream answer) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer, UTF_8))) {
            while (lines.readLine() != null) {
                // What the server cannot hand over, it would keep.
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    /** Leaves, which the server notices a little later. */
    void end() {
        http.shutdownNow();
    }

    @Override
    public void close() {
        end();
        program.await("parlance_requests_running", 0);
        program.await("parlance_requests_waiting", 0);
    }
}
