package dev.parlance.engine.kernel;

import dev.parlance.engine.tensor.Matrix;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Kernels with the Vector API, in the machine's widest registers. Functions that add across lanes
 * use eight of them everywhere, so that results are the same everywhere.
 *
 * <p>Must only be touched where the module {@code jdk.incubator.vector} is there; see {@link
 * KernelSelection}.
 */
final class VectorKernels implements PackedKernels {
    /** Elements whose exponentials are taken at once; they fit the first level cache. */
    private static final int STRETCH = 512;

    private final KernelPool pool;
    private final Arena memory;
    private final MatrixWorkshop workshop;
    private final ThreadLocal<float[]> stretch = ThreadLocal.withInitial(() -> new float[STRETCH]);

    /** The packed weights of these live as long as they can be reached. */
    VectorKernels(KernelPool pool) {
        this(pool, Arena.ofAuto());
    }

    /**
     * @param memory where packed weights live; the kernels of matrices must not be used after it
     */
    VectorKernels(KernelPool pool, Arena memory) {
        this.pool = pool;
        this.memory = memory;
        this.workshop = new MatrixWorkshop(new VectorGroups(), pool, new VectorInputs());
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

    @Override
    public void addScaled(float alpha, float[] x, int xOffset, float[] y, int yOffset, int length) {
        VectorFunctions.addScaled(alpha, x, xOffset, y, yOffset, length);
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
        float squares = VectorSums.product(x, xOffset, x, xOffset, length);
        float scale = ScalarKernels.inverseRoot(squares, length, epsilon);
        VectorFunctions.scaleBy(x, xOffset, scale, weight, out, outOffset, length);
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
        float mean = VectorSums.sum(x, xOffset, length) / length;
        float squares = VectorSums.squaresAround(mean, x, xOffset, length);
        float scale = ScalarKernels.inverseRoot(squares, length, epsilon);
        VectorFunctions.centre(x, xOffset, mean, scale, weight, bias, out, outOffset, length);
    }

    @Override
    public void scale(float factor, float[] x, int offset, int length) {
        VectorFunctions.scale(factor, x, offset, length);
    }

    @Override
    public float max(float[] x, int offset, int length) {
        return VectorSums.max(x, offset, length);
    }

    @Override
    public float expSum(float subtrahend, float[] x, int offset, int length) {
        return VectorFunctions.expOfDifference(x, offset, subtrahend, length);
    }

    @Override
    public void softcap(float cap, float[] x, int offset, int length) {
        float[] decays = stretch.get();
        for (int i = 0; i < length; i += STRETCH) {
            int part = Math.min(STRETCH, length - i);
            VectorFunctions.tanhExponents(x, offset + i, cap, decays, part);
            VectorFunctions.expOfDifference(decays, 0, 0, part);
            VectorFunctions.tanhOfDecays(x, offset + i, cap, decays, part);
        }
    }

    @Override
    public void softmax(float[] x, int offset, int length) {
        float sum = expSum(max(x, offset, length), x, offset, length);
        VectorFunctions.divide(x, offset, sum, length);
    }

    @Override
    public void siluMultiply(float[] gate, int gateOffset, float[] up, int upOffset, int length) {
        float[] powers = stretch.get();
        for (int i = 0; i < length; i += STRETCH) {
            int part = Math.min(STRETCH, length - i);
            VectorFunctions.negate(gate, gateOffset + i, powers, part);
            VectorFunctions.expOfDifference(powers, 0, 0, part);
            VectorFunctions.logistic(gate, gateOffset + i, powers, part);
        }
        VectorFunctions.multiply(gate, gateOffset, up, upOffset, length);
    }

    @Override
    public void geluMultiply(float[] gate, int gateOffset, float[] up, int upOffset, int length) {
        gelu(gate, gateOffset, length);
        VectorFunctions.multiply(gate, gateOffset, up, upOffset, length);
    }

    @Override
    public void gelu(float[] x, int offset, int length) {
        float[] powers = stretch.get();
        for (int i = 0; i < length; i += STRETCH) {
            int part = Math.min(STRETCH, length - i);
            VectorFunctions.geluExponents(x, offset + i, powers, part);
            VectorFunctions.expOfDifference(powers, 0, 0, part);
            VectorFunctions.logistic(x, offset + i, powers, part);
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
            VectorRotation.adjacent(x, offset, cosines, sines, anglesOffset, pairs);
        } else {
            VectorRotation.halves(x, offset, cosines, sines, anglesOffset, pairs);
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
        AttentionTiles.multiplyAdd(
                rows, length, columns, a, aOffset, aStride, b, bOffset, bStride, c, cOffset,
                cStride);
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
        CacheVectors.widenColumns(bytes, bytesOffset, scales, scalesOffset, out, outOffset, rows);
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
        CacheVectors.widenGroups(bytes, bytesOffset, scales, scalesOffset, out, outOffset, groups);
    }

    @Override
    public void parallel(int tasks, IntConsumer body) {
        pool.run(tasks, (_, task) -> body.accept(task));
    }
}
