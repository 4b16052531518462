package dev.parlance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** curl in a shell, with what its user looks at: text, status, headers, and its own status. */
class CurlClientTest {
    /** What curl's {@code --fail} ends with where the server answers with an error. */
    private static final int HTTP_ERROR = 22;

    private static final String CHAT =
            "curl --silent --no-buffer $URL/v1/chat/completions -H 'Content-Type: application/json'"
                    + " -d '{\"model\": \"parlance-tiny\", \"temperature\": 0, \"messages\":"
                    + " [{\"role\": \"user\", \"content\": \"Hello! Who are you?\"}]%s}' ";

    private static Program program;

    @BeforeAll
    static void startTheProgram() throws IOException {
        program = Program.serveOne();
    }

    @AfterAll
    static void stopTheProgram() {
        program.close();
    }

    /** What a command prints and its exit status. */
    private static Program.Result shell(String command) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder("bash", "-c", command).redirectErrorStream(true);
        builder.environment().put("URL", program.baseUrl().toString());
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
}
