package dev.parlance.engine.kernel;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.tensor.Matrix;

import org.jspecify.annotations.Nullable;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.Predicate;

/**
 * Scalar kernels until the vector kernels have been compiled, then those. Both agree bit for bit,
 * so nobody can tell when that was.
 *
 * <p>Before C2 has compiled it, code of the Vector API is some hundred times slower than plain
 * Java, and compiling it takes most of a second on two processors. So a first short prompt of a
 * small model is computed without it, and only a program that has more to do gets it. A large model
 * gets it while its weights are being packed: see {@link #warmUp}. Figures: docs/perf-log.md.
 */
final class WarmingKernels implements Kernels {
    private static final System.Logger LOG = System.getLogger(WarmingKernels.class.getName());

    /** Weights of a model, beyond which it waits for vectors. */
    static final long SMALL_MODEL_WEIGHTS = 64_000_000;

    /**
     * Multiplications after which vectors are worth their compilation: a fraction of a second. The
     * first prompt of a tiny model stays below, and is not disturbed by it.
     */
    private static final long WORTH_PRODUCTS = 300_000_000;

    private final PackedKernels scalar;
    private final PackedKernels vector;
    private final long worthProducts;
    private final Predicate<Set<GgmlType>> warmUp;

    /**
     * Not volatile: a thread that sees the change late computes the same, and only slower. Kernels
     * are called too often for more.
     */
    private Kernels current;

    // These belong to the thread that makes the matrices, and then to the one that calls them.
    private final Set<GgmlType> types = EnumSet.noneOf(GgmlType.class);
    private long products;
    private @Nullable Thread compiler;

    /**
     * @param warmUp gets the vector kernels compiled, for weights of these types; tells whether
     *     that was possible
     */
    WarmingKernels(PackedKernels scalar, PackedKernels vector, Predicate<Set<GgmlType>> warmUp) {
        this(scalar, vector, WORTH_PRODUCTS, warmUp);
    }

    WarmingKernels(
            PackedKernels scalar,
            PackedKernels vector,
            long worthProducts,
            Predicate<Set<GgmlType>> warmUp) {
        this.scalar = scalar;
        this.vector = vector;
        this.worthProducts = worthProducts;
        this.warmUp = warmUp;
        this.current = scalar;
    }

    /** Whether the vector kernels serve. */
    boolean isWarm() {
        return current == vector;
    }

    /** Begins to get the vector kernels compiled, on a thread of its own; the first call counts. */
    void warmUp(Set<GgmlType> types) {
        if (compiler == null) {
            compiler =
                    Thread.ofPlatform()
                            .daemon()
                            .name("kernel-warm-up")
                            .start(() -> compileVectors(types));
        }
    }

    @Override
    public void awaitFast() {
        if (compiler != null) {
            KernelPool.joinUninterruptibly(compiler);
        }
    }

    private void count(GgmlType type, long more) {
        if (products < worthProducts) {
            types.add(type);
            products += more;
            if (products >= worthProducts) {
                warmUp(EnumSet.copyOf(types));
            }
        }
    }

    private void compileVectors(Set<GgmlType> inUse) {
        long start = System.nanoTime();
        if (warmUp.test(inUse)) {
            current = vector;
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "vector kernels serve from now on; compiling them took {0} ms",
                    String.valueOf((System.nanoTime() - start) / 1_000_000));
        } else {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "scalar kernels are used, which are many times slower: this Java did not"
                            + " compile the vector kernels; start it without options that keep C2"
                            + " from working");
        }
    }

    @Override
    public MatrixKernel matrix(Matrix matrix) {
        PackedMatrix packed = vector.pack(matrix);
        return new WarmingMatrix(matrix.type(), scalar.matrix(packed), vector.matrix(packed));
    }

    @Override
    public void multiplyEach(
            List<? extends MatrixKernel> matrices, float[] x, int count, List<float[]> outs) {
        List<WarmingMatrix> warming = matrices.stream().map(WarmingMatrix.class::cast).toList();
        if (isWarm()) {
            vector.multiplyEach(warming.stream().map(each -> each.fast).toList(), x, count, outs);
        } else {
            scalar.multiplyEach(warming.stream().map(each -> each.slow).toList(), x, count, outs);
            warming.forEach(each -> each.countProducts(count));
        }
    }

    private final class WarmingMatrix implements MatrixKernel {
        private final GgmlType type;
        private final MatrixKernel slow;
        private final MatrixKernel fast;

        WarmingMatrix(GgmlType type, MatrixKernel slow, MatrixKernel fast) {
            this.type = type;
            this.slow = slow;
            this.fast = fast;
        }

        @Override
        public int rows() {
            return fast.rows();
        }

        @Override
        public int cols() {
            return fast.cols();
        }

        @Override
        public void multiply(float[] x, int xOffset, int count, float[] out, int outOffset) {
            if (isWarm()) {
                fast.multiply(x, xOffset, count, out, outOffset);
            } else {
                slow.multiply(x, xOffset, count, out, outOffset);
                countProducts(count);
            }
        }

        void countProducts(int inputs) {
            count(type, (long) rows() * cols() * inputs);
        }
    }

    @Override
    public void addScaled(float alpha, float[] x, int xOffset, float[] y, int yOffset, int length) {
        current.addScaled(alpha, x, xOffset, y, yOffset, length);
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
        current.rmsNorm(x, xOffset, weight, epsilon, out, outOffset, length);
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
        current.layerNorm(x, xOffset, weight, bias, epsilon, out, outOffset, length);
    }

    @Override
    public void scale(float factor, float[] x, int offset, int length) {
        current.scale(factor, x, offset, length);
    }

    @Override
    public float max(float[] x, int offset, int length) {
        return current.max(x, offset, length);
    }

    @Override
    public float expSum(float subtrahend, float[] x, int offset, int length) {
        return current.expSum(subtrahend, x, offset, length);
    }

    @Override
    public void softcap(float cap, float[] x, int offset, int length) {
        current.softcap(cap, x, offset, length);
    }

    @Override
    public void softmax(float[] x, int offset, int length) {
        current.softmax(x, offset, length);
    }

    @Override
    public void siluMultiply(float[] gate, int gateOffset, float[] up, int upOffset, int length) {
        current.siluMultiply(gate, gateOffset, up, upOffset, length);
    }

    @Override
    public void geluMultiply(float[] gate, int gateOffset, float[] up, int upOffset, int length) {
        current.geluMultiply(gate, gateOffset, up, upOffset, length);
    }

    @Override
    public void gelu(float[] x, int offset, int length) {
        current.gelu(x, offset, length);
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
        current.rotate(x, offset, adjacent, cosines, sines, anglesOffset, pairs);
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
        current.multiplyAdd(
                rows, length, columns, a, aOffset, aStride, b, bOffset, bStride, c, cOffset,
                cStride);
    }

    @Override
    public void widen(short[] halves, int halvesOffset, float[] out, int outOffset, int length) {
        current.widen(halves, halvesOffset, out, outOffset, length);
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
        current.widenColumns(bytes, bytesOffset, scales, scalesOffset, out, outOffset, rows);
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
        current.widenGroups(bytes, bytesOffset, scales, scalesOffset, out, outOffset, groups);
    }

    @Override
    public void parallel(int tasks, IntConsumer body) {
        vector.parallel(tasks, body);
    }
}
