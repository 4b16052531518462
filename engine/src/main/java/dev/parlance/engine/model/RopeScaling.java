package dev.parlance.engine.model;

/** How rotation frequencies are stretched so that a model reaches beyond its first context. */
sealed interface RopeScaling {
    /** Frequencies as they are. */
    record None() implements RopeScaling {}

    /** All frequencies divided by the factor. */
    record Linear(double factor) implements RopeScaling {}

    /**
     * High frequencies as they are, low ones divided by the factor, a ramp between. Source: YaRN,
     * arXiv 2309.00071, section 3.2; transformers modeling_rope_utils.py.
     *
     * @param betaFast turns within the original context above which a frequency stays
     * @param betaSlow turns below which it is divided by the whole factor
     */
    record Yarn(double factor, double betaFast, double betaSlow) implements RopeScaling {}

    /** Every frequency divided by its own factor; the file must have the lists of factors. */
    record LongRope() implements RopeScaling {}
}
