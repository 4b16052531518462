package dev.parlance.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.tensor.Matrix;
import dev.parlance.engine.tensor.RandomWeights;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;

/** The vector kernels agree with the scalar ones bit for bit. */
class VectorKernelsTest extends KernelsContract {
    private final KernelPool alone = new KernelPool(1);
    private final Kernels scalar = new ScalarKernels(alone);

    /** Those for the widest registers; engine/pom.xml has narrower ones run too. */
    @Override
    Kernels create(KernelPool pool) {
        return KernelSelection.best(pool).kernels();
    }

    @AfterEach
    void closeScalarPool() {
        alone.close();
    }

    @ParameterizedTest
    @MethodSource("types")
    void productsAgree(GgmlType type) {
        Random random = new Random(40 + type.id());
        int step = type.blockValues();
        for (int blocks : new int[] {1, 2, 512 / step + 1, 1024 / step + 3}) {
            for (int rows : new int[] {1, 11}) {
                check(RandomWeights.matrix(type, rows, blocks * step, random), random);
            }
        }
        check(RandomWeights.matrix(type, 3, 4096, random), random);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 9, 13, 31, 32, 33, 511, 512, 513, 519, 520, 1031})
    void productsAgreeForAnyNumberOfColumns(int cols) {
        Random random = new Random(cols);
        for (GgmlType type : new GgmlType[] {GgmlType.F32, GgmlType.F16, GgmlType.BF16}) {
            check(RandomWeights.matrix(type, 11, cols, random), random);
        }
    }

    private void check(Matrix matrix, Random random) {
        MatrixKernel fast = kernels.matrix(matrix);
        MatrixKernel slow = scalar.matrix(matrix);
        for (int count : new int[] {1, 2, 5, 13, 27}) {
            float[] x = randoms(random, 3 + count * matrix.cols());
            float[] expected = new float[7 + count * matrix.rows()];
            float[] out = expected.clone();
            slow.multiply(x, 3, count, expected, 7);
            fast.multiply(x, 3, count, out, 7);
            assertSameBits(out, expected);
        }
    }

    /** The least codes with the greatest inputs, whose sum of a block just fits 16 bits. */
    @ParameterizedTest
    @ValueSource(floats = {1, -1})
    void sumsOfBlocksDoNotOverflow(float number) {
        int rows = 65;
        int cols = 512;
        byte[] bytes = new byte[(int) GgmlType.Q4_0.bytesOf((long) rows * cols)];
        for (int i = 0; i < bytes.length; i += 18) {
            bytes[i + 1] = 0x3C; // the half 1.0; codes of 0 mean -8
        }
        Matrix least = new Matrix("least", GgmlType.Q4_0, rows, cols, MemorySegment.ofArray(bytes));
        for (int count : new int[] {1, 5, 16}) {
            float[] x = new float[count * cols];
            Arrays.fill(x, number);
            float[] out = new float[count * rows];
            kernels.matrix(least).multiply(x, 0, count, out, 0);
            for (float sum : out) {
                assertThat(sum).isCloseTo(-8 * cols * number, within(0.01f));
            }
        }
    }

    /**
     * Every bit pattern a stored block can have: not a number, infinite and subnormal scales too.
     */
    @ParameterizedTest
    @MethodSource("types")
    void productsAgreeOnAnyBytes(GgmlType type) {
        Random random = new Random(80 + type.id());
        int cols = Math.max(type.blockValues(), 24);
        byte[] bytes = new byte[(int) type.bytesOf(200L * cols)];
        random.nextBytes(bytes);
        check(new Matrix("any", type, 200, cols, MemorySegment.ofArray(bytes)), random);
    }

    @Test
    void everyFiniteHalfPrecisionNumberIsWidenedExactly() {
        byte[] bytes = new byte[2 * 65_536];
        for (int i = 0; i < 65_536; i++) {
            bytes[2 * i] = (byte) i;
            bytes[2 * i + 1] = (byte) (i >> 8);
        }
        Matrix matrix = new Matrix("all", GgmlType.F16, 65_536, 1, MemorySegment.ofArray(bytes));
        for (int count : new int[] {1, 2}) {
            float[] out = new float[count * 65_536];
            kernels.matrix(matrix).multiply(new float[] {1, 1}, 0, count, out, 0);
            for (int i = 0; i < 65_536; i++) {
                float expected = Float.float16ToFloat((short) i);
                if (Float.isFinite(expected)) {
                    assertThat(out[i]).isEqualTo(expected + 0f);
                }
            }
        }
    }

    @Test
    void weightsMayLieAtAnyAddressOfMappedMemory() {
        Random random = new Random(5);
        try (Arena arena = Arena.ofShared()) {
            for (GgmlType type : types()) {
                byte[] bytes = RandomWeights.bytes(type, 5 * 256, random);
                MemorySegment native_ = arena.allocate(bytes.length + 3L).asSlice(3);
                native_.copyFrom(MemorySegment.ofArray(bytes));
                check(new Matrix("native", type, 5, 256, native_), random);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 7, 8, 9, 13, 16, 31, 64, 128, 333, 511, 512, 513, 1500})
    void vectorFunctionsAgree(int length) {
        Random random = new Random(length);
        for (float scale : new float[] {0.01f, 1, 30, 1e4f, 1e20f, 1e38f}) {
            float[] a = randoms(random, length + 3);
            for (int i = 0; i < a.length; i++) {
                a[i] *= scale;
            }
            compareAll(a, randoms(random, length + 5), length);
        }
    }

    @Test
    void vectorFunctionsAgreeOnSpecialValues() {
        float[] specials = {
            0,
            -0f,
            1,
            -1,
            Float.NaN,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.MIN_VALUE,
            -Float.MIN_VALUE,
            Float.MAX_VALUE,
            -Float.MAX_VALUE,
            88.72283f,
            88.72284f,
            88.722855f,
            -86.5f,
            -86.50001f,
            -87,
            89,
            -104
        };
        for (int length : new int[] {1, 8, 16, 19}) {
            for (int first = 0; first < specials.length; first++) {
                float[] a = new float[length + 3];
                for (int i = 0; i < length; i++) {
                    a[3 + i] = specials[(first + i) % specials.length];
                }
                compareAll(a, randoms(new Random(1), length + 5), length);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16, 40, 64, 80, 96, 128})
    void tilesOfAttentionAgree(int length) {
        Random random = new Random(length);
        for (int rows : new int[] {4, 8, 12, 16, 20}) {
            for (int columns : new int[] {16, 32, 48, 80}) {
                float[] a = randoms(random, 1 + rows * (length + 3));
                float[] b = randoms(random, 2 + length * (columns + 5));
                same(
                        randoms(random, 3 + rows * (columns + 7)),
                        (k, c) ->
                                k.multiplyAdd(
                                        rows,
                                        length,
                                        columns,
                                        a,
                                        1,
                                        length + 3,
                                        b,
                                        2,
                                        columns + 5,
                                        c,
                                        3,
                                        columns + 7));
            }
        }
    }

    private void compareAll(float[] a, float[] b, int length) {
        assertSameBits(
                new float[] {VectorSums.product(a, 3, b, 5, length)},
                new float[] {ScalarKernels.product(a, 3, b, 5, length)});
        assertSameBits(
                new float[] {kernels.max(a, 3, length)}, new float[] {scalar.max(a, 3, length)});
        assertSameBits(
                new float[] {kernels.expSum(1.5f, a.clone(), 3, length)},
                new float[] {scalar.expSum(1.5f, a.clone(), 3, length)});
        same(a, (k, y) -> k.expSum(1.5f, y, 3, length));
        same(a, (k, y) -> k.scale(1.7f, y, 3, length));
        same(a, (k, y) -> k.softcap(30, y, 3, length));
        same(b, (k, y) -> k.addScaled(1.7f, a, 3, y, 5, length));
        float[] weight = randoms(new Random(9), length);
        float[] bias = randoms(new Random(10), length);
        for (boolean adjacent : new boolean[] {false, true}) {
            int pairs = length / 2;
            same(a, (k, y) -> k.rotate(y, 3, adjacent, weight, bias, pairs / 2, pairs));
        }
        same(b, (k, y) -> k.rmsNorm(a, 3, weight, 1e-6f, y, 5, length));
        same(b, (k, y) -> k.layerNorm(a, 3, weight, bias, 1e-6f, y, 5, length));
        same(a, (k, y) -> k.softmax(y, 3, length));
        same(a, (k, y) -> k.siluMultiply(y, 3, b, 5, length));
        same(a, (k, y) -> k.geluMultiply(y, 3, b, 5, length));
        same(a, (k, y) -> k.gelu(y, 3, length));
    }

    @Test
    void weightsEndWithTheirMemory() {
        float[] x = new float[64];
        float[] out = new float[3];
        Matrix stored = RandomWeights.matrix(GgmlType.Q8_0, 3, 64, new Random(1));
        MatrixKernel matrix;
        try (Arena memory = Arena.ofShared()) {
            matrix = KernelSelection.best(pool, memory).kernels().matrix(stored);
            matrix.multiply(x, 0, 1, out, 0);
        }
        assertThatThrownBy(() -> matrix.multiply(x, 0, 1, out, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    private interface Change {
        void apply(Kernels kernels, float[] y);
    }

    private void same(float[] y, Change change) {
        float[] expected = y.clone();
        float[] out = y.clone();
        change.apply(scalar, expected);
        change.apply(kernels, out);
        assertSameBits(out, expected);
    }

    /** Bits, so that zeros of both signs differ; all NaNs count as one. */
    private static void assertSameBits(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            if (Float.floatToIntBits(actual[i]) != Float.floatToIntBits(expected[i])) {
                assertThat(actual[i]).as("element %d", i).isEqualTo(expected[i]);
                throw new AssertionError("element " + i + " differs in the sign of zero");
            }
        }
    }
}
