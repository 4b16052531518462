package dev.parlance.engine.kernel;

import dev.parlance.engine.tensor.Matrix;

import java.util.function.IntConsumer;

/**
 * What the forward pass asks of the machine. Scalar and vector versions agree bit for bit; both add
 * in fixed orders.
 *
 * <p>Shapes: vectors are {@code length} floats from their offset on. Threads: all methods but
 * {@link #parallel} and {@link MatrixKernel#multiply} work on the caller's thread and may be called
 * from inside {@link #parallel}.
 */
public interface Kernels {
    /** Makes a weight matrix ready. The matrix is not needed afterwards. */
    MatrixKernel matrix(Matrix matrix);

    /** {@code Σ a[i] · b[i]}. */
    float dot(float[] a, int aOffset, float[] b, int bOffset, int length);

    /** {@code y[i] += alpha · x[i]}. */
    void addScaled(float alpha, float[] x, int xOffset, float[] y, int yOffset, int length);

    /** {@code out[i] = x[i] · w[i] / sqrt(mean(x²) + epsilon)}; {@code out} may be {@code x}. */
    void rmsNorm(
            float[] x,
            int xOffset,
            float[] weight,
            float epsilon,
            float[] out,
            int outOffset,
            int length);

    /**
     * {@code out[i] = (x[i] - mean(x)) / sqrt(var(x) + epsilon) · w[i] + b[i]}; {@code out} may be
     * {@code x}.
     */
    void layerNorm(
            float[] x,
            int xOffset,
            float[] weight,
            float[] bias,
            float epsilon,
            float[] out,
            int outOffset,
            int length);

    /** Replaces scores by their softmax. */
    void softmax(float[] x, int offset, int length);

    /** {@code gate[i] = silu(gate[i]) · up[i]}. */
    void siluMultiply(float[] gate, int gateOffset, float[] up, int upOffset, int length);

    /** {@code gate[i] = gelu(gate[i]) · up[i]}, with the tanh approximation of GELU. */
    void geluMultiply(float[] gate, int gateOffset, float[] up, int upOffset, int length);

    /** {@code x[i] = gelu(x[i])}, with the tanh approximation of GELU. */
    void gelu(float[] x, int offset, int length);

    /**
     * Runs {@code body} for 0 … tasks-1 on the pool, the caller included, and returns when all are
     * done.
     */
    void parallel(int tasks, IntConsumer body);

    /**
     * Returns when these kernels are as fast as they should be before a first request, which may
     * take a second or two: kernels that have to be compiled first, for a model that they make
     * slow. Others return at once.
     */
    default void awaitFast() {}
}
