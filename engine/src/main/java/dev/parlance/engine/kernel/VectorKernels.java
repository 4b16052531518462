package dev.parlance.engine.kernel;

import dev.parlance.engine.tensor.Matrix;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * Kernels with the Vector API. Matrices are multiplied with the machine's widest registers;
 * functions that add across lanes use 256 bits everywhere, so that results are the same everywhere.
 *
 * <p>Must only be touched where the module {@code jdk.incubator.vector} is there; see {@link
 * KernelSelection}.
 */
final class VectorKernels implements PackedKernels {
    /** Elements whose exponentials are taken at once; they fit the first level cache. */
    private static final int STRETCH = 512;

    private final KernelPool pool;
    private final Arena memory;
    private final List<Scratch> scratches;
    private final BlockSums blockSums = new BlockSums();
    private final GroupKernel groups = new VectorGroups();
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
        this.scratches = Stream.generate(Scratch::new).limit(pool.size()).toList();
    }

    @Override
    public PackedMatrix pack(Matrix matrix) {
        return PackedMatrix.of(matrix, pool, memory);
    }

    @Override
    public MatrixKernel matrix(PackedMatrix matrix) {
        return new MatrixMultiplication(
                matrix, groups, pool, scratches, blockSums, VectorSums::sum);
    }

    @Override
    public float dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
        return VectorSums.product(a, aOffset, b, bOffset, length);
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
    public void softmax(float[] x, int offset, int length) {
        float max = VectorSums.max(x, offset, length);
        VectorFunctions.expOfDifference(x, offset, max, length);
        VectorFunctions.divide(x, offset, VectorSums.sum(x, offset, length), length);
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
    public void parallel(int tasks, IntConsumer body) {
        pool.run(tasks, (_, task) -> body.accept(task));
    }
}
