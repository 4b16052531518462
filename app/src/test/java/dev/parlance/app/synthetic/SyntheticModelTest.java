package dev.parlance.app.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.engine.Engine;
import dev.parlance.engine.EngineOptions;
import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.GenerationStream;
import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.sampling.SamplingParams;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

@Timeout(60)
class SyntheticModelTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @EnumSource
    void everyTypeIsAModelThatRuns(FileType type) throws Exception {
        Path file = write(SyntheticModel.named("tiny:" + type), "model.gguf");
        try (LoadedModel model = Engine.load(file, EngineOptions.DEFAULT.withThreads(1))) {
            assertThat(model.description().name()).isEqualTo("synthetic tiny:" + type);
            assertThat(model.description().parameterCount()).isEqualTo(1_312_000);
            assertThat(model.tokenizer().vocabulary().size()).isEqualTo(512);
            // Would fail if logits were not finite.
            assertThat(end(model)).isInstanceOf(GenerationEvent.Finished.class);
        }
    }

    private static GenerationEvent end(LoadedModel model) throws InterruptedException {
        GenerationRequest request =
                new GenerationRequest(
                        new int[] {1, 2, 300}, 3, 0, Set.of(), 1, SamplingParams.GREEDY, -1, false);
        try (GenerationStream stream = model.backend().submit(request)) {
            while (true) {
                GenerationEvent event = stream.next();
                if (event instanceof GenerationEvent.Finished
                        || event instanceof GenerationEvent.Failed) {
                    return event;
                }
            }
        }
    }

    @Test
    void theSameModelIsTheSameFile() throws IOException {
        Path first = write(SyntheticModel.named("tiny:Q4_K_M"), "first.gguf");
        Path second = write(SyntheticModel.named("tiny:q4_k_m"), "second.gguf");
        assertThat(first).hasSameBinaryContentAs(second);
    }

    @Test
    void theVocabularyCanBeAnother() throws IOException {
        Path file = write(SyntheticModel.named("tiny:F16").withVocabulary(258), "small.gguf");
        try (GgufFile gguf = GgufFile.open(file)) {
            assertThat(gguf.metadata().strings("tokenizer.ggml.tokens")).hasSize(258);
            assertThat(gguf.findTensor("token_embd.weight").orElseThrow().dimensions())
                    .containsExactly(256L, 258L);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "llama-1b | a shape and a type are needed, such as llama-1b:Q4_0, got 'llama-1b'",
                "llama:Q4_0 | there is no shape 'llama'; there are llama-1b, qwen3-0.6b, tiny",
                "tiny:Q3_K | there is no type 'Q3_K'; there are F32, F16, Q4_0, Q8_0, Q4_K_M",
            })
    void aModelThereIsNotIsRefused(String name, String message) {
        assertThatThrownBy(() -> SyntheticModel.named(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void aVocabularyWithoutAllBytesIsRefused() {
        SyntheticModel model = SyntheticModel.named("tiny:F32");
        assertThatThrownBy(() -> model.withVocabulary(257))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the vocabulary must have 258 to 1048576 tokens, got 257");
    }

    private Path write(SyntheticModel model, String name) throws IOException {
        Path file = folder.resolve(name);
        model.write(file);
        return file;
    }
}
