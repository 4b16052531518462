package dev.parlance.engine.model;

/**
 * Computes rotation frequencies. Source: transformers modeling_rope_utils.py; ggml's rope_yarn and
 * ggml_rope_yarn_corr_dims in ggml-cpu/ops.cpp and ggml.c.
 */
final class RopeFrequencies {
    private RopeFrequencies() {}

    /**
     * Radians per position, one for each pair of dimensions: {@code base^(-2i / dimensions)},
     * divided by the pair's factor and stretched.
     *
     * @param factors one for each pair
     */
    static float[] of(RopeConfig rope, double frequencyBase, RopeScaling scaling, float[] factors) {
        float[] frequencies = new float[rope.dimensionCount() / 2];
        for (int i = 0; i < frequencies.length; i++) {
            double frequency =
                    Math.pow(frequencyBase, -2.0 * i / rope.dimensionCount()) / factors[i];
            frequencies[i] =
                    (float)
                            switch (scaling) {
                                case RopeScaling.None _, RopeScaling.LongRope _ -> frequency;
                                case RopeScaling.Linear(var factor) -> frequency / factor;
                                case RopeScaling.Yarn yarn ->
                                        yarn(rope, frequencyBase, yarn, i, frequency);
                            };
        }
        return frequencies;
    }

    private static double yarn(
            RopeConfig rope, double frequencyBase, RopeScaling.Yarn yarn, int i, double frequency) {
        double low = Math.max(0, Math.floor(pairOfTurns(rope, frequencyBase, yarn.betaFast())));
        double high =
                Math.min(
                        rope.dimensionCount() - 1,
                        Math.ceil(pairOfTurns(rope, frequencyBase, yarn.betaSlow())));
        double ramp = Math.clamp((i - low) / Math.max(0.001, high - low), 0, 1);
        return frequency * (1 - ramp) + frequency / yarn.factor() * ramp;
    }

    /** The index of the pair that turns so often within the original context. */
    private static double pairOfTurns(RopeConfig rope, double frequencyBase, double turns) {
        return rope.dimensionCount()
                * Math.log(rope.originalContextLength() / (turns * 2 * Math.PI))
                / (2 * Math.log(frequencyBase));
    }
}
