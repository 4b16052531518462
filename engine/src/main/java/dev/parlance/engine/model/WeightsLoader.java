package dev.parlance.engine.model;

import dev.parlance.engine.gguf.GgufFormatException;
import dev.parlance.engine.kernel.MatrixKernel;
import dev.parlance.engine.model.ArchitectureSpec.NormPlacement;
import dev.parlance.engine.model.ArchitectureSpec.PositionEncoding;
import dev.parlance.engine.tensor.Matrix;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Builds a model's weights out of a file's tensors, as its family and hyperparameters ask for them.
 *
 * <p>Fused tensors become slices of their rows here, so that the forward pass never meets one.
 * Source: the tensor names of llama.cpp's llama-arch.cpp.
 */
final class WeightsLoader {
    private static final String TOKEN_EMBEDDING = "token_embd";
    private static final String POSITION_EMBEDDING = "position_embd";
    private static final String OUTPUT_NORM = "output_norm";
    private static final String OUTPUT_HEAD = "output";
    private static final String ROPE_FACTORS = "rope_freqs";
    private static final String ROPE_FACTORS_LONG = "rope_factors_long";
    private static final String ROPE_FACTORS_SHORT = "rope_factors_short";
    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";

    private final ArchitectureSpec spec;
    private final ModelConfig config;
    private final TensorReader tensors;
    private final @Nullable Rope rope;
    private final @Nullable Rope localRope;

    WeightsLoader(ArchitectureSpec spec, ModelConfig config, TensorReader tensors) {
        this.spec = spec;
        this.config = config;
        this.tensors = tensors;
        this.rope = spec.isRotary() ? globalRope() : null;
        this.localRope = localRope();
    }

    /**
     * @throws GgufFormatException if a tensor is missing, of another shape, or too many
     */
    Weights load() {
        int vocabularySize =
                config.vocabularySize() == 0
                        ? tensors.rowCount(TOKEN_EMBEDDING + WEIGHT)
                        : config.vocabularySize();
        int width = config.embeddingLength();
        boolean tied = !tensors.has(OUTPUT_HEAD + WEIGHT);
        Matrix tokenEmbedding =
                tied
                        ? tensors.stored(TOKEN_EMBEDDING + WEIGHT, vocabularySize, width)
                        : tensors.lookedUp(TOKEN_EMBEDDING + WEIGHT, vocabularySize, width);
        Matrix positionEmbedding =
                spec.positionEncoding() == PositionEncoding.LEARNED
                        ? tensors.lookedUp(
                                POSITION_EMBEDDING + WEIGHT, config.contextLength(), width)
                        : null;
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < config.layerCount(); i++) {
            layers.add(layer(i));
        }
        Norm outputNorm = norm(OUTPUT_NORM, width);
        String headName = tied ? TOKEN_EMBEDDING : OUTPUT_HEAD;
        MatrixKernel head = tensors.matrix(headName + WEIGHT, vocabularySize, width);
        Linear outputHead = new Linear(head, optionalVector(OUTPUT_HEAD + BIAS, vocabularySize));
        tensors.requireAllUsed();
        List<Rope> ropes = new ArrayList<>();
        for (Rope each : Arrays.asList(rope, localRope)) {
            if (each != null && !ropes.contains(each)) {
                ropes.add(each);
            }
        }
        return new Weights(
                tokenEmbedding, positionEmbedding, ropes, layers, outputNorm, outputHead);
    }

    private Layer layer(int index) {
        String name = "blk." + index + ".";
        int width = config.embeddingLength();
        boolean before = spec.normPlacement() != NormPlacement.AFTER;
        boolean after = spec.normPlacement() != NormPlacement.BEFORE;
        List<Linear> heads = heads(name);
        int window = config.windows()[index];
        return new Layer(
                normIf(before, name + "attn_norm", width),
                heads.get(0),
                heads.get(1),
                heads.get(2),
                queryKeyNorm(name + "attn_q_norm", config.queryLength()),
                queryKeyNorm(name + "attn_k_norm", config.keyLength()),
                config.rotated()[index] ? (window > 0 ? localRope : rope) : null,
                window,
                linear(name + "attn_output", width, config.queryLength()),
                normIf(after, name + "post_attention_norm", width),
                normIf(before, name + "ffn_norm", width),
                config.experts().count() > 0 ? mixture(name) : dense(name),
                normIf(after, name + "post_ffw_norm", width));
    }

    /** Query, key and value; some files have them in one tensor. */
    private List<Linear> heads(String name) {
        int width = config.embeddingLength();
        int queryLength = config.queryLength();
        int keyLength = config.keyLength();
        if (tensors.has(name + "attn_qkv" + WEIGHT)) {
            return stackedLinears(
                    name + "attn_qkv", List.of(queryLength, keyLength, keyLength), width);
        }
        return List.of(
                linear(name + "attn_q", queryLength, width),
                linear(name + "attn_k", keyLength, width),
                linear(name + "attn_v", keyLength, width));
    }

    private FeedForward dense(String name) {
        int width = config.embeddingLength();
        int length = config.feedForwardLength();
        Linear down = linear(name + "ffn_down", width, length);
        if (!spec.activation().isGated()) {
            return new FeedForward.Plain(linear(name + "ffn_up", length, width), down);
        }
        List<Linear> gateAndUp =
                spec.fusedGateUp()
                        ? stackedLinears(name + "ffn_up", List.of(length, length), width)
                        : List.of(
                                linear(name + "ffn_gate", length, width),
                                linear(name + "ffn_up", length, width));
        return new FeedForward.Gated(gateAndUp.get(0), gateAndUp.get(1), down, spec.activation());
    }

    private FeedForward mixture(String name) {
        int width = config.embeddingLength();
        int length = config.experts().feedForwardLength();
        int count = config.experts().count();
        List<MatrixKernel> gates = expertMatrices(name + "ffn_gate", count, length, width);
        List<MatrixKernel> ups = expertMatrices(name + "ffn_up", count, length, width);
        List<MatrixKernel> downs = expertMatrices(name + "ffn_down", count, width, length);
        List<FeedForward.Gated> experts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            experts.add(
                    new FeedForward.Gated(
                            unbiased(gates.get(i)),
                            unbiased(ups.get(i)),
                            unbiased(downs.get(i)),
                            spec.activation()));
        }
        Linear router = unbiased(tensors.matrix(name + "ffn_gate_inp" + WEIGHT, count, width));
        return new FeedForward.Mixture(router, experts, config.experts());
    }

    /** One tensor for all experts, or one each, as files of 2023 have it. */
    private List<MatrixKernel> expertMatrices(String name, int count, int rows, int cols) {
        if (tensors.has(name + "_exps" + WEIGHT) || !tensors.has(name + ".0" + WEIGHT)) {
            return tensors.matrices(name + "_exps" + WEIGHT, count, rows, cols);
        }
        List<MatrixKernel> matrices = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            matrices.add(tensors.matrix(name + "." + i + WEIGHT, rows, cols));
        }
        return matrices;
    }

    private Linear linear(String name, int rows, int cols) {
        return new Linear(tensors.matrix(name + WEIGHT, rows, cols), bias(name, rows));
    }

    private List<Linear> stackedLinears(String name, List<Integer> rowCounts, int cols) {
        List<MatrixKernel> matrices = tensors.stackedMatrices(name + WEIGHT, rowCounts, cols);
        float[] bias = bias(name, rowCounts.stream().mapToInt(Integer::intValue).sum());
        List<Linear> linears = new ArrayList<>();
        int first = 0;
        for (int i = 0; i < rowCounts.size(); i++) {
            int end = first + rowCounts.get(i);
            linears.add(
                    new Linear(
                            matrices.get(i),
                            bias.length == 0 ? bias : Arrays.copyOfRange(bias, first, end)));
            first = end;
        }
        return linears;
    }

    private static Linear unbiased(MatrixKernel matrix) {
        return new Linear(matrix, new float[0]);
    }

    private float[] bias(String name, int length) {
        return spec.biasesRequired()
                ? tensors.vector(name + BIAS, length)
                : optionalVector(name + BIAS, length);
    }

    private float[] optionalVector(String name, int length) {
        return tensors.has(name) ? tensors.vector(name, length) : new float[0];
    }

    private Norm queryKeyNorm(String name, int length) {
        return switch (spec.queryKeyNorm()) {
            case NONE -> new Norm.Absent();
            case PER_HEAD -> norm(name, config.headLength());
            case ALL_HEADS -> norm(name, length);
        };
    }

    private Norm normIf(boolean present, String name, int length) {
        return present ? norm(name, length) : new Norm.Absent();
    }

    private Norm norm(String name, int length) {
        float[] weight = tensors.vector(name + WEIGHT, length);
        return switch (spec.normKind()) {
            case RMS_NORM -> new Norm.Rms(weight, config.normEpsilon());
            case LAYER_NORM ->
                    new Norm.Layer(
                            weight, tensors.vector(name + BIAS, length), config.normEpsilon());
        };
    }

    private Rope globalRope() {
        RopeConfig settings = config.rope();
        return rope(
                settings.frequencyBase(), settings.scaling(), ropeFactors(), settings.magnitude());
    }

    /** The rotation of windowed layers, which is often that of all layers. */
    private @Nullable Rope localRope() {
        RopeConfig settings = config.rope();
        boolean scaled = spec.windows().scalesLocalRope();
        if (rope == null || (scaled && settings.localFrequencyBase() == settings.frequencyBase())) {
            return rope;
        }
        return scaled
                ? rope(
                        settings.localFrequencyBase(),
                        settings.scaling(),
                        ropeFactors(),
                        settings.magnitude())
                : rope(
                        settings.localFrequencyBase(),
                        new RopeScaling.None(),
                        RopeFactors.same(ones(settings.dimensionCount() / 2)),
                        1);
    }

    private Rope rope(double base, RopeScaling scaling, RopeFactors factors, float magnitude) {
        RopeConfig settings = config.rope();
        return new Rope(
                spec.positionEncoding(),
                RopeFrequencies.of(settings, base, scaling, factors.near()),
                RopeFrequencies.of(settings, base, scaling, factors.far()),
                settings.originalContextLength(),
                magnitude);
    }

    /**
     * Divisors of the rotation frequencies, one for each pair.
     *
     * @param far those of sequences that reach beyond the model's first context
     */
    private record RopeFactors(float[] near, float[] far) {
        static RopeFactors same(float[] factors) {
            return new RopeFactors(factors, factors);
        }
    }

    private RopeFactors ropeFactors() {
        int pairs = config.rope().dimensionCount() / 2;
        if (tensors.has(ROPE_FACTORS + WEIGHT)) {
            return RopeFactors.same(tensors.vector(ROPE_FACTORS + WEIGHT, pairs));
        }
        boolean listed =
                tensors.has(ROPE_FACTORS_LONG + WEIGHT)
                        || tensors.has(ROPE_FACTORS_SHORT + WEIGHT)
                        || config.rope().scaling() instanceof RopeScaling.LongRope;
        if (!listed) {
            return RopeFactors.same(ones(pairs));
        }
        float[] longFactors = tensors.vector(ROPE_FACTORS_LONG + WEIGHT, pairs);
        float[] shortFactors = tensors.vector(ROPE_FACTORS_SHORT + WEIGHT, pairs);
        return new RopeFactors(shortFactors, longFactors);
    }

    private static float[] ones(int length) {
        float[] ones = new float[length];
        Arrays.fill(ones, 1);
        return ones;
    }
}
