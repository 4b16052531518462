package dev.parlance.app.synthetic;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The hyperparameters of a decoder whose output head is its token embedding.
 *
 * @param name what people call it here
 * @param family the architecture, as GGUF writes it
 * @param preTokenizer as GGUF writes it
 * @param queryKeyNorms whether queries and keys are normalised per head
 */
record ModelShape(
        String name,
        String family,
        String preTokenizer,
        int layers,
        int width,
        int heads,
        int kvHeads,
        int headLength,
        int feedForward,
        int vocabulary,
        int contextLength,
        double ropeFrequencyBase,
        double normEpsilon,
        boolean queryKeyNorms) {

    /** Bytes as tokens, and the tokens that begin and end a text. */
    static final int MIN_VOCABULARY = ByteVocabulary.MIN_SIZE;

    /** Beyond any model's, and still quickly written. */
    static final int MAX_VOCABULARY = 1 << 20;

    /** Llama-3.2-1B, as its config.json has it. */
    private static final ModelShape LLAMA_1B =
            new ModelShape(
                    "llama-1b",
                    "llama",
                    "llama-bpe",
                    16,
                    2048,
                    32,
                    8,
                    64,
                    8192,
                    128256,
                    131072,
                    500_000,
                    1e-5,
                    false);

    /** Qwen3-0.6B, as its config.json has it. */
    private static final ModelShape QWEN3_06B =
            new ModelShape(
                    "qwen3-0.6b",
                    "qwen3",
                    "qwen2",
                    28,
                    1024,
                    16,
                    8,
                    128,
                    3072,
                    151936,
                    40960,
                    1_000_000,
                    1e-6,
                    true);

    /** As small as blocks of 256 weights allow: for tests. */
    private static final ModelShape TINY =
            new ModelShape(
                    "tiny",
                    "llama",
                    "llama-bpe",
                    2,
                    256,
                    4,
                    2,
                    64,
                    512,
                    512,
                    4096,
                    10_000,
                    1e-5,
                    false);

    private static final List<ModelShape> ALL = List.of(LLAMA_1B, QWEN3_06B, TINY);

    ModelShape {
        if (vocabulary < MIN_VOCABULARY || vocabulary > MAX_VOCABULARY) {
            throw new IllegalArgumentException(
                    "the vocabulary must have "
                            + MIN_VOCABULARY
                            + " to "
                            + MAX_VOCABULARY
                            + " tokens, got "
                            + vocabulary);
        }
    }

    static ModelShape named(String name) {
        return ALL.stream()
                .filter(shape -> shape.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "there is no shape '" + name + "'; there are " + names()));
    }

    static String names() {
        return ALL.stream().map(ModelShape::name).collect(Collectors.joining(", "));
    }

    ModelShape withVocabulary(int tokens) {
        return new ModelShape(
                name,
                family,
                preTokenizer,
                layers,
                width,
                heads,
                kvHeads,
                headLength,
                feedForward,
                tokens,
                contextLength,
                ropeFrequencyBase,
                normEpsilon,
                queryKeyNorms);
    }

    /** All tensors in the order of a converted file. */
    Stream<ModelTensor> tensors() {
        return Stream.of(
                        Stream.of(
                                ModelTensor.embedding(this),
                                ModelTensor.norm("output_norm", width)),
                        Stream.iterate(0, layer -> layer < layers, layer -> layer + 1)
                                .flatMap(this::layer))
                .flatMap(part -> part);
    }

    private Stream<ModelTensor> layer(int layer) {
        String prefix = "blk." + layer + ".";
        Stream<ModelTensor> norms =
                Stream.of(
                        ModelTensor.norm(prefix + "attn_norm", width),
                        ModelTensor.norm(prefix + "ffn_norm", width));
        Stream<ModelTensor> headNorms =
                queryKeyNorms
                        ? Stream.of(
                                ModelTensor.norm(prefix + "attn_q_norm", headLength),
                                ModelTensor.norm(prefix + "attn_k_norm", headLength))
                        : Stream.of();
        Stream<ModelTensor> matrices =
                Stream.of(
                        matrix(prefix + "attn_q", layer, width, heads * headLength),
                        matrix(prefix + "attn_k", layer, width, kvHeads * headLength),
                        precise(prefix + "attn_v", layer, width, kvHeads * headLength),
                        matrix(prefix + "attn_output", layer, heads * headLength, width),
                        matrix(prefix + "ffn_gate", layer, width, feedForward),
                        matrix(prefix + "ffn_up", layer, width, feedForward),
                        precise(prefix + "ffn_down", layer, feedForward, width));
        return Stream.of(norms, headNorms, matrices).flatMap(part -> part);
    }

    private static ModelTensor matrix(String name, int layer, int cols, int rows) {
        return ModelTensor.matrix(name, ModelTensor.Role.MATRIX, layer, cols, rows);
    }

    private static ModelTensor precise(String name, int layer, int cols, int rows) {
        return ModelTensor.matrix(name, ModelTensor.Role.PRECISE_MATRIX, layer, cols, rows);
    }
}
