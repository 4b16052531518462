package dev.parlance.engine.model;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.GgufWriter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Builds a small random model file for a test: starts as a plain decoder with RMS norms before and
 * a gated feed-forward part, and is bent into a family from there.
 */
final class TinyModel {
    record Shape(
            int layers,
            int width,
            int heads,
            int kvHeads,
            int headLength,
            int feedForward,
            int vocabulary) {
        int query() {
            return heads * headLength;
        }

        int key() {
            return kvHeads * headLength;
        }
    }

    static final int CONTEXT_LENGTH = 1024;
    static final float EPSILON = 1e-5f;

    private record Tensor(float[] values, long[] dimensions) {}

    private final String family;
    private final Shape shape;
    private final Random random;
    private final GgufWriter metadata = new GgufWriter();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    private TinyModel(String family, Shape shape, long seed) {
        this.family = family;
        this.shape = shape;
        this.random = new Random(seed);
    }

    static TinyModel of(String family, Shape shape) {
        TinyModel model = new TinyModel(family, shape, family.hashCode());
        model.metadata.text("general.architecture", family);
        model.integer("context_length", CONTEXT_LENGTH)
                .integer("embedding_length", shape.width())
                .integer("block_count", shape.layers())
                .integer("feed_forward_length", shape.feedForward())
                .integer("attention.head_count", shape.heads())
                .integer("attention.head_count_kv", shape.kvHeads())
                .integer("attention.key_length", shape.headLength())
                .integer("attention.value_length", shape.headLength())
                .real("attention.layer_norm_rms_epsilon", EPSILON);
        model.tensor("token_embd.weight", shape.width(), shape.vocabulary());
        model.eachLayer("attn_norm.weight", shape.width())
                .eachLayer("attn_q.weight", shape.width(), shape.query())
                .eachLayer("attn_k.weight", shape.width(), shape.key())
                .eachLayer("attn_v.weight", shape.width(), shape.key())
                .eachLayer("attn_output.weight", shape.query(), shape.width())
                .eachLayer("ffn_norm.weight", shape.width())
                .eachLayer("ffn_gate.weight", shape.width(), shape.feedForward())
                .eachLayer("ffn_up.weight", shape.width(), shape.feedForward())
                .eachLayer("ffn_down.weight", shape.feedForward(), shape.width());
        return model.tensor("output_norm.weight", shape.width());
    }

    Shape shape() {
        return shape;
    }

    String family() {
        return family;
    }

    TinyModel integer(String key, long value) {
        metadata.integer(family + "." + key, value);
        return this;
    }

    TinyModel real(String key, double value) {
        metadata.real(family + "." + key, value);
        return this;
    }

    TinyModel text(String key, String value) {
        metadata.text(family + "." + key, value);
        return this;
    }

    TinyModel flag(String key, boolean value) {
        metadata.flag(family + "." + key, value);
        return this;
    }

    TinyModel flags(String key, List<Boolean> values) {
        metadata.pair(
                family + "." + key,
                GgufWriter.Kind.ARRAY,
                new GgufWriter.Elements(GgufWriter.Kind.BOOL, values));
        return this;
    }

    TinyModel integers(String key, int... values) {
        metadata.integers(family + "." + key, values);
        return this;
    }

    /** A random tensor; one-dimensional weights are norms and lie around 1. */
    TinyModel tensor(String name, long... dimensions) {
        float[] values = new float[(int) Arrays.stream(dimensions).reduce(1, (a, b) -> a * b)];
        boolean norm = dimensions.length == 1 && name.endsWith(".weight");
        double spread = dimensions.length == 1 ? 0.2 : 1.5 / Math.sqrt(dimensions[0]);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((norm ? 1 : 0) + spread * random.nextGaussian());
        }
        return tensor(name, values, dimensions);
    }

    TinyModel tensor(String name, float[] values, long... dimensions) {
        tensors.put(name, new Tensor(values, dimensions));
        return this;
    }

    /** The same tensor, with other values, in each layer. */
    TinyModel eachLayer(String name, long... dimensions) {
        for (int layer = 0; layer < shape.layers(); layer++) {
            tensor("blk." + layer + "." + name, dimensions);
        }
        return this;
    }

    TinyModel without(String... names) {
        for (String name : names) {
            tensors.remove(name);
            for (int layer = 0; layer < shape.layers(); layer++) {
                tensors.remove("blk." + layer + "." + name);
            }
        }
        return this;
    }

    TinyModel untied() {
        return tensor("output.weight", shape.width(), shape.vocabulary());
    }

    TinyModel attentionBiases() {
        return eachLayer("attn_q.bias", shape.query())
                .eachLayer("attn_k.bias", shape.key())
                .eachLayer("attn_v.bias", shape.key());
    }

    TinyModel outputBiases() {
        return eachLayer("attn_output.bias", shape.width())
                .eachLayer("ffn_up.bias", shape.feedForward())
                .eachLayer("ffn_down.bias", shape.width());
    }

    TinyModel queryKeyNorms(int queryLength, int keyLength) {
        return eachLayer("attn_q_norm.weight", queryLength)
                .eachLayer("attn_k_norm.weight", keyLength);
    }

    TinyModel normsAfter() {
        return eachLayer("post_attention_norm.weight", shape.width())
                .eachLayer("post_ffw_norm.weight", shape.width());
    }

    TinyModel layerNorms() {
        return eachLayer("attn_norm.bias", shape.width())
                .eachLayer("ffn_norm.bias", shape.width())
                .tensor("output_norm.bias", shape.width())
                .real("attention.layer_norm_epsilon", EPSILON);
    }

    TinyModel plainFeedForward() {
        return without("ffn_gate.weight");
    }

    TinyModel experts(int count, int used, int length) {
        return without("ffn_gate.weight", "ffn_up.weight", "ffn_down.weight")
                .integer("expert_count", count)
                .integer("expert_used_count", used)
                .eachLayer("ffn_gate_inp.weight", shape.width(), count)
                .eachLayer("ffn_gate_exps.weight", shape.width(), length, count)
                .eachLayer("ffn_up_exps.weight", shape.width(), length, count)
                .eachLayer("ffn_down_exps.weight", length, shape.width(), count);
    }

    /** Puts tensors of each layer one above the other into a new one. */
    TinyModel fuse(String fused, String... parts) {
        for (int layer = 0; layer < shape.layers(); layer++) {
            List<Float> values = new ArrayList<>();
            long rows = 0;
            long cols = 0;
            boolean matrix = fused.endsWith(".weight");
            for (String part : parts) {
                Tensor tensor = remove("blk." + layer + "." + part);
                for (float value : tensor.values()) {
                    values.add(value);
                }
                cols = tensor.dimensions()[0];
                rows += matrix ? tensor.dimensions()[1] : tensor.dimensions()[0];
            }
            float[] all = new float[values.size()];
            for (int i = 0; i < all.length; i++) {
                all[i] = values.get(i);
            }
            long[] dimensions = matrix ? new long[] {cols, rows} : new long[] {rows};
            tensor("blk." + layer + "." + fused, all, dimensions);
        }
        return this;
    }

    /** Splits the experts' common tensors into one for each, as files of 2023 have it. */
    TinyModel splitExperts() {
        for (String name : List.copyOf(tensors.keySet())) {
            if (name.endsWith("_exps.weight")) {
                Tensor all = remove(name);
                int count = (int) all.dimensions()[2];
                int each = all.values().length / count;
                for (int i = 0; i < count; i++) {
                    tensor(
                            name.replace("_exps.", "." + i + "."),
                            Arrays.copyOfRange(all.values(), i * each, (i + 1) * each),
                            all.dimensions()[0],
                            all.dimensions()[1]);
                }
            }
        }
        return this;
    }

    private Tensor remove(String name) {
        return Objects.requireNonNull(tensors.remove(name), name);
    }

    List<String> names() {
        return List.copyOf(tensors.keySet());
    }

    boolean has(String name) {
        return tensors.containsKey(name);
    }

    float[] values(String name) {
        return Objects.requireNonNull(tensors.get(name), name).values();
    }

    /** Replaces a vector by zeros of another type. */
    TinyModel stored(String name, GgmlType type, int bytes) {
        long[] dimensions = remove(name).dimensions();
        metadata.tensor(name, type, new byte[bytes], dimensions);
        return this;
    }

    /** Writes the file and opens it. */
    GgufFile open(Path folder) throws IOException {
        GgufWriter writer = metadata;
        tensors.forEach(
                (name, tensor) -> writer.tensor(name, tensor.values(), tensor.dimensions()));
        return GgufFile.open(writer.write(folder.resolve("tiny.gguf")));
    }

    @Override
    public String toString() {
        return family
                + tensors.keySet().stream()
                        .filter(name -> name.startsWith("blk.0."))
                        .map(name -> name.substring(6))
                        .collect(Collectors.joining(" ", " [", "]"));
    }
}
