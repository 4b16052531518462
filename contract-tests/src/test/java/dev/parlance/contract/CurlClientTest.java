package dev.parlance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** curl in a shell, with what its user looks at: text, status, headers, and its own status. */
class CurlClientTest {
    /** What curl's {@code --fail} ends with where the server answers with an error. */
    private static final int HTTP_ERROR = 22;

    /** What it ends with where the answer takes longer than {@code --max-time}. */
    private static final int TIMED_OUT = 28;

    private static final String CHAT =
            "curl --silent --no-buffer $URL/v1/chat/completions -H 'Content-Type: application/json'"
                    + " -H \"Authorization: Bearer $KEY\""
                    + " -d '{\"model\": \"parlance-tiny\", \"temperature\": 0, \"messages\":"
                    + " [{\"role\": \"user\", \"content\": \"Hello! Who are you?\"}]%s}' ";

    private static GuardedProgram guarded;
    private static Program program;

    @BeforeAll
    static void startTheProgram() throws IOException {
        guarded = new GuardedProgram();
        program = guarded.program();
    }

    @AfterAll
    static void stopTheProgram() throws IOException {
        guarded.close();
    }

    private static Program.Result shell(String command) throws IOException, InterruptedException {
        return shell(program.baseUrl(), Program.KEY, command);
    }

    /** What a command prints and its exit status. */
    private static Program.Result shell(URI server, String key, String command)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder("bash", "-c", command).redirectErrorStream(true);
        builder.environment().put("URL", server.toString());
        builder.environment().put("KEY", key);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Program.Result(process.waitFor(), output);
    }

    private static String chat(String moreFields) {
        return CHAT.formatted(moreFields);
    }

    @Test
    void aStreamEndsWithItsUsageAndDone() throws IOException, InterruptedException {
        Program.Result result =
                shell(chat(", \"stream\": true, \"stream_options\": {\"include_usage\": true}"));

        assertThat(result.status()).isZero();
        assertThat(result.output()).endsWith("data: [DONE]\n\n");
        assertThat(result.output().lines().filter(line -> line.contains("\"prompt_tokens\"")))
                .hasSize(1);
    }

    @Test
    void anErrorHasItsStatusAndSaysWhatIsWrong() throws IOException, InterruptedException {
        Program.Result result = shell(chat(", \"top_p\": 2") + "--write-out ' %{http_code}'");

        assertThat(result.status()).isZero();
        assertThat(result.output()).contains("\"param\":\"top_p\"").endsWith(" 400");
    }

    @Test
    void failsWhereItIsToldToFail() throws IOException, InterruptedException {
        assertThat(shell(chat(", \"top_p\": 2") + "--fail").status()).isEqualTo(HTTP_ERROR);
    }

    @Test
    void aFullQueueSaysWhenToComeAgain() throws IOException, InterruptedException {
        try (Occupation _ = Occupation.of(program)) {
            Program.Result result = shell(chat("") + "--include");

            assertThat(result.output().lines().map(String::toLowerCase))
                    .contains("http/1.1 429 too many requests", "retry-after: 1");
        }
    }

    @Test
    void triesAgainWhenThereIsRoom() throws IOException, InterruptedException {
        double rejected = program.metric("parlance_requests_rejected_total");
        try (Occupation occupation = Occupation.of(program)) {
            Thread.ofVirtual()
                    .start(() -> {
                        program.awaitMoreThan("parlance_requests_rejected_total", rejected);
                        occupation.end();
                    });

            Program.Result result = shell(chat("") + "--fail --retry 5");

            assertThat(result.status()).isZero();
            assertThat(result.output()).contains("Parlance");
        }
    }

    @Test
    void whoLeavesEndsTheWork() throws IOException, InterruptedException {
        double cancelled = program.metric("parlance_requests_cancelled_total");

        shell(
                chat(", \"stream\": true, \"ignore_eos\": true, \"max_tokens\": 900, \"n\": 100")
                        + "| head -n 1");

        program.awaitMoreThan("parlance_requests_cancelled_total", cancelled);
        program.await("parlance_requests_running", 0);
    }

    @Test
    void whoWaitsNoLongerEndsTheWork() throws IOException, InterruptedException {
        double cancelled = program.metric("parlance_requests_cancelled_total");

        Program.Result result =
                shell(
                        chat(", \"ignore_eos\": true, \"max_tokens\": 900, \"n\": 100")
                                + "--max-time 1");

        assertThat(result.status()).isEqualTo(TIMED_OUT);
        program.awaitMoreThan("parlance_requests_cancelled_total", cancelled);
        program.await("parlance_requests_running", 0);
    }

    @Test
    void aServerThatStopsIsAskedAgainUntilAnotherTakesOver()
            throws IOException, InterruptedException {
        try (StoppingProgram stopping = new StoppingProgram();
                Wiretap balancer = Wiretap.before(stopping.program().directUrl())) {
            Thread.ofVirtual()
                    .start(() -> {
                        Program.await(() -> balancer.count(503) == 1, "503");
                        balancer.redirect(program.directUrl());
                    });

            Program.Result result =
                    shell(balancer.url(), Program.KEY, chat("") + "--fail --retry 5");

            assertThat(result.status()).isZero();
            assertThat(result.output()).contains("Parlance");
        }
    }

    @Test
    void onlyAKeyThatIsKnownIsAnswered() throws IOException, InterruptedException {
        String status = "--output /dev/null --write-out %{http_code}";

        assertThat(asked("", status)).isEqualTo("401");
        assertThat(asked(GuardedProgram.WRONG, status)).isEqualTo("401");
        assertThat(asked(GuardedProgram.OTHER_MODEL, status)).isEqualTo("404");
        assertThat(asked(Program.KEY, status)).isEqualTo("200");
    }

    @Test
    void aKeyIsToldWhereItStands() throws IOException, InterruptedException {
        assertThat(asked(GuardedProgram.GENEROUS, "--include").lines())
                .contains("x-ratelimit-limit-requests: " + GuardedProgram.GENEROUS_REQUESTS)
                .anyMatch(line -> line.matches("x-ratelimit-remaining-requests: \\d+"))
                .anyMatch(line -> line.matches("x-ratelimit-reset-requests: \\d+(ms|s)"))
                .anyMatch(line -> line.matches("x-ratelimit-remaining-tokens: \\d+"));
    }

    @Test
    void whoAsksTooOftenIsToldWhenToComeAgain() throws IOException, InterruptedException {
        guarded.useUp(GuardedProgram.SELDOM);

        assertThat(asked(GuardedProgram.SELDOM, "--include").lines())
                .contains("HTTP/1.1 429 Too Many Requests", "x-ratelimit-remaining-requests: 0")
                .anyMatch(line -> line.matches("retry-after: [1-6]?\\d"));
    }

    @Test
    void whoAsksTooOftenIsAnsweredALittleLater() throws IOException, InterruptedException {
        long refused = program.wiretap().count(429);
        // On a busy machine curl may come so late that it may ask again.
        while (program.wiretap().count(429) == refused) {
            guarded.useUp(GuardedProgram.OFTEN);
            assertThat(asked(GuardedProgram.OFTEN, "--fail --retry 5")).contains("Parlance");
        }
    }

    private static String asked(String key, String options)
            throws IOException, InterruptedException {
        return shell(program.baseUrl(), key, chat("") + options).output();
    }
}
