package dev.parlance.engine.model;

/**
 * Names of a family's metadata, without the family's prefix. Source: gguf-py's constants.py and
 * llama.cpp's llama-arch.cpp.
 */
final class ModelKeys {
    static final String CONTEXT_LENGTH = "context_length";
    static final String EMBEDDING_LENGTH = "embedding_length";
    static final String BLOCK_COUNT = "block_count";
    static final String FEED_FORWARD_LENGTH = "feed_forward_length";
    static final String VOCAB_SIZE = "vocab_size";
    static final String HIDDEN_ACTIVATION = "hidden_activation";

    static final String HEAD_COUNT = "attention.head_count";
    static final String HEAD_COUNT_KV = "attention.head_count_kv";
    static final String KEY_LENGTH = "attention.key_length";
    static final String VALUE_LENGTH = "attention.value_length";
    static final String RMS_NORM_EPSILON = "attention.layer_norm_rms_epsilon";
    static final String LAYER_NORM_EPSILON = "attention.layer_norm_epsilon";
    static final String SLIDING_WINDOW = "attention.sliding_window";
    static final String SLIDING_WINDOW_PATTERN = "attention.sliding_window_pattern";
    static final String ATTENTION_SCALE = "attention.scale";
    static final String TEMPERATURE_SCALE = "attention.temperature_scale";
    static final String ATTENTION_SOFTCAP = "attn_logit_softcapping";
    static final String LOGIT_SOFTCAP = "final_logit_softcapping";
    static final String EMBEDDING_SCALE = "embedding_scale";
    static final String RESIDUAL_SCALE = "residual_scale";
    static final String LOGIT_SCALE = "logit_scale";

    static final String ROPE_DIMENSION_COUNT = "rope.dimension_count";
    static final String ROPE_FREQUENCY_BASE = "rope.freq_base";
    static final String ROPE_LOCAL_FREQUENCY_BASE = "rope.freq_base_swa";
    static final String ROPE_SCALING_TYPE = "rope.scaling.type";
    static final String ROPE_SCALING_FACTOR = "rope.scaling.factor";
    static final String ROPE_SCALE_LINEAR = "rope.scale_linear";
    static final String ROPE_ATTENTION_FACTOR = "rope.scaling.attn_factor";
    static final String ROPE_ORIGINAL_CONTEXT_LENGTH = "rope.scaling.original_context_length";
    static final String ROPE_FINETUNED = "rope.scaling.finetuned";
    static final String YARN_EXTRAPOLATION_FACTOR = "rope.scaling.yarn_ext_factor";
    static final String YARN_ATTENTION_FACTOR = "rope.scaling.yarn_attn_factor";
    static final String YARN_BETA_FAST = "rope.scaling.yarn_beta_fast";
    static final String YARN_BETA_SLOW = "rope.scaling.yarn_beta_slow";
    static final String YARN_LOG_MULTIPLIER = "rope.scaling.yarn_log_multiplier";

    static final String EXPERT_COUNT = "expert_count";
    static final String EXPERT_USED_COUNT = "expert_used_count";
    static final String EXPERT_FEED_FORWARD_LENGTH = "expert_feed_forward_length";
    static final String EXPERT_WEIGHTS_NORM = "expert_weights_norm";
    static final String EXPERT_WEIGHTS_SCALE = "expert_weights_scale";
    static final String EXPERT_GATING = "expert_gating_func";

    private ModelKeys() {}
}
