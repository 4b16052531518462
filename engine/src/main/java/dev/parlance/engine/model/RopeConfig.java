package dev.parlance.engine.model;

import java.util.Set;

/**
 * Settings of the rotary position embedding.
 *
 * @param dimensionCount dimensions of a head that are rotated, the first ones; even. GGUF {@code
 *     rope.dimension_count}
 * @param frequencyBase the paper's 10,000; GGUF {@code rope.freq_base}, HF {@code rope_theta}
 * @param localFrequencyBase the same for windowed layers
 * @param originalContextLength context the frequencies were trained for; GGUF {@code
 *     rope.scaling.original_context_length}
 * @param scaling how frequencies are stretched
 * @param magnitude factor of rotated queries and keys; 1 for none
 */
record RopeConfig(
        int dimensionCount,
        double frequencyBase,
        double localFrequencyBase,
        int originalContextLength,
        RopeScaling scaling,
        float magnitude) {

    private static final Set<String> SCALING_TYPES = Set.of("none", "linear", "yarn", "longrope");
    private static final double MAX_FREQUENCY_BASE = 1e15;
    private static final double MAX_FACTOR = 1e6;
    private static final double DEFAULT_FREQUENCY_BASE = 10_000;
    private static final double DEFAULT_BETA_FAST = 32;
    private static final double DEFAULT_BETA_SLOW = 1;

    static RopeConfig read(
            ConfigReader reader, ArchitectureSpec spec, int headLength, int contextLength) {
        int dimensionCount =
                reader.integer(ModelKeys.ROPE_DIMENSION_COUNT, 2, headLength, headLength);
        if (dimensionCount % 2 != 0) {
            throw reader.invalid(ModelKeys.ROPE_DIMENSION_COUNT, dimensionCount, "it must be even");
        }
        double base =
                reader.decimal(
                        ModelKeys.ROPE_FREQUENCY_BASE,
                        1,
                        MAX_FREQUENCY_BASE,
                        DEFAULT_FREQUENCY_BASE);
        double familyLocalBase = spec.windows().localFrequencyBase();
        double localBase =
                reader.decimal(
                        ModelKeys.ROPE_LOCAL_FREQUENCY_BASE,
                        1,
                        MAX_FREQUENCY_BASE,
                        familyLocalBase == 0 ? base : familyLocalBase);
        int originalContextLength =
                reader.integer(
                        ModelKeys.ROPE_ORIGINAL_CONTEXT_LENGTH,
                        1,
                        Integer.MAX_VALUE,
                        contextLength);
        RopeScaling scaling = readScaling(reader);
        double attentionFactor =
                reader.decimal(ModelKeys.ROPE_ATTENTION_FACTOR, 1e-6, MAX_FACTOR, 1);
        double magnitude = attentionFactor * yarnMagnitude(reader, scaling);
        return new RopeConfig(
                dimensionCount, base, localBase, originalContextLength, scaling, (float) magnitude);
    }

    private static RopeScaling readScaling(ConfigReader reader) {
        String type = reader.text(ModelKeys.ROPE_SCALING_TYPE, "linear");
        if (!SCALING_TYPES.contains(type)) {
            throw reader.unsupported(
                    ModelKeys.ROPE_SCALING_TYPE, "'" + type + "'", "this kind of scaling");
        }
        String factorKey =
                reader.has(ModelKeys.ROPE_SCALING_FACTOR)
                        ? ModelKeys.ROPE_SCALING_FACTOR
                        : ModelKeys.ROPE_SCALE_LINEAR;
        double factor = reader.decimal(factorKey, 0, MAX_FACTOR, 1);
        if (factor == 0) {
            // llama.cpp takes 0 for "not set".
            factor = 1;
        }
        return switch (type) {
            case "none" -> new RopeScaling.None();
            case "yarn" -> readYarn(reader, factor);
            case "longrope" -> {
                if (factor != 1) {
                    throw reader.unsupported(factorKey, factor, "a factor beside longrope");
                }
                yield new RopeScaling.LongRope();
            }
            default -> factor == 1 ? new RopeScaling.None() : new RopeScaling.Linear(factor);
        };
    }

    private static RopeScaling readYarn(ConfigReader reader, double factor) {
        double extrapolation =
                reader.decimal(ModelKeys.YARN_EXTRAPOLATION_FACTOR, -1, MAX_FACTOR, 1);
        // Negative means "not set" in llama.cpp.
        if (extrapolation >= 0 && extrapolation != 1) {
            throw reader.unsupported(
                    ModelKeys.YARN_EXTRAPOLATION_FACTOR, extrapolation, "a factor other than 1");
        }
        double betaFast =
                reader.decimal(ModelKeys.YARN_BETA_FAST, 1e-6, MAX_FACTOR, DEFAULT_BETA_FAST);
        double betaSlow =
                reader.decimal(ModelKeys.YARN_BETA_SLOW, 1e-6, MAX_FACTOR, DEFAULT_BETA_SLOW);
        return new RopeScaling.Yarn(factor, betaFast, betaSlow);
    }

    /** YaRN's 0.1 ln(factor) + 1, unless the file says otherwise; as transformers computes it. */
    private static double yarnMagnitude(ConfigReader reader, RopeScaling scaling) {
        if (!(scaling instanceof RopeScaling.Yarn yarn)) {
            return 1;
        }
        double given = reader.decimal(ModelKeys.YARN_ATTENTION_FACTOR, -1, MAX_FACTOR, -1);
        if (given > 0) {
            return given;
        }
        double logMultiplier = reader.decimal(ModelKeys.YARN_LOG_MULTIPLIER, 0, MAX_FACTOR, 0);
        double usual = stretch(yarn.factor(), 1);
        return logMultiplier == 0 ? usual : usual / stretch(yarn.factor(), logMultiplier);
    }

    private static double stretch(double factor, double multiplier) {
        return factor <= 1 ? 1 : 0.1 * multiplier * Math.log(factor) + 1;
    }
}
