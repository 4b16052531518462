package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parlance.engine.Engine;
import dev.parlance.engine.EngineOptions;
import dev.parlance.engine.KvCacheType;
import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.server.catalog.LocalModel;
import dev.parlance.server.catalog.ModelCatalog;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Real models over HTTP against Hugging Face transformers in float32; see the oracle's README. */
class OracleTest {
    private static final double TOLERANCE = 1e-3;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama",
                "llama3rope",
                "mixtral",
                "qwen2",
                "qwen3",
                "qwen3moe",
                "gemma2",
                "gemma3",
                "phi3",
                "granite",
                "olmo2",
                "smollm3",
                "gpt2",
                "starcoder2"
            })
    void echoLogprobsAndGreedyIdsAreThoseOfTheReference(String name) throws Exception {
        Path folder = Path.of(System.getProperty("parlance.root", ".."), "../shared/oracle/models");
        assumeTrue(Files.isDirectory(folder), "no oracle at " + folder);
        JsonObject oracle =
                (JsonObject) Json.parse(Files.readAllBytes(folder.resolve(name + ".json")));
        try (LoadedModel model =
                        Engine.load(
                                folder.resolve(name + ".gguf"),
                                EngineOptions.DEFAULT.withKvCacheType(KvCacheType.F32));
                ParlanceServer server =
                        ParlanceServer.start(
                                Harness.OPTIONS,
                                ModelCatalog.of(new LocalModel(name, Instant.EPOCH, model)));
                HttpClient client = HttpClient.newHttpClient()) {
            for (JsonValue value : array(oracle, "cases")) {
                check(name, (JsonObject) value, server, client);
                checkScoring(name, (JsonObject) value, 0, server, client);
                checkScoring(name, (JsonObject) value, 1, server, client);
            }
        }
    }

    /**
     * The request of lm-evaluation-harness's {@code local-completions}, which scores texts: what it
     * reads are the log probabilities of the prompt without the first and without the {@code
     * maxTokens} last ones, and whether each token was the likeliest.
     */
    private static void checkScoring(
            String name,
            JsonObject expected,
            int maxTokens,
            ParlanceServer server,
            HttpClient client)
            throws Exception {
        List<JsonValue> prompt = array(expected, "prompt_token_logprobs");
        String body =
                Json.write(
                        JsonObject.builder()
                                .put("model", name)
                                .put("prompt", JsonArray.of(Reply.find(expected, "prompt")))
                                .put("max_tokens", maxTokens)
                                .put("temperature", 0)
                                .put("logprobs", 1)
                                .put("seed", 1234)
                                .put("echo", true)
                                .build());
        Reply reply = complete(body, server, client);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        JsonObject logprobs = (JsonObject) Reply.find(reply.json(), "choices[0].logprobs");
        List<JsonValue> scores = array(logprobs, "token_logprobs");
        List<JsonValue> likeliest = array(logprobs, "top_logprobs");
        assertThat(scores).hasSize(prompt.size() + maxTokens);
        assertThat(likeliest).hasSameSizeAs(scores);
        assertThat(array(logprobs, "tokens")).hasSameSizeAs(scores);
        assertThat(array(logprobs, "text_offset")).hasSameSizeAs(scores);
        assertThat(scores.getFirst()).isEqualTo(JsonNull.NULL);
        assertThat(likeliest.getFirst()).isEqualTo(JsonNull.NULL);
        for (int i = 1; i < prompt.size(); i++) {
            double score = ((JsonNumber) scores.get(i)).doubleValue();
            assertThat(score)
                    .as("position %d", i)
                    .isCloseTo(((JsonNumber) prompt.get(i)).doubleValue(), within(TOLERANCE));
            assertThat(((JsonObject) likeliest.get(i)).members().values())
                    .as("position %d", i)
                    .contains(scores.get(i))
                    .allMatch(other -> ((JsonNumber) other).doubleValue() >= score);
        }
    }

    private static Reply complete(String body, ParlanceServer server, HttpClient client)
            throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + server.port() + "/v1/completions"))
                        .POST(BodyPublishers.ofString(body))
                        .build();
        return Harness.send(client, request);
    }

    private static void check(
            String name, JsonObject expected, ParlanceServer server, HttpClient client)
            throws Exception {
        List<JsonValue> greedy = array(expected, "greedy");
        String body =
                Json.write(
                        JsonObject.builder()
                                .put("model", name)
                                .put("prompt", Reply.find(expected, "prompt"))
                                .put("max_tokens", greedy.size())
                                .put("temperature", 0)
                                .put("echo", true)
                                .put("logprobs", 1)
                                .put("ignore_eos", true)
                                .put("return_token_ids", true)
                                .build());
        Reply reply = complete(body, server, client);

        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        JsonObject choice = (JsonObject) Reply.find(reply.json(), "choices[0]");
        assertThat(array(choice, "token_ids")).isEqualTo(greedy);
        List<JsonValue> logprobs = array(choice, "logprobs.token_logprobs");
        List<JsonValue> prompt = array(expected, "prompt_token_logprobs");
        List<JsonValue> continuation = array(expected, "greedy_logprobs");
        assertThat(logprobs).hasSize(prompt.size() + continuation.size());
        assertThat(logprobs.getFirst()).isEqualTo(JsonNull.NULL);
        for (int i = 1; i < logprobs.size(); i++) {
            JsonValue want =
                    i < prompt.size() ? prompt.get(i) : continuation.get(i - prompt.size());
            assertThat(((JsonNumber) logprobs.get(i)).doubleValue())
                    .as("position %d", i)
                    .isCloseTo(((JsonNumber) want).doubleValue(), within(TOLERANCE));
        }
    }

    private static List<JsonValue> array(JsonObject object, String path) {
        return ((JsonArray) Reply.find(object, path)).values();
    }
}
