package dev.parlance.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.tensor.Matrix;
import dev.parlance.engine.tensor.RandomWeights;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.util.Random;
import java.util.stream.Stream;

class PackedMatrixTest {
    /** One group is full, the other is not. */
    private static final int ROWS = 100;

    private static final int COLS = 768;

    private static Stream<GgmlType> types() {
        return KernelsContract.types().stream();
    }

    @ParameterizedTest
    @MethodSource("types")
    void theNumbersAreTheSameHoweverManyRowsARegisterHolds(GgmlType type) {
        try (KernelPool pool = new KernelPool(1);
                Arena memory = Arena.ofShared()) {
            Matrix matrix = RandomWeights.matrix(type, ROWS, COLS, new Random(1));
            PackedMatrix four = PackedMatrix.of(matrix, 4, pool, memory);
            PackedMatrix eight = PackedMatrix.of(matrix, 8, pool, memory);
            PackedMatrix sixteen = PackedMatrix.of(matrix, 16, pool, memory);
            assertThat(products(four, pool))
                    .isEqualTo(products(eight, pool))
                    .isEqualTo(products(sixteen, pool));
        }
    }

    private static float[] products(PackedMatrix matrix, KernelPool pool) {
        Random random = new Random(2);
        float[] x = new float[COLS];
        for (int i = 0; i < COLS; i++) {
            x[i] = (float) random.nextGaussian();
        }
        float[] out = new float[ROWS];
        new ScalarKernels(pool).matrix(matrix).multiply(x, 0, 1, out, 0);
        return out;
    }

    @Test
    void vectorKernelsRefuseAMatrixOfOtherRegisters() {
        assumeTrue(VectorMachine.floatBits() >= 256);
        int others = Lanes.COUNT / 2;
        try (KernelPool pool = new KernelPool(1);
                Arena memory = Arena.ofShared()) {
            Matrix matrix = RandomWeights.matrix(GgmlType.F32, ROWS, COLS, new Random(1));
            MatrixKernel kernel =
                    new VectorKernels(pool).matrix(PackedMatrix.of(matrix, others, pool, memory));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> kernel.multiply(new float[COLS], 0, 1, new float[ROWS], 0))
                    .withMessage("registers hold " + Lanes.COUNT + " rows, packed for " + others);
        }
    }
}
