package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonBoolean;
import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Bodies that grew from valid ones by chance: each is answered in time, as valid or with an error
 * of OpenAI's shape, and never with the server's own failure. {@code -Dparlance.fuzz=N} tries more.
 */
class RequestFuzzTest {
    private static final int BODIES = Integer.getInteger("parlance.fuzz", 1500);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final List<String> CHAT =
            List.of(
                    """
                    {"model": "maker/small-model", "messages": [
                      {"role": "system", "content": [{"type": "text", "text": "s"}]},
                      {"role": "user", "content": "Hi", "name": "Ann"},
                      {"role": "assistant", "content": null, "refusal": "no", "tool_calls": [
                        {"id": "c", "type": "function",
                         "function": {"name": "f", "arguments": "{\\"a\\": 1}"}},
                        {"type": "custom", "custom": {"name": "g", "input": "x"}}],
                       "function_call": {"name": "f", "arguments": {}}},
                      {"role": "tool", "tool_call_id": "c", "content": "t"}],
                     "max_completion_tokens": 9, "n": 2, "stop": ["a", "b"], "seed": -5,
                     "logprobs": true, "top_logprobs": 2, "metadata": {"a": "b"},
                     "verbosity": "high", "reasoning_effort": "low", "documents": [{"a": 1}],
                     "chat_template_kwargs": {"suffix": "x"}, "logit_bias": {"7": 1.5},
                     "stream": true, "stream_options": {"include_usage": true}}
                    """);

    private static final List<String> COMPLETIONS =
            List.of(
                    """
                    {"model": "maker/small-model", "prompt": ["a", "b"], "max_tokens": 9,
                     "echo": true, "logprobs": 3, "n": 2, "temperature": 0.5, "top_p": 0.9,
                     "logit_bias": [[65, 1], ["hi", false]], "bad_words": ["x"],
                     "allowed_token_ids": [1, 2], "stop_token_ids": [5], "min_tokens": 1,
                     "dry_multiplier": 1, "dry_sequence_breakers": ["a"], "xtc_probability": 0.5,
                     "truncate_prompt_tokens": -1, "truncation_side": "left", "best_of": 1}
                    """,
                    """
                    {"model": "maker/small-model", "prompt": [[1, 2], [256, 257]], "suffix": "x",
                     "stream": true, "stream_options": {"continuous_usage_stats": true},
                     "request_id": "r", "seed": 9223372036854775807, "frequency_penalty": -2}
                    """);

    private static final List<String> TOKENIZE =
            List.of(
                    "{\"prompt\": \"a\", \"return_token_strs\": true}",
                    "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}",
                    "{\"tokens\": [1, 2, 257]}");

    private static Harness harness;

    @BeforeAll
    static void start() throws IOException {
        FakeBackend backend = new FakeBackend();
        harness =
                Harness.start(
                        Harness.OPTIONS,
                        backend,
                        Harness.model(backend, ByteTokenizer.fillingGaps(), Harness.TEMPLATE));
    }

    @AfterAll
    static void stop() {
        harness.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/chat/completions", "/v1/completions", "/tokenize", "/detokenize"})
    void everyBodyIsAnswered(String path) throws Exception {
        List<String> seeds =
                switch (path) {
                    case "/v1/chat/completions" -> CHAT;
                    case "/v1/completions" -> COMPLETIONS;
                    default -> TOKENIZE;
                };
        for (String seed : seeds) {
            assertThat(send(path, bytes(seed)).status()).as(seed).isIn(200, 400);
        }
        for (int i = 0; i < BODIES; i++) {
            Random random = new Random(path.hashCode() * 31L + i);
            byte[] body = mutated(seeds.get(random.nextInt(seeds.size())), random);
            Reply reply = send(path, body);
            String about =
                    "seed " + i + ": " + new String(body, StandardCharsets.UTF_8) + "\n" + reply;
            assertThat(reply.status()).as(about).isIn(200, 400, 404, 429);
            if (reply.status() != 200) {
                assertThat(reply.text("error.message")).as(about).isNotBlank();
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Reply send(String path, byte[] body) throws Exception {
        harness.backend.requests.clear();
        harness.backend.streams.clear();
        return harness.sendAnything(
                HttpRequest.newBuilder(harness.uri(path))
                        .timeout(PATIENCE)
                        .POST(BodyPublishers.ofByteArray(body))
                        .build());
    }

    private static byte[] mutated(String seed, Random random) {
        JsonValue value = Json.parse(seed);
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            value = mutated(value, random);
        }
        byte[] bytes = bytes(Json.write(value));
        if (random.nextInt(4) == 0 && bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(20) == 0
                ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1))
                : bytes;
    }

    /** The same with one change somewhere in it. */
    private static JsonValue mutated(JsonValue value, Random random) {
        boolean here = random.nextInt(8) == 0;
        return switch (value) {
            case JsonObject(Map<String, JsonValue> members) when !here && !members.isEmpty() -> {
                Map<String, JsonValue> changed = new LinkedHashMap<>(members);
                String name = pick(List.copyOf(members.keySet()), random);
                switch (random.nextInt(10)) {
                    case 0 -> changed.remove(name);
                    case 1 -> changed.put(pick(List.copyOf(members.keySet()), random), any(random));
                    case 2 -> changed.put(name + "x", members.getOrDefault(name, JsonNull.NULL));
                    default ->
                            changed.computeIfPresent(name, (_, member) -> mutated(member, random));
                }
                yield new JsonObject(changed);
            }
            case JsonArray(List<JsonValue> values) when !here && !values.isEmpty() -> {
                List<JsonValue> changed = new ArrayList<>(values);
                int index = random.nextInt(changed.size());
                switch (random.nextInt(6)) {
                    case 0 -> changed.remove(index);
                    case 1 -> changed.add(index, any(random));
                    case 2 -> changed.addAll(values);
                    default -> changed.set(index, mutated(changed.get(index), random));
                }
                yield new JsonArray(changed);
            }
            default -> any(random);
        };
    }

    private static JsonValue any(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> JsonNull.NULL;
            case 1 -> JsonBoolean.of(random.nextBoolean());
            case 2 -> JsonNumber.of(random.nextInt(300));
            case 3 -> JsonNumber.of(-random.nextInt(5));
            case 4 -> new JsonNumber(random.nextLong() + "00");
            case 5 -> new JsonNumber("1e" + random.nextInt(400));
            case 6 -> new JsonNumber(Double.toString(random.nextGaussian()));
            case 7 -> new JsonString("");
            case 8 -> new JsonString(Character.toString(random.nextInt(0x800)));
            case 9 -> new JsonString("\ud83c\udf89<s>".repeat(random.nextInt(40)));
            case 10 -> JsonObject.EMPTY;
            default -> nested(random.nextInt(60));
        };
    }

    private static JsonValue nested(int depth) {
        JsonValue value = JsonArray.of();
        for (int i = 0; i < depth; i++) {
            value = i % 2 == 0 ? JsonArray.of(value) : new JsonObject(Map.of("type", value));
        }
        return value;
    }

    private static <T> T pick(List<T> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }
}
