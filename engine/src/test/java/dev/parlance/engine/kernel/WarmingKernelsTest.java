package dev.parlance.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.tensor.Matrix;
import dev.parlance.engine.tensor.RandomWeights;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;

@Timeout(120)
class WarmingKernelsTest extends KernelsContract {
    private static final int ROWS = 40;
    private static final int COLS = 64;

    @Override
    Kernels create(KernelPool pool) {
        return new WarmingKernels(new ScalarKernels(pool), new VectorKernels(pool), _ -> false);
    }

    @BeforeEach
    void needsVectors() {
        assumeTrue(VectorMachine.floatBits() >= 256);
    }

    @Test
    void vectorsServeOnceTheyHaveBeenCompiledAndNobodyCanTell() throws InterruptedException {
        BlockingQueue<Set<GgmlType>> asked = new LinkedBlockingQueue<>();
        CountDownLatch compiled = new CountDownLatch(1);
        WarmingKernels warming =
                warmAfter(
                        3L * ROWS * COLS,
                        types -> {
                            asked.add(types);
                            await(compiled);
                            return true;
                        });
        Random random = new Random(5);
        MatrixKernel matrix =
                warming.matrix(RandomWeights.matrix(GgmlType.Q8_0, ROWS, COLS, random));
        // Never multiplied, so it needs no kernel.
        warming.matrix(RandomWeights.matrix(GgmlType.F32, ROWS, COLS, random));
        float[] x = randoms(random, COLS);
        float[] first = new float[ROWS];
        matrix.multiply(x, 0, 1, first, 0);
        float max = warming.max(first, 0, 37);
        assertMultiplies(matrix, x, first);
        assertThat(asked).isEmpty();
        assertMultiplies(matrix, x, first);
        assertThat(asked.take()).containsExactly(GgmlType.Q8_0);
        assertMultiplies(matrix, x, first);
        assertThat(warming.isWarm()).isFalse();

        compiled.countDown();
        while (!warming.isWarm()) {
            assertMultiplies(matrix, x, first);
        }
        assertMultiplies(matrix, x, first);
        assertThat(warming.max(first, 0, 37)).isEqualTo(max);
        assertThat(asked).isEmpty();
    }

    @Test
    void aLargeModelWaitsForVectors() {
        BlockingQueue<Set<GgmlType>> asked = new LinkedBlockingQueue<>();
        WarmingKernels warming = warmAfter(Long.MAX_VALUE, asked::add);
        warming.awaitFast();
        assertThat(warming.isWarm()).isFalse();
        warming.warmUp(EnumSet.of(GgmlType.Q8_0));
        warming.warmUp(EnumSet.of(GgmlType.F32));
        warming.awaitFast();
        assertThat(warming.isWarm()).isTrue();
        assertThat(asked).containsExactly(EnumSet.of(GgmlType.Q8_0));
    }

    private WarmingKernels warmAfter(long products, Predicate<Set<GgmlType>> warmUp) {
        return new WarmingKernels(
                new ScalarKernels(pool), new VectorKernels(pool), products, warmUp);
    }

    private static void assertMultiplies(MatrixKernel matrix, float[] x, float[] expected) {
        float[] out = new float[ROWS];
        matrix.multiply(x, 0, 1, out, 0);
        assertThat(out).isEqualTo(expected);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aWarmUpEndsWhenTheKernelsHaveBeenCompiled() {
        VectorWarmUp warmUp =
                new VectorWarmUp(
                        EnumSet.of(GgmlType.Q4_K, GgmlType.F16, GgmlType.IQ4_XS),
                        new VectorKernels(new KernelPool(1)));
        assertThat(warmUp.run(0)).isFalse();
        assertThat(warmUp.run()).isTrue();
    }

    @Test
    void scalarsStayWhereVectorsAreNotCompiled() throws InterruptedException {
        CountDownLatch tried = new CountDownLatch(1);
        WarmingKernels warming =
                warmAfter(
                        1,
                        _ -> {
                            tried.countDown();
                            return false;
                        });
        Matrix matrix = RandomWeights.matrix(GgmlType.F32, ROWS, COLS, new Random(8));
        warming.matrix(matrix).multiply(new float[COLS], 0, 1, new float[ROWS], 0);
        tried.await();
        warming.matrix(matrix).multiply(new float[COLS], 0, 1, new float[ROWS], 0);
        assertThat(warming.isWarm()).isFalse();
    }
}
