package dev.parlance.engine.kernel;

import dev.parlance.engine.tensor.Matrix;

import java.util.List;
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
    /** Makes a weight matrix ready. The matrix must stay mapped. */
    MatrixKernel matrix(Matrix matrix);

    /**
     * Multiplies the same {@code count} input vectors with several matrices of these kernels: what
     * {@link MatrixKernel#multiply} would give for each, with one wait for all.
     *
     * @param outs one for each matrix, from 0 on
     */
    void multiplyEach(
            List<? extends MatrixKernel> matrices, float[] x, int count, List<float[]> outs);

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
}
