package dev.parlance.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The clients for JavaScript, whose tests are in {@code src/test/js} and need Node. {@code make
 * js-clients} installs the clients; where that has not been done these tests are skipped, and say
 * so.
 */
class JavaScriptClientsTest {
    private static final Path FOLDER = Program.ROOT.resolve("contract-tests/src/test/js");

    private static GuardedProgram guarded;
    private static StoppingProgram stopping;
    private static Program impatient;

    @BeforeAll
    static void startThePrograms() throws IOException, InterruptedException {
        if (!Files.exists(FOLDER.resolve("node_modules/.package-lock.json"))) {
            String notice = "SKIPPED: the clients for JavaScript; make js-clients installs them";
            System.err.println(notice);
            abort(notice);
        }
        guarded = new GuardedProgram();
        stopping = new StoppingProgram();
        impatient = Program.serve("--request-timeout", "1");
    }

    @AfterAll
    static void stopThePrograms() throws IOException {
        if (impatient != null) {
            impatient.close();
            stopping.close();
            guarded.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "ai-sdk", "langchain"})
    void passes(String client) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder("node", "--test", "--test-reporter=spec", client + ".test.js")
                        .directory(FOLDER.toFile())
                        .redirectErrorStream(true);
        Map<String, URI> servers =
                Map.of(
                        "PARLANCE_URL", guarded.program().baseUrl(),
                        "PARLANCE_DIRECT_URL", guarded.program().directUrl(),
                        "PARLANCE_STOPPING_URL", stopping.program().baseUrl(),
                        "PARLANCE_IMPATIENT_URL", impatient.baseUrl());
        servers.forEach((name, url) -> builder.environment().put(name, url.toString()));
        Process node = builder.start();
        node.outputWriter().close();

        String output = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(node.waitFor()).as(output).isZero();
    }
}
