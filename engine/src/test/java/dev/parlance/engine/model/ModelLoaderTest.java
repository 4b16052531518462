package dev.parlance.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.GgufFormatException;
import dev.parlance.engine.gguf.GgufTensorInfo;
import dev.parlance.engine.gguf.UnsupportedModelException;
import dev.parlance.engine.kernel.KernelPool;
import dev.parlance.engine.kernel.ScalarKernels;
import dev.parlance.engine.model.TinyModel.Shape;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class ModelLoaderTest {
    private static final Shape SHAPE = new Shape(2, 16, 4, 2, 8, 24, 40);

    @TempDir private Path folder;
    private final KernelPool pool = new KernelPool(1);

    @AfterEach
    void stopThreads() {
        pool.close();
    }

    private static TinyModel llama() {
        return TinyModel.of("llama", SHAPE);
    }

    private LanguageModel load(TinyModel model) {
        try (GgufFile file = model.open(folder)) {
            return ModelLoader.load(file, new ScalarKernels(pool));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertDamaged(TinyModel model, String message) {
        assertThatThrownBy(() -> load(model))
                .isInstanceOf(GgufFormatException.class)
                .hasMessage("tiny.gguf: " + message);
    }

    private void assertUnsupported(TinyModel model, String message) {
        assertThatThrownBy(() -> load(model))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessage("tiny.gguf: " + message);
    }

    @Test
    void allBytesAreReadInTheEndWhetherOrNotTheHeadIsTheEmbedding() throws IOException {
        for (TinyModel model : List.of(llama(), llama().untied())) {
            try (GgufFile file = model.open(folder)) {
                List<Long> read = new ArrayList<>();
                ModelLoader.load(file, new ScalarKernels(pool), read::add);
                assertThat(read).isSorted().doesNotHaveDuplicates();
                assertThat(read.getLast())
                        .isEqualTo(
                                file.tensors().values().stream()
                                        .mapToLong(GgufTensorInfo::sizeBytes)
                                        .sum());
            }
        }
    }

    @Test
    void knowsTheFamilies() {
        assertThat(ModelLoader.knownArchitectures())
                .containsExactly(
                        "llama",
                        "mistral3",
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
                        "starcoder2");
    }

    @Test
    void readsTheTrainedContextBeforeLoading() throws IOException {
        try (GgufFile file = llama().open(folder)) {
            assertThat(ModelLoader.trainedContextLength(file)).isEqualTo(1024);
        }
    }

    @Test
    void anUnknownFamilyIsRefusedWithTheKnownOnes() {
        assertUnsupported(
                TinyModel.of("llama9", SHAPE),
                "the model family 'llama9' (general.architecture) is not known; known are llama,"
                        + " mistral3, qwen2, qwen3, qwen3moe, gemma2, gemma3, phi3, granite, olmo2,"
                        + " smollm3, gpt2, starcoder2");
    }

    @Test
    void aVocabularyAloneCannotBeLoaded() throws IOException {
        TinyModel model = llama().untied();
        for (String name : model.names()) {
            model.without(name);
        }
        assertUnsupported(
                model, "the file has a vocabulary but no weights; only its tokenizer can be used");
    }

    @Test
    void aMissingTensorIsNamed() {
        assertDamaged(
                llama().without("blk.1.ffn_up.weight"), "tensor 'blk.1.ffn_up.weight' is missing");
        assertDamaged(
                llama().without("output_norm.weight"), "tensor 'output_norm.weight' is missing");
        assertDamaged(
                llama().without("token_embd.weight"), "tensor 'token_embd.weight' is missing");
    }

    @Test
    void aTensorOfAnotherShapeIsNamedWithBothShapes() {
        assertDamaged(
                llama().tensor("blk.0.attn_k.weight", 16, 32),
                "tensor 'blk.0.attn_k.weight' has the shape 16 x 32; it must be 16 x 16");
        assertDamaged(
                llama().tensor("blk.0.attn_norm.weight", 17),
                "tensor 'blk.0.attn_norm.weight' has the shape 17; it must be 16");
        assertDamaged(
                llama().tensor("token_embd.weight", 16),
                "tensor 'token_embd.weight' has the shape 16; it must be a matrix");
        assertDamaged(
                llama().tensor("output.weight", 16, 41),
                "tensor 'output.weight' has the shape 16 x 41; it must be 16 x 40");
        assertDamaged(
                llama().integer("vocab_size", 39),
                "tensor 'token_embd.weight' has the shape 16 x 40; it must be 16 x 39");
        assertDamaged(
                llama().experts(3, 2, 24).tensor("blk.0.ffn_up_exps.weight", 16, 24, 2),
                "tensor 'blk.0.ffn_up_exps.weight' has the shape 16 x 24 x 2; it must be"
                        + " 16 x 24 x 3");
    }

    @Test
    void trailingDimensionsOfOneAreNoOtherShape() {
        assertThat(load(llama().tensor("output_norm.weight", 16, 1)).vocabularySize())
                .isEqualTo(40);
    }

    @Test
    void aTensorThatHasNoPlaceIsNamed() {
        assertDamaged(
                llama().tensor("blk.2.attn_norm.weight", 16).tensor("blk.2.ffn_norm.weight", 16),
                "tensor 'blk.2.attn_norm.weight' has no place in this family, nor have 1 others; is"
                        + " the file of another family or version?");
        assertDamaged(
                llama().queryKeyNorms(8, 8)
                        .without("attn_k_norm.weight", "blk.1.attn_q_norm.weight"),
                "tensor 'blk.0.attn_q_norm.weight' has no place in this family; is the file of"
                        + " another family or version?");
    }

    @Test
    void gpt2NeedsItsBiasesAndPositions() {
        TinyModel bare = TinyModel.of("gpt2", SHAPE).layerNorms().plainFeedForward();
        assertDamaged(
                bare.tensor("position_embd.weight", 16, TinyModel.CONTEXT_LENGTH),
                "tensor 'blk.0.attn_q.bias' is missing");
        assertDamaged(
                TinyModel.of("gpt2", SHAPE).layerNorms(),
                "tensor 'position_embd.weight' is missing");
    }

    @Test
    void longRopeNeedsItsFactors() {
        assertDamaged(
                TinyModel.of("phi3", SHAPE).text("rope.scaling.type", "longrope"),
                "tensor 'rope_factors_long.weight' is missing");
    }

    @Test
    void aWeightTypeThatIsNotComputedWithIsRefused() throws IOException {
        try (GgufFile file =
                llama().stored("output_norm.weight", GgmlType.F64, 8 * 16).open(folder)) {
            assertThatThrownBy(() -> ModelLoader.load(file, new ScalarKernels(pool)))
                    .isInstanceOf(UnsupportedModelException.class)
                    .hasMessageContaining("output_norm.weight")
                    .hasMessageContaining("F64");
        }
    }
}
