package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.util.stream.Collectors.joining;

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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

@Timeout(60)
class ServeCommandTest {
    private static final Pattern SERVING =
            Pattern.compile("Serving tiny at (http://127\\.0\\.0\\.1:\\d+)/v1 \\(context \\d+\\)");

    private static final Pattern SERVING_EMBEDDED =
            Pattern.compile(
                    "Serving parlance-tiny at (http://127\\.0\\.0\\.1:\\d+/v1) \\(context \\d+\\)");

    private static final Pattern SERVING_TWO =
            Pattern.compile("Serving 2 models at (http://127\\.0\\.0\\.1:\\d+/v1): one, two");

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

    @Test
    void aConversationSurvivesARestartWarm(@TempDir Path folder) throws Exception {
        String dir = folder.resolve("kv").toString();
        assertThat(cachedTokensOfServe(dir)).isEqualTo("0 then 112");
        assertThat(cachedTokensOfServe(dir)).isEqualTo("112 then 112");
    }

    /** Of two equal requests to a server of its own. */
    private static String cachedTokensOfServe(String kvCacheDir) throws Exception {
        try (RunningServe serve = RunningServe.start("--kv-cache-dir", kvCacheDir)) {
            Matcher serving = SERVING_EMBEDDED.matcher(serve.readLine());
            assertThat(serving.matches()).as(serve.err()).isTrue();
            String prompt = IntStream.range(0, 120).mapToObj(i -> "5").collect(joining(","));
            String request =
                    "{\"model\": \"parlance-tiny\", \"max_tokens\": 1, \"prompt\": ["
                            + prompt
                            + "]}";
            String url = serving.group(1) + "/completions";
            String cached = cachedTokens(post(url, request)) + " then ";
            cached += cachedTokens(post(url, request));
            assertThat(serve.stop()).isZero();
            return cached;
        }
    }

    private static String cachedTokens(String answer) {
        Matcher matcher = Pattern.compile("\"cached_tokens\":(\\d+)").matcher(answer);
        assertThat(matcher.find()).as(answer).isTrue();
        return matcher.group(1);
    }

    @Test
    void severalModelsOfAFileAreLoadedWhenTheyAreWanted(@TempDir Path folder) throws Exception {
        Path first = Invocation.oracle("models/llama.gguf").toAbsolutePath();
        Path second = Invocation.oracle("models/qwen2.gguf").toAbsolutePath();
        assumeTrue(Files.exists(first), "reference data is not beside the checkout");
        long memory = Math.max(Files.size(first), Files.size(second));
        Path config =
                Files.writeString(
                        folder.resolve("parlance.yaml"),
                        """
                        threads: 1
                        model-memory: %d
                        models:
                          - file: %s
                            name: one
                            preload: true
                            context: 48
                          - file: %s
                            name: two
                            aliases: [gpt-4o]
                        """
                                .formatted(memory, first, second));
        try (RunningServe serve = RunningServe.start("--config", config.toString())) {
            Matcher serving = SERVING_TWO.matcher(serve.readLine());
            assertThat(serving.matches()).as(serve.err()).isTrue();
            String url = serving.group(1);
            assertThat(body(url + "/models"))
                    .asString()
                    .contains("\"status\":{\"value\":\"loaded\"},\"max_model_len\":48")
                    .contains("\"aliases\":[\"gpt-4o\"],\"status\":{\"value\":\"unloaded\"}");
            assertThat(post(url + "/completions", "{\"model\": \"gpt-4o\", \"prompt\": \"A\"}"))
                    .contains("\"model\":\"two\"");
            assertThat(body(url + "/models"))
                    .asString()
                    .containsSubsequence("\"one\"", "unloaded", "\"two\"", "\"loaded\"");
            assertThat(serve.stop()).isZero();
        }
        assertThat(serve(config, "--model-memory", "1k").err())
                .contains("needs", "more than the 1 MiB for all models");
    }

    @Test
    void theModelOfAFileIsLoadedAtTheStart(@TempDir Path folder) throws Exception {
        Path model = Invocation.oracle("models/llama.gguf").toAbsolutePath();
        assumeTrue(Files.exists(model), "reference data is not beside the checkout");
        Path config =
                Files.writeString(
                        folder.resolve("parlance.yaml"), "model: tiny=" + model + "\nthreads: 1\n");
        try (RunningServe serve = RunningServe.start("--config", config.toString())) {
            assertThat(serve.readLine()).matches(SERVING);
            assertThat(serve.readLine()).startsWith("Try: ");
            assertThat(serve.stop()).isZero();
        }
    }

    private static Invocation serve(Path config, String... further) {
        List<String> arguments = new ArrayList<>(List.of("serve", "--config", config.toString()));
        arguments.addAll(List.of(further));
        return Invocation.of(arguments.toArray(String[]::new));
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
            Invocation serve = Invocation.of("serve", "--port", port, "--log-level", "error");
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
        "serve --model a --queue-requests 0,   '--queue-requests must be 1 or more, got 0'",
        "serve --model a --queue-tokens 0,     '--queue-tokens must be 1 or more, got 0'",
        "serve --model a --request-timeout -1, 'must be between 0 and 86400, got -1'",
        "serve --model a --drain-timeout -1,   'must be between 0 and 86400, got -1'",
        "serve --model a --kv-memory 4x,       is no size like 8GiB",
        "serve --model a --kv-memory 0MiB,     is no size like 8GiB",
        "serve --model a --log-level loud,     one of [ERROR",
        "serve --model a --kv-cache-type f64,  one of [F32",
        "serve --model a --sse-ping -1,        'must be between 0 and 3600, got -1'",
        "serve --host 0.0.0.0,                 no API key is set",
        "serve --tls-cert c.pem,               --tls-cert and --tls-key need each other",
        "serve --kv-cache-dir-size 1G,         '--kv-cache-dir-size needs --kv-cache-dir'",
        "serve --kv-cache-dir a --kv-cache-dir-size 1X, is no size like 8GiB",
        "serve --kv-cache-dir a --kv-cache-dir-size 0, is no size like 8GiB",
        "serve --no-prefix-cache --kv-cache-dir a, leaves nothing for --kv-cache-dir",
        "serve --model a --speculation wild,   is neither none nor prompt-lookup",
        "serve --speculation none --draft-model a, is of no use with --speculation none",
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

    private static String post(String url, String json) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
        try {
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/json");
            connection.getOutputStream().write(json.getBytes(StandardCharsets.UTF_8));
            return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            connection.disconnect();
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
