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
    /** What the rows of {@link #multiplyAdd} are a multiple of. */
    int TILE_ROWS = 4;

    /** What the columns of {@link #multiplyAdd} are a multiple of. */
    int TILE_COLUMNS = 16;

    /** Makes a weight matrix ready. The matrix is not needed afterwards. */
    MatrixKernel matrix(Matrix matrix);

    /**
     * Multiplies the same {@code count} input vectors with several matrices of these kernels: what
     * {@link MatrixKernel#multiply} would give for each, with one wait for all.
     *
     * @param outs one for each matrix, from 0 on
     */
    void multiplyEach(
            List<? extends MatrixKernel> matrices, float[] x, int count, List<float[]> outs);

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

    /** {@code x[i] = factor · x[i]}. */
    void scale(float factor, float[] x, int offset, int length);

    /** The greatest; -infinity of none, not a number if one is not. */
    float max(float[] x, int offset, int length);

    /** {@code x[i] = exp(x[i] - subtrahend)}; returns their sum. */
    float expSum(float subtrahend, float[] x, int offset, int length);

    /** {@code x[i] = cap · tanh(x[i] / cap)}, within some 1e-7 of {@code cap}. */
    void softcap(float cap, float[] x, int offset, int length);

    /** Replaces scores by their softmax. */
    void softmax(float[] x, int offset, int length);

    /** {@code gate[i] = silu(gate[i]) · up[i]}. */
    void siluMultiply(float[] gate, int gateOffset, float[] up, int upOffset, int length);

    /** {@code gate[i] = gelu(gate[i]) · up[i]}, with the tanh approximation of GELU. */
    void geluMultiply(float[] gate, int gateOffset, float[] up, int upOffset, int length);

    /** {@code x[i] = gelu(x[i])}, with the tanh approximation of GELU. */
    void gelu(float[] x, int offset, int length);

    /**
     * Turns pairs of numbers, {@code a, b}, into {@code a · cos - b · sin, b · cos + a · sin}, with
     * a rounding for each operation.
     *
     * @param adjacent whether the numbers of a pair lie beside each other; otherwise all first ones
     *     lie before all second ones
     * @param cosines one for each pair, from {@code anglesOffset} on, as are the sines
     */
    void rotate(
            float[] x,
            int offset,
            boolean adjacent,
            float[] cosines,
            float[] sines,
            int anglesOffset,
            int pairs);

    /**
     * A small product of matrices: {@code c[r][j] += Σ_k a[r][k] · b[k][j]}, added one by one in
     * order of k.
     *
     * <p>Shapes: {@code a} is {@code rows x length}, {@code b} {@code length x columns} and {@code
     * c} {@code rows x columns}, each from its offset on and with a stride from row to row.
     *
     * @param rows a multiple of {@value #TILE_ROWS}
     * @param columns a multiple of {@value #TILE_COLUMNS}
     */
    void multiplyAdd(
            int rows,
            int length,
            int columns,
            float[] a,
            int aOffset,
            int aStride,
            float[] b,
            int bOffset,
            int bStride,
            float[] c,
            int cOffset,
            int cStride);

    /** {@code out[i]} is what the half {@code halves[i]} stands for. */
    void widen(short[] halves, int halvesOffset, float[] out, int outOffset, int length);

    /**
     * {@code out[r][j] = bytes[r][j] · scales[r / 32][j]}, for j from 0 to 15.
     *
     * @param rows rows of 16 bytes
     */
    void widenColumns(
            byte[] bytes,
            int bytesOffset,
            float[] scales,
            int scalesOffset,
            float[] out,
            int outOffset,
            int rows);

    /**
     * {@code out[i] = bytes[i] · scales[i / 32]}.
     *
     * @param groups of 32 bytes
     */
    void widenGroups(
            byte[] bytes,
            int bytesOffset,
            float[] scales,
            int scalesOffset,
            float[] out,
            int outOffset,
            int groups);

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
