package dev.parlance.app.synthetic;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.gguf.GgufFileWriter;
import dev.parlance.engine.gguf.GgufValue;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A model of random weights: a known shape and how its weights are stored. The same one is always
 * the same file, byte for byte.
 *
 * <p>llama.cpp loads the files too.
 */
public final class SyntheticModel {
    /** The shapes and types there are, for help texts. */
    public static final String WHAT_THERE_IS =
            "Shapes: llama-1b (Llama-3.2-1B), qwen3-0.6b (Qwen3-0.6B), tiny. Types: F32, F16, Q8_0,"
                    + " Q4_0, Q4_K_M.";

    private static final long SEED = 20_250_101;
    private static final long QUANTIZATION_VERSION = 2;

    private final ModelShape shape;
    private final FileType type;

    private SyntheticModel(ModelShape shape, FileType type) {
        this.shape = shape;
        this.type = type;
    }

    /**
     * The model of that name, such as {@code llama-1b:Q4_0}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static SyntheticModel named(String name) {
        String[] parts = name.split(":", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException(
                    "a shape and a type are needed, such as llama-1b:Q4_0, got '" + name + "'");
        }
        return new SyntheticModel(ModelShape.named(parts[0]), FileType.named(parts[1]));
    }

    /**
     * The same with another number of tokens.
     *
     * @throws IllegalArgumentException if there are too few for all bytes, or a million
     */
    public SyntheticModel withVocabulary(int tokens) {
        return new SyntheticModel(shape.withVocabulary(tokens), type);
    }

    /** What people call it: {@code llama-1b:Q4_0}. */
    public String name() {
        return shape.name() + ":" + type;
    }

    /**
     * Writes the GGUF file, over what is there.
     *
     * <p>Cost: a second or two per GB, and little memory.
     */
    public void write(Path path) throws IOException {
        GgufFileWriter writer = new GgufFileWriter();
        describe(writer);
        describeVocabulary(writer);
        RandomBlocks blocks = new RandomBlocks(SEED);
        shape.tensors().forEach(tensor -> add(writer, tensor, blocks));
        writer.write(path);
    }

    private void describe(GgufFileWriter writer) {
        String family = shape.family() + ".";
        writer.put("general.architecture", shape.family())
                .put("general.name", "synthetic " + name())
                .put("general.file_type", type.id())
                .put("general.quantization_version", QUANTIZATION_VERSION)
                .put(family + "context_length", shape.contextLength())
                .put(family + "embedding_length", shape.width())
                .put(family + "block_count", shape.layers())
                .put(family + "feed_forward_length", shape.feedForward())
                .put(family + "attention.head_count", shape.heads())
                .put(family + "attention.head_count_kv", shape.kvHeads())
                .put(family + "attention.key_length", shape.headLength())
                .put(family + "attention.value_length", shape.headLength())
                .put(family + "attention.layer_norm_rms_epsilon", shape.normEpsilon())
                .put(family + "rope.dimension_count", shape.headLength())
                .put(family + "rope.freq_base", shape.ropeFrequencyBase())
                .put(family + "vocab_size", shape.vocabulary());
    }

    private void describeVocabulary(GgufFileWriter writer) {
        ByteVocabulary vocabulary = new ByteVocabulary(shape.vocabulary());
        writer.put("tokenizer.ggml.model", "gpt2")
                .put("tokenizer.ggml.pre", shape.preTokenizer())
                .put("tokenizer.ggml.tokens", new GgufValue.TextArray(vocabulary.tokens()))
                .put("tokenizer.ggml.token_type", new GgufValue.IntArray(vocabulary.kinds()))
                .put("tokenizer.ggml.merges", new GgufValue.TextArray(vocabulary.merges()))
                .put("tokenizer.ggml.bos_token_id", vocabulary.beginId())
                .put("tokenizer.ggml.eos_token_id", vocabulary.endId())
                .put("tokenizer.ggml.add_bos_token", false);
    }

    private void add(GgufFileWriter writer, ModelTensor tensor, RandomBlocks blocks) {
        GgmlType stored = type.of(tensor, shape.layers());
        // A matrix keeps the length of what it multiplies; a norm is near any constant.
        double spread =
                switch (tensor.role()) {
                    case NORM, EMBEDDING -> 1;
                    case MATRIX, PRECISE_MATRIX -> 1 / Math.sqrt(tensor.cols());
                };
        writer.tensor(
                tensor.name(),
                stored,
                tensor.dimensions(),
                out -> blocks.write(out, stored, tensor.valueCount(), spread));
    }
}
