package dev.parlance.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.GenerationStream;
import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonValue;
import dev.parlance.engine.sampling.SamplingParams;
import dev.parlance.engine.sampling.TokenLogprobs;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reference answers through the whole numeric side: scheduler, sampler, model. */
@Timeout(120)
class LocalBackendTest {
    private static final Path MODELS =
            Path.of(System.getProperty("parlance.root", "."), "../shared/oracle/models");

    private static GgufFile open(String name) throws IOException {
        Path path = MODELS.resolve(name + ".gguf");
        Assumptions.assumeTrue(Files.exists(path), "the oracle's models are not here");
        return GgufFile.open(path);
    }

    /** Origin: Hugging Face transformers in float32; see the files. */
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
    void allCasesAtOnceGiveTheReferencesTokensAndLogprobs(String name) throws Exception {
        // A budget that cuts prompts, and other sequences in every batch.
        EngineOptions options =
                EngineOptions.DEFAULT
                        .withThreads(2)
                        .withBatchTokens(13)
                        .withKvCacheType(KvCacheType.F32);
        try (GgufFile file = open(name);
                LocalBackend local =
                        LocalBackend.open(
                                file,
                                Optional.empty(),
                                options,
                                new Machine(1),
                                LoadProgress.NONE)) {
            JsonObject oracle =
                    (JsonObject) Json.parse(Files.readString(MODELS.resolve(name + ".json")));
            List<JsonObject> cases =
                    array(oracle, "cases").stream().map(JsonObject.class::cast).toList();
            List<GenerationStream> streams = new ArrayList<>();
            for (JsonObject expected : cases) {
                streams.add(local.backend().submit(request(expected)));
            }
            for (int i = 0; i < cases.size(); i++) {
                check(cases.get(i), streams.get(i));
            }
        }
    }

    private static GenerationRequest request(JsonObject expected) {
        int[] prompt = array(expected, "prompt").stream().mapToInt(v -> (int) number(v)).toArray();
        int tokens = array(expected, "greedy").size();
        return new GenerationRequest(
                prompt, tokens, 0, Set.of(), 2, SamplingParams.GREEDY, 2, true);
    }

    private static void check(JsonObject expected, GenerationStream stream)
            throws InterruptedException {
        List<List<TokenLogprobs>> generated = List.of(new ArrayList<>(), new ArrayList<>());
        List<TokenLogprobs> prompt = List.of();
        boolean open = true;
        while (open) {
            switch (stream.next()) {
                case GenerationEvent.Started _, GenerationEvent.PromptProgress _ -> {}
                case GenerationEvent.PromptComputed(int _, List<TokenLogprobs> logprobs) ->
                        prompt = logprobs;
                case GenerationEvent.TokenGenerated(int choice, int _, var logprobs) ->
                        generated.get(choice).add(logprobs.orElseThrow());
                case GenerationEvent.ChoiceFinished _ -> {}
                case GenerationEvent.Finished _ -> open = false;
                case GenerationEvent.Failed failed -> throw new AssertionError(failed.message());
            }
        }
        List<JsonValue> promptLogprobs = array(expected, "prompt_token_logprobs");
        for (int i = 1; i < promptLogprobs.size(); i++) {
            assertThat(prompt.get(i - 1).logProbability())
                    .isCloseTo(number(promptLogprobs.get(i)), within(1e-3));
        }
        List<JsonValue> greedy = array(expected, "greedy");
        List<JsonValue> logprobs = array(expected, "greedy_logprobs");
        for (List<TokenLogprobs> choice : generated) {
            assertThat(choice).hasSize(greedy.size());
            for (int i = 0; i < greedy.size(); i++) {
                assertThat(choice.get(i).tokenId()).isEqualTo((int) number(greedy.get(i)));
                assertThat(choice.get(i).logProbability())
                        .isCloseTo(number(logprobs.get(i)), within(1e-3));
            }
        }
    }

    private static List<JsonValue> array(JsonObject object, String key) {
        return ((JsonArray) object.find(key).orElseThrow()).values();
    }

    private static double number(JsonValue value) {
        return ((JsonNumber) value).doubleValue();
    }

    @Test
    void theContextIsWhatIsAskedForOrTrained() throws IOException {
        try (GgufFile file = open("llama")) {
            try (LocalBackend local =
                    LocalBackend.open(
                            file,
                            Optional.empty(),
                            EngineOptions.DEFAULT,
                            new Machine(1),
                            LoadProgress.NONE)) {
                assertThat(local.contextLength()).isEqualTo(512);
                assertThat(local.vocabularySize()).isEqualTo(384);
            }
            EngineOptions options = EngineOptions.DEFAULT.withContextLength(100);
            try (LocalBackend local =
                    LocalBackend.open(
                            file, Optional.empty(), options, new Machine(1), LoadProgress.NONE)) {
                assertThat(local.contextLength()).isEqualTo(100);
            }
            assertThatThrownBy(() ->
                            LocalBackend.open(
                                    file,
                                    Optional.empty(),
                                    EngineOptions.DEFAULT.withContextLength(513),
                                    new Machine(1),
                                    LoadProgress.NONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "the context of 513 tokens is more than the 512 the model was trained"
                                    + " for");
        }
    }

    @Test
    void aSmallCacheLowersADefaultContextAndRefusesOneThatWasAskedFor() throws IOException {
        try (GgufFile file = open("llama")) {
            EngineOptions small = EngineOptions.DEFAULT.withKvCacheBytes(50_000);
            int tokens;
            try (LocalBackend local =
                    LocalBackend.open(
                            file, Optional.empty(), small, new Machine(1), LoadProgress.NONE)) {
                tokens = local.contextLength();
                assertThat(tokens).isBetween(16, 511);
            }
            assertThatThrownBy(() ->
                            LocalBackend.open(
                                    file,
                                    Optional.empty(),
                                    small.withContextLength(512),
                                    new Machine(1),
                                    LoadProgress.NONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(
                            "the KV cache of 1 MiB has room for "
                                    + tokens
                                    + " tokens; a context of 512 needs 1 MiB. Ask for a smaller"
                                    + " context");
            assertThatThrownBy(() ->
                            LocalBackend.open(
                                    file,
                                    Optional.empty(),
                                    EngineOptions.DEFAULT.withKvCacheBytes(9),
                                    new Machine(1),
                                    LoadProgress.NONE))
                    .hasMessageContaining("has room for 0 tokens");
        }
    }

    @Test
    void aCacheBeyondTheHeapIsRefused() throws IOException {
        try (GgufFile file = open("llama")) {
            EngineOptions huge =
                    EngineOptions.DEFAULT.withParallel(1 << 20).withKvCacheBytes(Long.MAX_VALUE);
            assertThatThrownBy(() ->
                            LocalBackend.open(
                                    file,
                                    Optional.empty(),
                                    huge,
                                    new Machine(1),
                                    LoadProgress.NONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the KV cache of ")
                    .hasMessageContaining(" MiB does not fit Java's heap, which may grow to ");
        }
    }
}
