package dev.parlance.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.engine.generation.FinishReason;
import dev.parlance.engine.generation.GeneratedText;
import dev.parlance.engine.generation.GenerationEvent.Failed.Cause;
import dev.parlance.engine.generation.GenerationFailedException;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.TextGeneration;
import dev.parlance.engine.generation.TextOptions;
import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.GgufTensorInfo;
import dev.parlance.engine.gguf.UnsupportedModelException;
import dev.parlance.engine.sampling.SamplingParams;
import dev.parlance.engine.tokenizer.PromptText;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The whole engine on a tiny model: text in, text out. */
@Timeout(120)
class EngineTest {
    private static final Path LLAMA =
            Path.of(System.getProperty("parlance.root", "."), "../shared/oracle/models/llama.gguf");
    private static final EngineOptions OPTIONS = EngineOptions.DEFAULT.withThreads(2);

    @BeforeEach
    void needsTheOracle() {
        Assumptions.assumeTrue(Files.exists(LLAMA), "the oracle's models are not here");
    }

    @Test
    void aModelIsDescribed() throws Exception {
        try (LoadedModel model = Engine.load(LLAMA, OPTIONS)) {
            ModelDescription description = model.description();
            assertThat(description.name()).isEqualTo("tiny-random");
            assertThat(description.architecture()).isEqualTo("llama");
            assertThat(description.contextLength()).isEqualTo(512);
            assertThat(description.vocabularySize()).isEqualTo(384);
            // All of its weights are float32.
            assertThat(description.sizeBytes()).isEqualTo(4 * description.parameterCount());
        }
    }

    @Test
    void theFingerprintChangesWithWhatDecidesTheText() throws Exception {
        String plain = fingerprint(LLAMA, OPTIONS);
        assertThat(plain).matches("[0-9a-f]{10}").isEqualTo(fingerprint(LLAMA, OPTIONS));
        List<String> others =
                List.of(
                        plain,
                        fingerprint(LLAMA.resolveSibling("qwen2.gguf"), OPTIONS),
                        fingerprint(LLAMA, OPTIONS.withChatTemplate("{{ messages }}")),
                        fingerprint(LLAMA, OPTIONS.withPreTokenizer("gpt-2")),
                        fingerprint(LLAMA, OPTIONS.withKvCacheType(KvCacheType.Q8_0)));
        assertThat(others).doesNotHaveDuplicates();
        // How fast it runs decides nothing.
        assertThat(fingerprint(LLAMA, OPTIONS.withThreads(1).withParallel(2))).isEqualTo(plain);
    }

    private static String fingerprint(Path file, EngineOptions options) throws Exception {
        try (LoadedModel model = Engine.load(file, options)) {
            return model.description().fingerprint();
        }
    }

    @Test
    void textGivesTextAndAStopSequenceFoundInItCutsIt() throws Exception {
        try (LoadedModel model = Engine.load(LLAMA, OPTIONS)) {
            GeneratedText free = generate(model, List.of());
            String text = free.choices().getFirst().text();
            assertThat(free.choices().getFirst().reason()).isEqualTo(FinishReason.LENGTH);
            assertThat(free.usage().completionTokens()).isEqualTo(24);
            assertThat(generate(model, List.of())).isEqualTo(free);
            int middle = text.offsetByCodePoints(0, text.codePointCount(0, text.length()) / 2);
            String stop = text.substring(middle, text.offsetByCodePoints(middle, 2));
            GeneratedText.Choice cut = generate(model, List.of(stop)).choices().getFirst();
            assertThat(cut.text()).isEqualTo(text.substring(0, text.indexOf(stop)));
            assertThat(cut.stopSequence()).contains(stop);
        }
    }

    private static GeneratedText generate(LoadedModel model, List<String> stops)
            throws InterruptedException {
        int[] prompt = model.tokenizer().encode(PromptText.plain("a model file in, text out"));
        GenerationRequest request =
                new GenerationRequest(
                        prompt,
                        24,
                        24,
                        model.tokenizer().vocabulary().endOfGeneration(),
                        1,
                        SamplingParams.GREEDY,
                        3,
                        true);
        try (TextGeneration generation =
                TextGeneration.start(
                        model.backend(),
                        request,
                        model.tokenizer(),
                        new TextOptions(stops, false))) {
            return generation.readAll();
        }
    }

    @Test
    void aDraftModelOfTheSameVocabularyChangesNothing() throws Exception {
        try (LoadedModel plain = Engine.load(LLAMA, OPTIONS);
                LoadedModel helped = Engine.load(LLAMA, OPTIONS.withDraftModel(LLAMA))) {
            assertThat(generate(helped, List.of())).isEqualTo(generate(plain, List.of()));
        }
    }

    @Test
    void aDraftModelThatIsNotThereIsNamed() {
        Path missing = LLAMA.resolveSibling("missing.gguf");
        assertThatThrownBy(() -> Engine.load(LLAMA, OPTIONS.withDraftModel(missing)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("missing.gguf");
    }

    @Test
    void aModelInMemoryGivesTheSameText() throws Exception {
        try (LoadedModel mapped = Engine.load(LLAMA, OPTIONS);
                LoadedModel copied =
                        Engine.load(
                                GgufFile.open("inner.gguf", Files.readAllBytes(LLAMA)), OPTIONS)) {
            assertThat(copied.description()).isEqualTo(mapped.description());
            assertThat(generate(copied, List.of())).isEqualTo(generate(mapped, List.of()));
        }
    }

    @Test
    void loadingTellsHowFarItIs() throws Exception {
        List<Long> read = new ArrayList<>();
        GgufFile file = GgufFile.open(LLAMA);
        LoadProgress progress =
                (bytes, total) -> {
                    read.add(bytes);
                    assertThat(total)
                            .isEqualTo(
                                    file.tensors().values().stream()
                                            .mapToLong(GgufTensorInfo::sizeBytes)
                                            .sum());
                };
        try (LoadedModel model = Engine.load(file, OPTIONS, new Machine(1), progress)) {
            assertThat(read).isSorted().hasSizeGreaterThan(10);
            assertThat(read.getLast()).isEqualTo(model.description().sizeBytes());
        }
    }

    @Test
    void aFileIsClosedWithItsModelAndWhenItCannotBeLoaded() throws Exception {
        GgufFile file = GgufFile.open(LLAMA);
        MemorySegment data = file.data(file.tensors().values().iterator().next());
        Engine.load(file, OPTIONS).close();
        assertThat(data.scope().isAlive()).isFalse();

        GgufFile other = GgufFile.open(LLAMA);
        MemorySegment otherData = other.data(other.tensors().values().iterator().next());
        assertThatThrownBy(() -> Engine.load(other, OPTIONS.withContextLength(9999)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(otherData.scope().isAlive()).isFalse();
    }

    @Test
    void aClosedModelSaysSo() throws Exception {
        LoadedModel model = Engine.load(LLAMA, OPTIONS);
        model.close();
        model.close();
        assertThatThrownBy(() -> generate(model, List.of()))
                .isInstanceOfSatisfying(
                        GenerationFailedException.class,
                        e -> assertThat(e.failure()).isEqualTo(Cause.SHUTDOWN));
    }

    @Test
    void whatCannotBeLoadedIsRefused() {
        assertThatThrownBy(() -> Engine.load(LLAMA.resolveSibling("missing.gguf"), OPTIONS))
                .isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> Engine.load(LLAMA, OPTIONS.withPreTokenizer("no-such")))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("no-such");
        assertThatThrownBy(() -> Engine.load(LLAMA, OPTIONS.withContextLength(9999)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("9999");
    }

    @Test
    void aTemplateThatCannotBeCompiledIsNamed(@TempDir Path folder) throws Exception {
        String model = Files.readString(LLAMA, StandardCharsets.ISO_8859_1);
        Path broken = folder.resolve("broken.gguf");
        Files.writeString(
                broken, model.replace("{%- for m", "{%- fro m"), StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> Engine.load(broken, OPTIONS))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageStartingWith(
                        "broken.gguf: metadata 'tokenizer.chat_template' cannot be used: line 1: ")
                .hasMessageEndingWith("; --chat-template FILE gives another");
        Engine.load(broken, OPTIONS.withChatTemplate("{{ messages }}")).close();
    }
}
