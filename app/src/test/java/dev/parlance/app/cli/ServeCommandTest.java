package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

@Timeout(60)
class ServeCommandTest {
    private static final Pattern SERVING =
            Pattern.compile("Serving tiny at (http://127\\.0\\.0\\.1:\\d+)/v1 \\(context \\d+\\)");

    private static final Pattern SERVING_EMBEDDED =
            Pattern.compile(
                    "Serving parlance-tiny at (http://127\\.0\\.0\\.1:\\d+/v1) \\(context \\d+\\)");

    @Test
    void aModelIsServedUntilTheCommandIsStopped() throws Exception {
        Path model = Invocation.oracle("models/llama.gguf");
        assumeTrue(Files.exists(model), "reference data is not beside the checkout");
        RunningServe serve =
                RunningServe.start("--model", model.toString(), "--name", "tiny", "--threads", "1");
        try (serve) {
            Matcher serving = SERVING.matcher(serve.readLine());
            assertThat(serving.matches()).isTrue();
            assertThat(serve.readLine())
                    .startsWith("Try: curl " + serving.group(1) + "/v1/chat/completions ")
                    .contains("{\"model\": \"tiny\"");
            assertThat(get(serving.group(1) + "/health")).isEqualTo("200");
            assertThat(get(serving.group(1) + "/v1/models")).isEqualTo("200");
            assertThat(serve.stop()).isZero();
        }
        assertThat(serve.err())
                .containsPattern("INFO +engine: loaded llama\\.gguf")
                .contains("Stopping; running requests may finish.");
    }

    @Test
    void withoutAModelTheEmbeddedOneIsServed() throws Exception {
        try (RunningServe serve = RunningServe.start()) {
            Matcher serving = SERVING_EMBEDDED.matcher(serve.readLine());
            assertThat(serving.matches()).as(serve.err()).isTrue();
            assertThat(serve.readLine()).contains("tiny built-in model");
            assertThat(serve.readLine()).startsWith("Try: curl ").contains("parlance-tiny");
            assertThat(serve.readLine()).endsWith("parlance serve --model FILE");
            JsonObject models = (JsonObject) Json.parse(body(serving.group(1) + "/models"));
            JsonObject model =
                    (JsonObject)
                            ((JsonArray) models.find("data").orElseThrow()).values().getFirst();
            assertThat(model.find("id")).contains(new JsonString("parlance-tiny"));
            assertThat(model.find("owned_by")).contains(new JsonString("parlance"));
            assertThat(serve.stop()).isZero();
        }
    }

    @Test
    void onlyHoldersOfAKeyAreServed() throws Exception {
        try (RunningServe serve = RunningServe.start("--api-key", "secret")) {
            Matcher serving = SERVING_EMBEDDED.matcher(serve.readLine());
            assertThat(serving.matches()).as(serve.err()).isTrue();
            String models = serving.group(1) + "/models";
            assertThat(get(models)).isEqualTo("401");
            assertThat(get(models, "secret")).isEqualTo("200");
            assertThat(serve.stop()).isZero();
        }
    }

    /** What the start script has done after a build. */
    @Test
    void aRehearsalAnswersOneRequestAndEnds() {
        Invocation rehearsal = Invocation.of("serve", "--rehearse", "--log-level", "error");
        assertThat(rehearsal.exitCode()).as(rehearsal.err()).isZero();
        assertThat(rehearsal.err()).isEmpty();
    }

    @Test
    void aPortInUseIsOneLine() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = String.valueOf(other.getLocalPort());
            Invocation serve = Invocation.of("serve", "--model", "no-such.gguf", "--port", port);
            assertThat(serve.exitCode()).isEqualTo(1);
            assertThat(serve.err()).startsWith("parlance: ").contains(port);
            assertThat(serve.err().lines()).hasSize(1);
        }
    }

    @Test
    void aMissingModelFileIsOneLine() {
        Invocation serve = Invocation.of("serve", "--model", "no-such.gguf", "--port", "0");
        assertThat(serve.exitCode()).isEqualTo(1);
        assertThat(serve.err().lines())
                .containsExactly("parlance: no-such.gguf: there is no such file");
    }

    @Test
    void aTemplateThatCannotBeCompiledIsNamed(@TempDir Path folder) throws IOException {
        Path template = Files.writeString(folder.resolve("broken.jinja"), "{% fro %}");
        Invocation serve =
                Invocation.of(
                        "serve",
                        "--model",
                        "no-such.gguf",
                        "--port",
                        "0",
                        "--chat-template",
                        template.toString());
        assertThat(serve.exitCode()).isEqualTo(1);
        assertThat(serve.err().lines())
                .containsExactly(
                        "parlance: " + template + ": line 1: Encountered unknown tag 'fro'");
    }

    @ParameterizedTest
    @CsvSource({
        "serve --model a --port 70000,         '--port must be between 0 and 65535, got 70000'",
        "serve --model a --parallel 0,         '--parallel must be between 1 and 1024, got 0'",
        "serve --model a --context 0,          '--context must be 1 or more, got 0'",
        "serve --model a --threads 0,          '--threads must be between 1 and 1024, got 0'",
        "serve --model a --log-level loud,     one of [ERROR",
        "serve --model a --kv-cache-type f64,  one of [F32",
        "serve --model a --sse-ping -1,        '--sse-ping must be between 0 and 3600, got -1'",
        "serve --model a --host 0.0.0.0,       no API key is set",
        "serve --model a --tls-cert c.pem,     --tls-cert and --tls-key need each other",
        "serve --model a --prot 1,             did you mean --port?",
    })
    void wrongUseIsRefusedBeforeAnythingStarts(String arguments, String message) {
        Invocation serve = Invocation.of(arguments.split(" "));
        assertThat(serve.exitCode()).isEqualTo(2);
        assertThat(serve.err()).startsWith("parlance: ").contains(message, "parlance serve --help");
    }

    private static byte[] body(String url) throws IOException {
        try (InputStream in = URI.create(url).toURL().openStream()) {
            return in.readAllBytes();
        }
    }

    private static String get(String url, String... key) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
        for (String each : key) {
            connection.setRequestProperty("Authorization", "Bearer " + each);
        }
        try {
            return String.valueOf(connection.getResponseCode());
        } finally {
            connection.disconnect();
        }
    }
}
