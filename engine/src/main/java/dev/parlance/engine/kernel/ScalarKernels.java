package dev.parlance.engine.kernel;

import dev.parlance.engine.tensor.Matrix;

import java.lang.foreign.Arena;
import java.util.List;
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
public final class ScalarKernels implements PackedKernels {
    /** Partial sums of every sum: as many as a 256-bit register has floats. */
    static final int LANES = 8;

    private final KernelPool pool;
    private final Arena memory;
    private final MatrixWorkshop workshop;

    /** The packed weights of these live as long as they can be reached. */
    public ScalarKernels(KernelPool pool) {
        this(pool, Arena.ofAuto());
    }

    /**
     * @param memory where packed weights live; the kernels of matrices must not be used after it
     */
    ScalarKernels(KernelPool pool, Arena memory) {
        this(pool, memory, new ScalarGroups());
    }

    /**
     * @param groups other arithmetic for matrices, with the same results
     */
    ScalarKernels(KernelPool pool, Arena memory, GroupKernel groups) {
        this.pool = pool;
        this.memory = memory;
        this.workshop = new MatrixWorkshop(groups, pool, new ScalarInputs());
    }

    @Override
    public PackedMatrix pack(Matrix matrix) {
        return PackedMatrix.of(matrix, workshop.kernel().lanes(), pool, memory);
    }

    @Override
    public MatrixKernel matrix(PackedMatrix matrix) {
        return new MatrixMultiplication(matrix, workshop);
    }

    @Override
    public void multiplyEach(
            List<? extends MatrixKernel> matrices, float[] x, int count, List<float[]> outs) {
        workshop.multiplyEach(matrices, x, count, outs);
    }

    static float product(float[] a, int aOffset, float[] b, int bOffset, int length) {
        // Local variables rather than an array, because this serves until the vectors are compiled.
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        int whole = length - length % LANES;
        for (int i = 0; i < whole; i += LANES) {
            int p = aOffset + i;
            int q = bOffset + i;
            s0 = Math.fma(a[p], b[q], s0);
            s1 = Math.fma(a[p + 1], b[q + 1], s1);
            s2 = Math.fma(a[p + 2], b[q + 2], s2);
            s3 = Math.fma(a[p + 3], b[q + 3], s3);
            s4 = Math.fma(a[p + 4], b[q + 4], s4);
            s5 = Math.fma(a[p + 5], b[q + 5], s5);
            s6 = Math.fma(a[p + 6], b[q + 6], s6);
            s7 = Math.fma(a[p + 7], b[q + 7], s7);
        }
        if (whole == length) {
            return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
        }
        float[] sums = {s0, s1, s2, s3, s4, s5, s6, s7};
        for (int i = whole; i < length; i++) {
            int lane = i - whole;
            sums[lane] = Math.fma(a[aOffset + i], b[bOffset + i], sums[lane]);
        }
        return combine(sums, 0);
    }

    static float sum(float[] x, int offset, int length) {
        // As above; blocks of inputs are summed with this where registers are narrow.
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        int whole = length - length % LANES;
        for (int i = offset; i < offset + whole; i += LANES) {
            s0 += x[i];
            s1 += x[i + 1];
            s2 += x[i + 2];
            s3 += x[i + 3];
            s4 += x[i + 4];
            s5 += x[i + 5];
            s6 += x[i + 6];
            s7 += x[i + 7];
        }
        if (whole == length) {
            return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
        }
        float[] sums = {s0, s1, s2, s3, s4, s5, s6, s7};
        for (int i = whole; i < length; i++) {
            sums[i - whole] += x[offset + i];
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
        float mean = sum(x, xOffset, length) / length;
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
    public void scale(float factor, float[] x, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            x[i] *= factor;
        }
    }

    @Override
    public float max(float[] x, int offset, int length) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = offset; i < offset + length; i++) {
            max = Math.max(max, x[i]);
        }
        return max;
    }

    @Override
    public float expSum(float subtrahend, float[] x, int offset, int length) {
        float[] sums = new float[LANES];
        for (int i = 0; i < length; i++) {
            float power = FloatFunctions.exp(x[offset + i] - subtrahend);
            x[offset + i] = power;
            sums[i % LANES] += power;
        }
        return combine(sums, 0);
    }

    @Override
    public void softcap(float cap, float[] x, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            x[i] = cap * FloatFunctions.tanh(x[i] / cap);
        }
    }

    @Override
    public void softmax(float[] x, int offset, int length) {
        float sum = expSum(max(x, offset, length), x, offset, length);
        for (int i = offset; i < offset + length; i++) {
            x[i] /= sum;
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
    public void rotate(
            float[] x,
            int offset,
            boolean adjacent,
            float[] cosines,
            float[] sines,
            int anglesOffset,
            int pairs) {
        if (adjacent) {
            rotate(x, offset, 2, 1, cosines, sines, anglesOffset, pairs);
        } else {
            rotate(x, offset, 1, pairs, cosines, sines, anglesOffset, pairs);
        }
    }

    /**
     * @param step from a pair to the next
     * @param distance from the first number of a pair to the second
     */
    static void rotate(
            float[] x,
            int offset,
            int step,
            int distance,
            float[] cosines,
            float[] sines,
            int anglesOffset,
            int pairs) {
        for (int i = 0; i < pairs; i++) {
            int at = offset + i * step;
            float cosine = cosines[anglesOffset + i];
            float sine = sines[anglesOffset + i];
            float a = x[at];
            float b = x[at + distance];
            x[at] = a * cosine - b * sine;
            x[at + distance] = b * cosine + a * sine;
        }
    }

    @Override
    public void multiplyAdd(
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
            int cStride) {
        for (int r = 0; r < rows; r++) {
            int to = cOffset + r * cStride;
            for (int k = 0; k < length; k++) {
                float factor = a[aOffset + r * aStride + k];
                int from = bOffset + k * bStride;
                for (int j = 0; j < columns; j++) {
                    c[to + j] = Math.fma(factor, b[from + j], c[to + j]);
                }
            }
        }
    }

    @Override
    public void widen(short[] halves, int halvesOffset, float[] out, int outOffset, int length) {
        CacheNumbers.widen(halves, halvesOffset, out, outOffset, length);
    }

    @Override
    public void widenColumns(
            byte[] bytes,
            int bytesOffset,
            float[] scales,
            int scalesOffset,
            float[] out,
            int outOffset,
            int rows) {
        CacheNumbers.widenColumns(bytes, bytesOffset, scales, scalesOffset, out, outOffset, rows);
    }

    @Override
    public void widenGroups(
            byte[] bytes,
            int bytesOffset,
            float[] scales,
            int scalesOffset,
            float[] out,
            int outOffset,
            int groups) {
        CacheNumbers.widenGroups(bytes, bytesOffset, scales, scalesOffset, out, outOffset, groups);
    }

    @Override
    public void parallel(int tasks, IntConsumer body) {
        pool.run(tasks, (_, task) -> body.accept(task));
    }
}
