package dev.parlance.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.tensor.RandomWeights;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Random;

/**
 * Once compiled, kernels allocate nothing: a vector that C2 could not keep in a register would show
 * up as millions of bytes.
 */
class AllocationTest {
    private static final int CALLS = 400;
    private static final long WARM_UP_NANOS = 20_000_000_000L;

    @ParameterizedTest
    @EnumSource(
            value = GgmlType.class,
            mode = EnumSource.Mode.MATCH_ANY,
            names = {
                "F32",
                "B?F16",
                "Q[45]_[01]",
                "Q8_0",
                "Q[23456]_K",
                "IQ4_.*",
                "MXFP4",
                "TQ[12]_0"
            })
    void multiplyingAllocatesNothing(GgmlType type) {
        assumeTrue(VectorMachine.floatBits() >= 128);
        int rows = 16;
        int cols = 1024;
        try (KernelPool pool = new KernelPool(1)) {
            MatrixKernel matrix =
                    KernelSelection.best(pool)
                            .kernels()
                            .matrix(RandomWeights.matrix(type, rows, cols, new Random(1)));
            float[] x = new float[24 * cols];
            float[] out = new float[24 * rows];
            // For tiles, whose last quad is not full, for panels, and for one input.
            assertAllocatesNothing(() -> matrix.multiply(x, 0, 5, out, 0));
            assertAllocatesNothing(() -> matrix.multiply(x, 0, 24, out, 0));
            assertAllocatesNothing(() -> matrix.multiply(x, 0, 1, out, 0));
        }
    }

    @Test
    void functionsAllocateNothing() {
        assumeTrue(VectorMachine.floatBits() >= 256);
        int length = 8195;
        try (KernelPool pool = new KernelPool(1)) {
            Kernels kernels = new VectorKernels(pool);
            float[] x = new float[length];
            float[] y = new float[length];
            float[] out = new float[length];
            assertAllocatesNothing(() -> out[0] = kernels.max(x, 0, length));
            assertAllocatesNothing(() -> out[0] = kernels.expSum(1, x, 0, length));
            assertAllocatesNothing(() -> kernels.softcap(30, x, 0, length));
            assertAllocatesNothing(() -> kernels.addScaled(0.5f, x, 0, y, 0, length));
            assertAllocatesNothing(() -> kernels.rmsNorm(x, 0, y, 1, out, 0, length));
            assertAllocatesNothing(() -> kernels.layerNorm(x, 0, y, y, 1, out, 0, length));
            assertAllocatesNothing(() -> kernels.softmax(x, 0, length));
            assertAllocatesNothing(() -> kernels.siluMultiply(x, 0, y, 0, length));
            assertAllocatesNothing(() -> kernels.geluMultiply(x, 0, y, 0, length));
            assertAllocatesNothing(() -> kernels.gelu(x, 0, length));
            assertAllocatesNothing(() -> kernels.rotate(x, 0, false, y, y, 0, length / 2));
            assertAllocatesNothing(() -> kernels.rotate(x, 0, true, y, y, 0, length / 2));
        }
    }

    @Test
    void attentionAllocatesNothing() {
        assumeTrue(VectorMachine.floatBits() >= 256);
        try (KernelPool pool = new KernelPool(1)) {
            Kernels kernels = new VectorKernels(pool);
            float[] a = new float[12 * 64];
            float[] b = new float[64 * 64];
            float[] c = new float[12 * 64];
            short[] halves = new short[64 * 16];
            byte[] bytes = new byte[64 * 16];
            assertAllocatesNothing(
                    () -> kernels.multiplyAdd(12, 64, 64, a, 0, 64, b, 0, 64, c, 0, 64));
            assertAllocatesNothing(() -> kernels.widen(halves, 0, b, 0, 64 * 16));
            assertAllocatesNothing(() -> kernels.widenColumns(bytes, 0, a, 0, b, 0, 64));
            assertAllocatesNothing(() -> kernels.widenGroups(bytes, 0, a, 0, b, 0, 32));
        }
    }

    /**
     * The measure is coarse; this is less than one boxed vector per register of a call would be.
     */
    @Test
    void allocationsWouldBeNoticed() {
        float[][] last = new float[1][];
        long before = used();
        for (int i = 0; i < CALLS * 1024; i++) {
            last[0] = new float[8];
        }
        assertThat(used()).isNotEqualTo(before);
        assertThat(last[0]).hasSize(8);
    }

    /**
     * Runs the body until a row of calls leaves the heap as it was; fails if that never happens.
     */
    private static void assertAllocatesNothing(Runnable body) {
        long deadline = System.nanoTime() + WARM_UP_NANOS;
        long grown = Long.MAX_VALUE;
        while (grown != 0 && System.nanoTime() < deadline) {
            long before = used();
            for (int i = 0; i < CALLS; i++) {
                body.run();
            }
            grown = used() - before;
        }
        assertThat(grown).isZero();
    }

    private static long used() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
