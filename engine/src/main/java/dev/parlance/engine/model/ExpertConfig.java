package dev.parlance.engine.model;

/**
 * Settings of the mixture of experts.
 *
 * @param count experts per layer; 0 for a dense model. GGUF {@code expert_count}
 * @param usedCount experts per token, HF {@code num_experts_per_tok}
 * @param feedForwardLength inner width of an expert, HF {@code moe_intermediate_size}
 * @param normsWeights whether the weights of the experts used are made to add up to 1, HF {@code
 *     norm_topk_prob}
 * @param weightsScale factor of these weights
 */
record ExpertConfig(
        int count, int usedCount, int feedForwardLength, boolean normsWeights, float weightsScale) {

    static final ExpertConfig DENSE = new ExpertConfig(0, 0, 0, false, 1);

    private static final int MAX_EXPERTS = 1 << 14;

    /** llama.h: softmax before the choice, and softmax over the chosen alone. */
    private static final int GATING_SOFTMAX = 1;

    private static final int GATING_SOFTMAX_OF_CHOSEN = 3;

    static ExpertConfig read(ConfigReader reader, ArchitectureSpec spec, int feedForwardLength) {
        int least = spec.expertUse() == ArchitectureSpec.ExpertUse.ALWAYS ? 1 : 0;
        int count =
                least == 1
                        ? reader.integer(ModelKeys.EXPERT_COUNT, least, MAX_EXPERTS)
                        : reader.integer(ModelKeys.EXPERT_COUNT, least, MAX_EXPERTS, 0);
        if (count == 0) {
            return DENSE;
        }
        if (spec.expertUse() == ArchitectureSpec.ExpertUse.NEVER) {
            throw reader.unsupported(ModelKeys.EXPERT_COUNT, count, "a mixture of experts");
        }
        int used = reader.integer(ModelKeys.EXPERT_USED_COUNT, 1, count);
        int length =
                readFeedForwardLength(
                        reader, least == 1 ? feedForwardLength / used : feedForwardLength);
        int gating = reader.integer(ModelKeys.EXPERT_GATING, 0, 255, GATING_SOFTMAX);
        if (gating != 0 && gating != GATING_SOFTMAX && gating != GATING_SOFTMAX_OF_CHOSEN) {
            throw reader.unsupported(ModelKeys.EXPERT_GATING, gating, "this gating");
        }
        boolean norm =
                gating == GATING_SOFTMAX_OF_CHOSEN
                        || reader.flag(ModelKeys.EXPERT_WEIGHTS_NORM, true);
        double scale = reader.decimal(ModelKeys.EXPERT_WEIGHTS_SCALE, 0, 1e6, 1);
        // llama.cpp takes 0 for "not set".
        return new ExpertConfig(count, used, length, norm, scale == 0 ? 1 : (float) scale);
    }

    /** The experts' own length, or what llama.cpp derives from the dense length. */
    private static int readFeedForwardLength(ConfigReader reader, int derived) {
        String key = ModelKeys.EXPERT_FEED_FORWARD_LENGTH;
        return derived == 0
                ? reader.integer(key, 1, ModelConfig.MAX_LENGTH)
                : reader.integer(key, 1, ModelConfig.MAX_LENGTH, derived);
    }
}
