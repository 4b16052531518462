package dev.parlance.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.gguf.UnsupportedModelException;
import dev.parlance.engine.tensor.Dequantiser;
import dev.parlance.engine.tensor.Matrix;
import dev.parlance.engine.tensor.RandomWeights;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** What every version of the kernels must do, judged by float64 arithmetic. */
abstract class KernelsContract {
    final KernelPool pool = new KernelPool(3);
    final Kernels kernels = create(pool);

    abstract Kernels create(KernelPool pool);

    static Set<GgmlType> types() {
        return Dequantiser.supportedTypes();
    }

    @AfterEach
    void closePool() {
        pool.close();
    }

    static float[] randoms(Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("types")
    void aProductIsTheSumOverTheDequantisedRow(GgmlType type) {
        Random random = new Random(type.id());
        int cols = 512;
        int rows = 137;
        int count = 6;
        Matrix stored = RandomWeights.matrix(type, rows, cols, random);
        MatrixKernel matrix = kernels.matrix(stored);
        float[] x = randoms(random, 3 + count * cols);
        float[] out = new float[5 + count * rows];

        matrix.multiply(x, 3, count, out, 5);

        for (int i = 0; i < count; i++) {
            float[] input = Arrays.copyOfRange(x, 3 + i * cols, 3 + (i + 1) * cols);
            float[] products = Arrays.copyOfRange(out, 5 + i * rows, 5 + (i + 1) * rows);
            assertProducts(stored, input, products);
        }
    }

    /**
     * By sums of float64. Weights of up to six bits are multiplied with rounded inputs, which costs
     * more than the order of additions, but errors cancel out for the most part.
     */
    private static void assertProducts(Matrix stored, float[] input, float[] products) {
        double[] rounded = asMultiplied(stored.type(), input);
        float[] row = new float[stored.cols()];
        for (int r = 0; r < stored.rows(); r++) {
            stored.readRow(r, row, 0);
            double sum = 0;
            double ofRounded = 0;
            double size = 0;
            double squares = 0;
            for (int c = 0; c < row.length; c++) {
                sum += (double) row[c] * input[c];
                ofRounded += row[c] * rounded[c];
                size += Math.abs((double) row[c] * input[c]);
                squares += (double) row[c] * row[c];
            }
            assertThat((double) products[r])
                    .as("row %d", r)
                    .isCloseTo(ofRounded, within(size * 2e-6));
            // A step is 2/127 of inputs of about 3 at most; the error is its 12th, squared.
            double mostError = 6 * Math.sqrt(squares / 12) * 4 / 127;
            assertThat((double) products[r]).as("row %d", r).isCloseTo(sum, within(mostError));
        }
    }

    /** The inputs as they are multiplied with weights of a type. */
    private static double[] asMultiplied(GgmlType type, float[] input) {
        WeightLayout layout = WeightLayout.of(type);
        double[] numbers = new double[input.length];
        for (int from = 0; from < input.length; from += layout.blockCols()) {
            int end = Math.min(input.length, from + layout.blockCols());
            float greatest = 0;
            for (int c = from; c < end; c++) {
                greatest = Math.max(greatest, Math.abs(input[c]));
            }
            for (int c = from; c < end; c++) {
                numbers[c] =
                        layout.codes().areQuantised()
                                ? Math.rint(input[c] * (127 / greatest)) * (greatest / 127.0)
                                : input[c];
            }
        }
        return numbers;
    }

    @ParameterizedTest
    @MethodSource("types")
    void anInputGivesTheSameBitsAloneAndInEveryBatch(GgmlType type) {
        Random random = new Random(type.id());
        int cols = 768;
        int rows = 9;
        MatrixKernel matrix = kernels.matrix(RandomWeights.matrix(type, rows, cols, random));
        int most = 67;
        float[] x = randoms(random, most * cols);
        float[] alone = new float[most * rows];
        for (int i = 0; i < most; i++) {
            matrix.multiply(x, i * cols, 1, alone, i * rows);
        }
        for (int count : new int[] {2, 3, 4, 5, 6, 23, 24, 25, 66, 67}) {
            float[] together = new float[most * rows];
            matrix.multiply(x, 0, count, together, 0);
            assertThat(together).startsWith(Arrays.copyOf(alone, count * rows));
        }
    }

    @Test
    void severalMatricesAtOnceGiveWhatEachGivesAlone() {
        Random random = new Random(3);
        int cols = 512;
        List<MatrixKernel> matrices = new ArrayList<>();
        // Blocks of 16 and of 32 columns and none at all, which sum their inputs differently.
        for (GgmlType type : List.of(GgmlType.Q4_K, GgmlType.Q6_K, GgmlType.Q8_0, GgmlType.Q4_0)) {
            int rows = 50 + 40 * matrices.size();
            matrices.add(kernels.matrix(RandomWeights.matrix(type, rows, cols, random)));
        }
        for (int count : new int[] {1, 5}) {
            float[] x = randoms(random, count * cols);
            List<float[]> outs = new ArrayList<>();
            matrices.forEach(matrix -> outs.add(new float[count * matrix.rows()]));
            kernels.multiplyEach(matrices, x, count, outs);
            for (int i = 0; i < matrices.size(); i++) {
                float[] alone = new float[count * matrices.get(i).rows()];
                matrices.get(i).multiply(x, 0, count, alone, 0);
                assertThat(outs.get(i)).isEqualTo(alone);
            }
        }
    }

    @Test
    void afterAFailureTheNextProductsAreRight() {
        Random random = new Random(4);
        List<MatrixKernel> matrices = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            matrices.add(kernels.matrix(RandomWeights.matrix(GgmlType.Q8_0, 70, 64, random)));
        }
        float[] x = randoms(random, 64);
        List<float[]> tooShort = List.of(new float[70], new float[69]);
        assertThatThrownBy(() -> kernels.multiplyEach(matrices, x, 1, tooShort))
                .isInstanceOf(IndexOutOfBoundsException.class);

        List<float[]> outs = List.of(new float[70], new float[70]);
        kernels.multiplyEach(matrices, x, 1, outs);
        for (int i = 0; i < 2; i++) {
            float[] alone = new float[70];
            matrices.get(i).multiply(x, 0, 1, alone, 0);
            assertThat(outs.get(i)).isEqualTo(alone);
        }
    }

    @Test
    void nothingBesidesTheResultIsWritten() {
        MatrixKernel matrix =
                kernels.matrix(RandomWeights.matrix(GgmlType.F32, 9, 11, new Random(1)));
        float[] out = new float[2 + 2 * 9 + 2];
        Arrays.fill(out, 42);
        matrix.multiply(randoms(new Random(2), 22), 0, 2, out, 2);
        assertThat(out).startsWith(42, 42).endsWith(42, 42);
        assertThat(Arrays.copyOfRange(out, 2, 20)).doesNotContain(42);
    }

    /** Packed in several pieces of memory, and read in several parts of a row. */
    @Test
    void rowsMayBeManyAndLong() {
        Random random = new Random(9);
        for (int[] shape : new int[][] {{70 * 64 + 3, 64}, {67, 4096 + 512 + 32}}) {
            Matrix stored = RandomWeights.matrix(GgmlType.Q5_1, shape[0], shape[1], random);
            float[] x = randoms(random, shape[1]);
            float[] out = new float[shape[0]];
            kernels.matrix(stored).multiply(x, 0, 1, out, 0);
            assertProducts(stored, x, out);
        }
    }

    @Test
    void inputsThatRoundToNothingAndThoseThatAreNoNumbers() {
        Matrix stored = RandomWeights.matrix(GgmlType.Q4_0, 3, 64, new Random(5));
        MatrixKernel matrix = kernels.matrix(stored);
        float[] x = new float[64];
        float[] out = new float[3];
        for (float tiny : new float[] {0, Float.MIN_VALUE, 0x1p-112f}) {
            x[7] = tiny;
            matrix.multiply(x, 0, 1, out, 0);
            assertThat(out).containsOnly(0);
        }
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            x[7] = bad;
            matrix.multiply(x, 0, 1, out, 0);
            assertThat(out).containsOnly(Float.NaN);
        }
    }

    @Test
    void noInputsAreNoWork() {
        MatrixKernel matrix =
                kernels.matrix(RandomWeights.matrix(GgmlType.F32, 2, 3, new Random(1)));
        matrix.multiply(new float[0], 0, 0, new float[0], 0);
        assertThat(matrix.rows()).isEqualTo(2);
        assertThat(matrix.cols()).isEqualTo(3);
    }

    @Test
    void arraysThatAreTooShortAreRefused() {
        MatrixKernel matrix =
                kernels.matrix(RandomWeights.matrix(GgmlType.F32, 4, 8, new Random(1)));
        assertThatThrownBy(() -> matrix.multiply(new float[15], 0, 2, new float[8], 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> matrix.multiply(new float[16], 0, 2, new float[8], 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aTypeThatIsNotSupportedIsRefusedByName() {
        Matrix matrix =
                new Matrix("output.weight", GgmlType.I8, 1, 4, MemorySegment.ofArray(new byte[4]));
        assertThatThrownBy(() -> kernels.matrix(matrix))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("tensor 'output.weight' is stored as I8");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 13, 64, 100})
    void addScaledAndScale(int length) {
        Random random = new Random(length);
        float[] a = randoms(random, length + 2);
        float[] b = randoms(random, length + 5);
        float[] y = b.clone();
        kernels.addScaled(0.5f, a, 2, y, 5, length);
        assertThat(y).startsWith(b[0], b[1], b[2], b[3], b[4]);
        for (int i = 0; i < length; i++) {
            assertThat(y[5 + i]).isCloseTo(b[5 + i] + 0.5f * a[2 + i], within(1e-6f));
        }
        float[] scaled = b.clone();
        kernels.scale(3, scaled, 5, length);
        assertThat(scaled).startsWith(b[0], b[1], b[2], b[3], b[4]);
        for (int i = 0; i < length; i++) {
            assertThat(scaled[5 + i]).isEqualTo(3 * b[5 + i]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 40, 64, 80, 96, 128})
    void multiplyAddAddsAProductOfMatrices(int length) {
        Random random = new Random(length);
        for (int rows : new int[] {4, 8, 12, 16}) {
            for (int columns : new int[] {16, 48}) {
                int aStride = length + 3;
                int bStride = columns + 5;
                int cStride = columns + 7;
                float[] a = randoms(random, 1 + rows * aStride);
                float[] b = randoms(random, 2 + length * bStride);
                float[] before = randoms(random, 3 + rows * cStride);
                float[] c = before.clone();
                kernels.multiplyAdd(
                        rows, length, columns, a, 1, aStride, b, 2, bStride, c, 3, cStride);
                double[] expected = new double[c.length];
                for (int i = 0; i < c.length; i++) {
                    expected[i] = before[i];
                }
                for (int r = 0; r < rows; r++) {
                    for (int j = 0; j < columns; j++) {
                        for (int k = 0; k < length; k++) {
                            expected[3 + r * cStride + j] +=
                                    (double) a[1 + r * aStride + k] * b[2 + k * bStride + j];
                        }
                    }
                }
                for (int i = 0; i < c.length; i++) {
                    assertThat((double) c[i]).isCloseTo(expected[i], within(2e-5));
                }
            }
        }
    }

    @Test
    void everyHalfIsWidenedExactly() {
        short[] halves = new short[1 + 65_536];
        for (int i = 0; i < 65_536; i++) {
            halves[1 + i] = (short) i;
        }
        float[] out = new float[2 + 65_536];
        kernels.widen(halves, 1, out, 2, 65_536);
        for (int i = 0; i < 65_536; i++) {
            int exponent = i >> 10 & 31;
            double size = (i & 1023) + (exponent == 0 ? 0 : 1024);
            double value = size * Math.pow(2, Math.max(exponent, 1) - 25);
            if (exponent == 31) {
                value = (i & 1023) == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            }
            // Boxed, so that zeros of both signs differ and that what is no number equals itself.
            assertThat(Double.valueOf(out[2 + i]))
                    .isEqualTo(Double.valueOf(i < 32_768 ? value : -value));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 32, 33, 64, 80})
    void bytesAreWidenedByTheScaleOfTheirColumnOrGroup(int rows) {
        Random random = new Random(rows);
        byte[] bytes = new byte[3 + rows * 32];
        random.nextBytes(bytes);
        float[] scales = randoms(random, 2 + Math.max(rows, (rows + 31) / 32 * 16));
        float[] columns = new float[1 + rows * 16];
        kernels.widenColumns(bytes, 3, scales, 2, columns, 1, rows);
        assertThat(columns[0]).isZero();
        for (int i = 0; i < rows * 16; i++) {
            assertThat(columns[1 + i]).isEqualTo(bytes[3 + i] * scales[2 + i / 512 * 16 + i % 16]);
        }
        float[] groups = new float[1 + rows * 32];
        kernels.widenGroups(bytes, 3, scales, 2, groups, 1, rows);
        assertThat(groups[0]).isZero();
        for (int i = 0; i < rows * 32; i++) {
            assertThat(groups[1 + i]).isEqualTo(bytes[3 + i] * scales[2 + i / 32]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 13, 31, 32, 512})
    void maxAndExpSum(int length) {
        float[] x = randoms(new Random(length), length + 2);
        x[0] = 100;
        x[length + 1] = 100;
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0;
        for (int i = 1; i <= length; i++) {
            max = Math.max(max, x[i]);
            sum += Math.exp(x[i] - 0.25);
        }
        assertThat((double) kernels.max(x, 1, length)).isEqualTo(max);
        float[] powers = x.clone();
        assertThat((double) kernels.expSum(0.25f, powers, 1, length))
                .isCloseTo(sum, within(1e-6 * sum));
        assertThat(powers).startsWith(100).endsWith(100);
        for (int i = 1; i <= length; i++) {
            double expected = Math.exp(x[i] - 0.25);
            assertThat((double) powers[i]).isCloseTo(expected, within(3e-7 * expected));
        }
    }

    @Test
    void softcapBoundsSmoothly() {
        float[] x = new float[1203];
        for (int i = 1; i < x.length; i++) {
            x[i] = (i - 600) / 3f;
        }
        float[] capped = x.clone();
        kernels.softcap(50, capped, 1, x.length - 1);
        for (int i = 0; i < x.length; i++) {
            assertThat((double) capped[i])
                    .isCloseTo(50 * Math.tanh(x[i] / 50.0), within(50 * 1.5e-7));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 13, 96})
    void rmsNormDividesByTheRootOfTheMeanSquare(int length) {
        Random random = new Random(length);
        float[] x = randoms(random, length + 1);
        float[] weight = randoms(random, length);
        double squares = 0;
        for (int i = 0; i < length; i++) {
            squares += (double) x[1 + i] * x[1 + i];
        }
        double root = Math.sqrt(squares / length + 1e-5);

        float[] out = new float[length + 2];
        kernels.rmsNorm(x, 1, weight, 1e-5f, out, 2, length);
        for (int i = 0; i < length; i++) {
            double expected = x[1 + i] / root * weight[i];
            assertThat((double) out[2 + i])
                    .isCloseTo(expected, within(1e-6 * Math.abs(expected) + 1e-9));
        }
        kernels.rmsNorm(x, 1, weight, 1e-5f, x, 1, length);
        assertThat(Arrays.copyOfRange(x, 1, length + 1))
                .isEqualTo(Arrays.copyOfRange(out, 2, length + 2));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 13, 96})
    void layerNormCentresAndScales(int length) {
        Random random = new Random(length);
        float[] x = randoms(random, length + 1);
        float[] weight = randoms(random, length);
        float[] bias = randoms(random, length);
        double mean = 0;
        for (int i = 0; i < length; i++) {
            mean += x[1 + i] / (double) length;
        }
        double variance = 0;
        for (int i = 0; i < length; i++) {
            variance += (x[1 + i] - mean) * (x[1 + i] - mean) / length;
        }

        float[] out = new float[length + 2];
        kernels.layerNorm(x, 1, weight, bias, 1e-5f, out, 2, length);
        for (int i = 0; i < length; i++) {
            double expected = (x[1 + i] - mean) / Math.sqrt(variance + 1e-5) * weight[i] + bias[i];
            assertThat((double) out[2 + i]).isCloseTo(expected, within(3e-6));
        }
        kernels.layerNorm(x, 1, weight, bias, 1e-5f, x, 1, length);
        assertThat(Arrays.copyOfRange(x, 1, length + 1))
                .isEqualTo(Arrays.copyOfRange(out, 2, length + 2));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 13, 500})
    void softmaxIsExponentialsOverTheirSum(int length) {
        float[] x = randoms(new Random(length), length + 1);
        for (int i = 0; i <= length; i++) {
            x[i] = x[i] * 10 + 300; // e^300 does not fit a float
        }
        double sum = 0;
        for (int i = 1; i <= length; i++) {
            sum += Math.exp(x[i] - 300.0);
        }
        float[] out = x.clone();
        kernels.softmax(out, 1, length);
        assertThat(out[0]).isEqualTo(x[0]);
        for (int i = 1; i <= length; i++) {
            double expected = Math.exp(x[i] - 300.0) / sum;
            assertThat((double) out[i]).isCloseTo(expected, within(5e-7 * expected + 1e-30));
        }
    }

    @Test
    void softmaxGivesMaskedScoresNoWeight() {
        float[] x = {Float.NEGATIVE_INFINITY, 1, Float.NEGATIVE_INFINITY, 1};
        kernels.softmax(x, 0, 4);
        assertThat(x).containsExactly(0, 0.5f, 0, 0.5f);
        kernels.softmax(x, 0, 0);
        assertThat(x).containsExactly(0, 0.5f, 0, 0.5f);
    }

    @Test
    void siluAndGeluFollowTheirFormulas() {
        int length = 1203;
        float[] x = new float[length + 1];
        float[] up = randoms(new Random(3), length + 2);
        for (int i = 0; i <= length; i++) {
            x[i] = (i - 600) / 20f;
        }
        float[] silu = x.clone();
        kernels.siluMultiply(silu, 1, up, 2, length);
        float[] gelu = x.clone();
        kernels.gelu(gelu, 1, length);
        float[] geluMultiply = x.clone();
        kernels.geluMultiply(geluMultiply, 1, up, 2, length);
        assertThat(silu[0]).isEqualTo(x[0]);
        assertThat(gelu[0]).isEqualTo(x[0]);
        for (int i = 1; i <= length; i++) {
            double v = x[i];
            double wantSilu = v / (1 + Math.exp(-v)) * up[i + 1];
            double tanh = Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v));
            double wantGelu = 0.5 * v * (1 + tanh);
            assertThat((double) silu[i])
                    .isCloseTo(wantSilu, within(5e-7 * Math.abs(wantSilu) + 1e-12));
            assertThat((double) gelu[i])
                    .isCloseTo(wantGelu, within(4e-6 * Math.abs(wantGelu) + 1e-8));
            assertThat(geluMultiply[i]).isEqualTo(gelu[i] * up[i + 1]);
        }
    }

    @Test
    void everyTaskOfAParallelRegionRunsOnce() {
        AtomicIntegerArray runs = new AtomicIntegerArray(1000);
        kernels.parallel(1000, runs::incrementAndGet);
        for (int i = 0; i < 1000; i++) {
            assertThat(runs.get(i)).isEqualTo(1);
        }
    }
}
