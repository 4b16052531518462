package dev.parlance.engine.model;

import dev.parlance.engine.kernel.Kernels;

/** A normalisation with its weights. Threads: read-only. */
sealed interface Norm {
    /** Root mean square norm, arXiv 1910.07467. */
    record Rms(float[] weight, float epsilon) implements Norm {}

    /** Layer norm with bias, arXiv 1607.06450. */
    record Layer(float[] weight, float[] bias, float epsilon) implements Norm {}

    /** Where a family has no norm: values pass as they are. */
    record Absent() implements Norm {}

    /**
     * Norms a vector, or each of several that follow each other (heads), with the same weights.
     *
     * @param out may be {@code x}
     * @param length floats in all, a multiple of the norm's weights
     */
    default void apply(
            Kernels kernels, float[] x, int xOffset, float[] out, int outOffset, int length) {
        switch (this) {
            case Rms(var weight, var epsilon) -> {
                for (int i = 0; i < length; i += weight.length) {
                    kernels.rmsNorm(
                            x, xOffset + i, weight, epsilon, out, outOffset + i, weight.length);
                }
            }
            case Layer(var weight, var bias, var epsilon) -> {
                for (int i = 0; i < length; i += weight.length) {
                    kernels.layerNorm(
                            x,
                            xOffset + i,
                            weight,
                            bias,
                            epsilon,
                            out,
                            outOffset + i,
                            weight.length);
                }
            }
            case Absent _ -> System.arraycopy(x, xOffset, out, outOffset, length);
        }
    }
}
