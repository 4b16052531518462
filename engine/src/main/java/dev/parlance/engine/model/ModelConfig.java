package dev.parlance.engine.model;

import dev.parlance.engine.gguf.GgufMetadata;
import dev.parlance.engine.model.ArchitectureSpec.NormKind;
import dev.parlance.engine.model.ArchitectureSpec.Scales;

/**
 * The hyperparameters of one model, read from its file's metadata and checked.
 *
 * @param contextLength trained maximum of positions; GGUF {@code context_length}, HF {@code
 *     max_position_embeddings}
 * @param vocabularySize tokens; 0 where the file does not say. GGUF {@code vocab_size}
 * @param embeddingLength floats per token vector, the paper's d_model; GGUF {@code
 *     embedding_length}, HF {@code hidden_size}
 * @param layerCount layers, the paper's N; GGUF {@code block_count}, HF {@code num_hidden_layers}
 * @param headCount query heads, the paper's h; GGUF {@code attention.head_count}, HF {@code
 *     num_attention_heads}
 * @param kvHeadCount key and value heads; GGUF {@code attention.head_count_kv}, HF {@code
 *     num_key_value_heads}
 * @param headLength floats per head, the paper's d_k; GGUF {@code attention.key_length}, HF {@code
 *     head_dim}
 * @param feedForwardLength inner width of the feed-forward part, the paper's d_ff; 0 where only
 *     experts have one. GGUF {@code feed_forward_length}, HF {@code intermediate_size}
 * @param normEpsilon GGUF {@code attention.layer_norm_rms_epsilon} or {@code
 *     attention.layer_norm_epsilon}, HF {@code rms_norm_eps}
 * @param experts the mixture of experts, if it is one
 * @param rope the rotary position embedding; unused in a family with learned positions
 * @param rotated per layer, whether queries and keys are rotated
 * @param windows per layer, how many positions a token sees, itself included; 0 for all. GGUF
 *     {@code attention.sliding_window}
 * @param embeddingScale factor of token embeddings; GGUF {@code embedding_scale}, HF {@code
 *     embedding_multiplier}
 * @param residualScale factor of what a layer adds; GGUF {@code residual_scale}, HF {@code
 *     residual_multiplier}
 * @param attentionScale factor of scores, the paper's 1/sqrt(d_k); GGUF {@code attention.scale}, HF
 *     {@code attention_multiplier}
 * @param logitScale factor of logits, the inverse of GGUF {@code logit_scale}, HF {@code
 *     logits_scaling}
 * @param attentionSoftcap scores become cap · tanh(score / cap); 0 for none. GGUF {@code
 *     attn_logit_softcapping}
 * @param logitSoftcap the same for logits; GGUF {@code final_logit_softcapping}
 * @param temperatureScale how much queries grow each time the position passes another {@code
 *     temperatureLength}; 0 for never. GGUF {@code attention.temperature_scale}, HF {@code
 *     llama_4_scaling_beta}
 */
record ModelConfig(
        int contextLength,
        int vocabularySize,
        int embeddingLength,
        int layerCount,
        int headCount,
        int kvHeadCount,
        int headLength,
        int feedForwardLength,
        float normEpsilon,
        ExpertConfig experts,
        RopeConfig rope,
        boolean[] rotated,
        int[] windows,
        float embeddingScale,
        float residualScale,
        float attentionScale,
        float logitScale,
        float attentionSoftcap,
        float logitSoftcap,
        float temperatureScale,
        int temperatureLength) {

    /** Bound of every width, so that three of them added up stay an int. */
    static final int MAX_LENGTH = 1 << 28;

    private static final int MAX_LAYERS = 1 << 14;
    private static final int MAX_HEADS = 1 << 14;
    private static final int MAX_HEAD_LENGTH = 1 << 14;
    private static final double MAX_SCALE = 1e6;

    static ModelConfig read(GgufMetadata metadata, ArchitectureSpec spec) {
        ConfigReader reader = new ConfigReader(metadata, spec.name());
        UnsupportedSettings.refuse(reader, spec);
        Scales scales = spec.scales();

        int contextLength = reader.integer(ModelKeys.CONTEXT_LENGTH, 1, Integer.MAX_VALUE);
        int embeddingLength = reader.integer(ModelKeys.EMBEDDING_LENGTH, 1, MAX_LENGTH);
        int layerCount = reader.integer(ModelKeys.BLOCK_COUNT, 1, MAX_LAYERS);
        int headCount = reader.integerOfAllLayers(ModelKeys.HEAD_COUNT, 1, MAX_HEADS);
        int headLength = readHeadLength(reader, embeddingLength, headCount);
        boolean expertsOnly = spec.expertUse() == ArchitectureSpec.ExpertUse.ALWAYS;
        int feedForwardLength =
                expertsOnly
                        ? reader.integerOfAllLayers(ModelKeys.FEED_FORWARD_LENGTH, 0, MAX_LENGTH, 0)
                        : reader.integerOfAllLayers(ModelKeys.FEED_FORWARD_LENGTH, 1, MAX_LENGTH);
        double usualScale =
                layerCount == scales.wideHeadLayerCount()
                        ? 1 / Math.sqrt(embeddingLength / headCount)
                        : 1 / Math.sqrt(headLength);
        RopeConfig rope = RopeConfig.read(reader, spec, headLength, contextLength);
        return new ModelConfig(
                contextLength,
                reader.integer(ModelKeys.VOCAB_SIZE, 1, MAX_LENGTH, 0),
                embeddingLength,
                layerCount,
                headCount,
                readKvHeadCount(reader, headCount),
                headLength,
                feedForwardLength,
                (float) reader.decimal(epsilonKey(spec), Float.MIN_NORMAL, 1),
                ExpertConfig.read(reader, spec, feedForwardLength),
                rope,
                readRotated(reader, spec, layerCount),
                readWindows(reader, spec, layerCount, contextLength),
                scale(
                        reader,
                        ModelKeys.EMBEDDING_SCALE,
                        scales.embeddingByRootWidth() ? Math.sqrt(embeddingLength) : 1),
                scale(reader, ModelKeys.RESIDUAL_SCALE, 1),
                scale(reader, ModelKeys.ATTENTION_SCALE, usualScale),
                1 / scale(reader, ModelKeys.LOGIT_SCALE, 1),
                (float)
                        reader.decimal(
                                ModelKeys.ATTENTION_SOFTCAP,
                                0,
                                MAX_SCALE,
                                scales.attentionSoftcap()),
                (float)
                        reader.decimal(
                                ModelKeys.LOGIT_SOFTCAP, 0, MAX_SCALE, scales.logitSoftcap()),
                (float) reader.decimal(ModelKeys.TEMPERATURE_SCALE, 0, MAX_SCALE, 0),
                reader.integer(
                        ModelKeys.ROPE_ORIGINAL_CONTEXT_LENGTH,
                        1,
                        Integer.MAX_VALUE,
                        contextLength));
    }

    /** Floats of a token's queries. */
    int queryLength() {
        return headCount * headLength;
    }

    /** Floats of a token's keys, and of its values. */
    int keyLength() {
        return kvHeadCount * headLength;
    }

    private static String epsilonKey(ArchitectureSpec spec) {
        return spec.normKind() == NormKind.RMS_NORM
                ? ModelKeys.RMS_NORM_EPSILON
                : ModelKeys.LAYER_NORM_EPSILON;
    }

    /** A factor; 0 stands for "not set", as in llama.cpp. */
    private static float scale(ConfigReader reader, String key, double fallback) {
        double value = reader.decimal(key, 0, MAX_SCALE, 0);
        return (float) (value == 0 ? fallback : value);
    }

    private static int readHeadLength(ConfigReader reader, int embeddingLength, int headCount) {
        if (!reader.has(ModelKeys.KEY_LENGTH) && embeddingLength % headCount != 0) {
            throw reader.invalid(
                    ModelKeys.HEAD_COUNT,
                    headCount,
                    "without '"
                            + reader.key(ModelKeys.KEY_LENGTH)
                            + "' it must divide '"
                            + reader.key(ModelKeys.EMBEDDING_LENGTH)
                            + "' ("
                            + embeddingLength
                            + ")");
        }
        int usual = Math.max(1, embeddingLength / headCount);
        int keyLength = reader.integer(ModelKeys.KEY_LENGTH, 1, MAX_HEAD_LENGTH, usual);
        int valueLength = reader.integer(ModelKeys.VALUE_LENGTH, 1, MAX_HEAD_LENGTH, usual);
        if (valueLength != keyLength) {
            throw reader.unsupported(
                    ModelKeys.VALUE_LENGTH,
                    valueLength,
                    "a length other than that of keys (" + keyLength + ")");
        }
        return keyLength;
    }

    private static int readKvHeadCount(ConfigReader reader, int headCount) {
        int count = reader.integerOfAllLayers(ModelKeys.HEAD_COUNT_KV, 1, MAX_HEADS, headCount);
        if (headCount % count != 0) {
            throw reader.invalid(
                    ModelKeys.HEAD_COUNT_KV,
                    count,
                    "it must divide '"
                            + reader.key(ModelKeys.HEAD_COUNT)
                            + "' ("
                            + headCount
                            + ")");
        }
        return count;
    }

    private static boolean[] readRotated(
            ConfigReader reader, ArchitectureSpec spec, int layerCount) {
        boolean on =
                spec.isRotary()
                        && (!spec.ropeSwitchable() || reader.flag(ModelKeys.ROPE_FINETUNED, true));
        int step = spec.noRopeLayerStep();
        boolean[] rotated = new boolean[layerCount];
        for (int layer = 0; layer < layerCount; layer++) {
            rotated[layer] = on && (step == 0 || (layer + 1) % step != 0);
        }
        return rotated;
    }

    private static int[] readWindows(
            ConfigReader reader, ArchitectureSpec spec, int layerCount, int contextLength) {
        int length =
                reader.integer(
                        ModelKeys.SLIDING_WINDOW,
                        0,
                        Integer.MAX_VALUE,
                        spec.windows().defaultLength());
        if (!spec.windows().supported() && length > 0 && length < contextLength) {
            throw reader.unsupported(ModelKeys.SLIDING_WINDOW, length, "a sliding window");
        }
        boolean[] windowed =
                reader.layerPattern(
                        ModelKeys.SLIDING_WINDOW_PATTERN,
                        layerCount,
                        spec.windows().defaultPeriod());
        int[] windows = new int[layerCount];
        for (int layer = 0; layer < layerCount; layer++) {
            windows[layer] = windowed[layer] ? length : 0;
        }
        return windows;
    }
}
