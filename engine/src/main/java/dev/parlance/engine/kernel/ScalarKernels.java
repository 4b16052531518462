package dev.parlance.engine.kernel;

import dev.parlance.engine.tensor.Matrix;

import java.util.function.IntConsumer;

/**
 * The definition of all arithmetic, in plain Java: slow, and what every other version must agree
 * with bit for bit.
 *
 * <p>A sum over elements is always the same {@value #LANES} partial sums: element i is added to
 * partial sum i mod {@value #LANES}, in order of i, with one rounding (fused multiply-add) where it
 * is a product; {@link #combine} then adds the partial sums. So a sum never depends on how many
 * others are computed beside it.
 */
public final class ScalarKernels implements Kernels {
    /** Partial sums of every sum: as many as a 256-bit register has floats. */
    static final int LANES = 8;

    private final KernelPool pool;

    public ScalarKernels(KernelPool pool) {
        this.pool = pool;
    }

    @Override
    public MatrixKernel matrix(Matrix matrix) {
        return new ScalarMatrix(matrix, pool);
    }

    @Override
    public float dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
        return product(a, aOffset, b, bOffset, length);
    }

    static float product(float[] a, int aOffset, float[] b, int bOffset, int length) {
        float[] sums = new float[LANES];
        for (int i = 0; i < length; i++) {
            int lane = i % LANES;
            sums[lane] = Math.fma(a[aOffset + i], b[bOffset + i], sums[lane]);
        }
        return combine(sums, 0);
    }

    /** The one order in which the partial sums {@code sums[at …]} are added. */
    static float combine(float[] sums, int at) {
        float s04 = sums[at] + sums[at + 4];
        float s15 = sums[at + 1] + sums[at + 5];
        float s26 = sums[at + 2] + sums[at + 6];
        float s37 = sums[at + 3] + sums[at + 7];
        return (s04 + s26) + (s15 + s37);
    }

    @Override
    public void addScaled(float alpha, float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = Math.fma(alpha, x[xOffset + i], y[yOffset + i]);
        }
    }

    @Override
    public void rmsNorm(
            float[] x,
            int xOffset,
            float[] weight,
            float epsilon,
            float[] out,
            int outOffset,
            int length) {
        float scale = inverseRoot(product(x, xOffset, x, xOffset, length), length, epsilon);
        for (int i = 0; i < length; i++) {
            out[outOffset + i] = x[xOffset + i] * scale * weight[i];
        }
    }

    /** {@code 1 / sqrt(sumOfSquares / length + epsilon)}. */
    static float inverseRoot(float sumOfSquares, int length, float epsilon) {
        return (float) (1 / Math.sqrt((double) sumOfSquares / length + epsilon));
    }

    @Override
    public void layerNorm(
            float[] x,
            int xOffset,
            float[] weight,
            float[] bias,
            float epsilon,
            float[] out,
            int outOffset,
            int length) {
        float[] sums = new float[LANES];
        for (int i = 0; i < length; i++) {
            sums[i % LANES] += x[xOffset + i];
        }
        float mean = combine(sums, 0) / length;
        float[] squares = new float[LANES];
        for (int i = 0; i < length; i++) {
            float centred = x[xOffset + i] - mean;
            squares[i % LANES] = Math.fma(centred, centred, squares[i % LANES]);
        }
        float scale = inverseRoot(combine(squares, 0), length, epsilon);
        for (int i = 0; i < length; i++) {
            out[outOffset + i] = Math.fma((x[xOffset + i] - mean) * scale, weight[i], bias[i]);
        }
    }

    @Override
    public void softmax(float[] x, int offset, int length) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < length; i++) {
            max = Math.max(max, x[offset + i]);
        }
        float[] sums = new float[LANES];
        for (int i = 0; i < length; i++) {
            float power = FloatFunctions.exp(x[offset + i] - max);
            x[offset + i] = power;
            sums[i % LANES] += power;
        }
        float sum = combine(sums, 0);
        for (int i = 0; i < length; i++) {
            x[offset + i] /= sum;
        }
    }

    @Override
    public void siluMultiply(float[] gate, int gateOffset, float[] up, int upOffset, int length) {
        for (int i = 0; i < length; i++) {
            gate[gateOffset + i] = FloatFunctions.silu(gate[gateOffset + i]) * up[upOffset + i];
        }
    }

    @Override
    public void geluMultiply(float[] gate, int gateOffset, float[] up, int upOffset, int length) {
        for (int i = 0; i < length; i++) {
            gate[gateOffset + i] = FloatFunctions.gelu(gate[gateOffset + i]) * up[upOffset + i];
        }
    }

    @Override
    public void gelu(float[] x, int offset, int length) {
        for (int i = 0; i < length; i++) {
            x[offset + i] = FloatFunctions.gelu(x[offset + i]);
        }
    }

    @Override
    public void parallel(int tasks, IntConsumer body) {
        pool.run(tasks, (_, task) -> body.accept(task));
    }
}
