package dev.parlance.app.synthetic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.gguf.GgmlType;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

class FileTypeTest {
    /** Layers of Q6_K in Llama-3.2-1B files that llama.cpp quantised to Q4_K_M. */
    private static final List<Integer> PRECISE_LAYERS = List.of(0, 1, 4, 7, 10, 13, 14, 15);

    @Test
    void q4KMStoresHalfTheValueAndDownMatricesInQ6K() {
        ModelShape shape = ModelShape.named("llama-1b");
        for (String matrix : List.of("attn_v", "ffn_down")) {
            assertThat(
                            shape.tensors()
                                    .filter(tensor -> tensor.name().contains(matrix))
                                    .filter(tensor ->
                                            FileType.Q4_K_M.of(tensor, shape.layers())
                                                    == GgmlType.Q6_K)
                                    .map(ModelTensor::layer))
                    .as(matrix)
                    .isEqualTo(PRECISE_LAYERS);
        }
        assertThat(types(shape, FileType.Q4_K_M))
                .containsEntry("token_embd.weight", GgmlType.Q6_K)
                .containsEntry("output_norm.weight", GgmlType.F32)
                .containsEntry("blk.0.attn_q.weight", GgmlType.Q4_K)
                .containsEntry("blk.2.attn_v.weight", GgmlType.Q4_K);
    }

    @Test
    void theEmbeddingThatIsTheHeadTooIsQ6KInFourBitFiles() {
        ModelShape shape = ModelShape.named("qwen3-0.6b");
        assertThat(types(shape, FileType.Q4_0))
                .containsEntry("token_embd.weight", GgmlType.Q6_K)
                .containsEntry("blk.27.ffn_down.weight", GgmlType.Q4_0)
                .containsEntry("blk.27.attn_q_norm.weight", GgmlType.F32);
        assertThat(types(shape, FileType.Q8_0)).containsEntry("token_embd.weight", GgmlType.Q8_0);
    }

    @Test
    void shapesHaveTheParametersOfTheModelsTheyAreOf() {
        assertThat(parameters("llama-1b")).isEqualTo(1_235_814_400);
        assertThat(parameters("qwen3-0.6b")).isEqualTo(596_049_920);
    }

    private static long parameters(String shape) {
        return ModelShape.named(shape).tensors().mapToLong(ModelTensor::valueCount).sum();
    }

    private static Map<String, GgmlType> types(ModelShape shape, FileType type) {
        return shape.tensors()
                .collect(
                        Collectors.toMap(
                                ModelTensor::name, tensor -> type.of(tensor, shape.layers())));
    }
}
