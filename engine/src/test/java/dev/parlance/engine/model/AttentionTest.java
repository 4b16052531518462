package dev.parlance.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.kernel.KernelPool;
import dev.parlance.engine.kernel.KernelSelection;
import dev.parlance.engine.kernel.Kernels;
import dev.parlance.engine.kernel.ScalarKernels;
import dev.parlance.engine.kvcache.BlockTable;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvShape;
import dev.parlance.engine.kvcache.KvStorage;
import dev.parlance.engine.model.Batch.LogitsWanted;
import dev.parlance.engine.model.Batch.Run;
import dev.parlance.engine.model.TinyModel.Shape;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Attention over random queries, keys and values, judged by float64 arithmetic. */
class AttentionTest {
    /** Reaches over two spans and into a third. */
    private static final int LENGTH = 2 * SpanAttention.SPAN + 77;

    @TempDir private Path folder;

    /** A model's hyperparameters, and random numbers for it. */
    private record Setup(ModelConfig config, float[][] queries, float[][] keys, float[][] values) {
        KvCache cache(KvStorage storage, int sequences) {
            KvShape shape = new KvShape(2, config.kvHeadCount(), config.headLength());
            return new KvCache(shape, storage, sequences * shape.blocksFor(LENGTH));
        }

        /** A sequence with all positions in layer 1, and something else in layer 0. */
        BlockTable sequence(KvCache cache) {
            BlockTable blocks = cache.allocate(LENGTH);
            for (int position = 0; position < LENGTH; position++) {
                cache.touch(blocks, position);
                cache.write(blocks, position, 0, values[position], 0, keys[position], 0);
                cache.write(blocks, position, 1, keys[position], 0, values[position], 0);
            }
            return blocks;
        }
    }

    private Setup setup(int heads, int kvHeads, int headLength, double softcap) throws IOException {
        Shape shape = new Shape(1, 16, heads, kvHeads, headLength, 8, 8);
        TinyModel model = TinyModel.of("gemma2", shape).real("attn_logit_softcapping", softcap);
        ModelConfig config;
        try (GgufFile file = model.open(folder)) {
            config = ModelConfig.read(file.metadata(), Architectures.of(file.metadata()));
        }
        Random random = new Random(headLength);
        return new Setup(
                config,
                randoms(random, config.queryLength()),
                randoms(random, config.keyLength()),
                randoms(random, config.keyLength()));
    }

    private static float[][] randoms(Random random, int length) {
        float[][] rows = new float[LENGTH][length];
        for (float[] row : rows) {
            for (int i = 0; i < length; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
        return rows;
    }

    /** Attention of some positions of one sequence, computed as one step. */
    private static float[][] attend(
            Setup setup, Kernels kernels, KvStorage storage, int window, int first, int end) {
        KvCache cache = setup.cache(storage, 1);
        return attend(
                setup, kernels, cache, window, List.of(run(setup.sequence(cache), first, end)));
    }

    private static Run run(BlockTable blocks, int first, int end) {
        return new Run(blocks, first, new int[end - first], LogitsWanted.NONE, LENGTH);
    }

    private static float[][] attend(
            Setup setup, Kernels kernels, KvCache cache, int window, List<Run> runs) {
        Rows rows = Rows.of(new Batch(runs), 1, Integer.MAX_VALUE);
        int length = setup.config().queryLength();
        float[] query = new float[rows.count() * length];
        for (int row = 0; row < rows.count(); row++) {
            System.arraycopy(setup.queries()[rows.position(row)], 0, query, row * length, length);
        }
        float[] out = new float[query.length];
        Attention attention = new Attention(setup.config(), kernels);
        attention.prepare(rows);
        attention.attend(rows, window, 1, cache, query, out);
        float[][] result = new float[rows.count()][];
        for (int row = 0; row < result.length; row++) {
            result[row] = Arrays.copyOfRange(out, row * length, (row + 1) * length);
        }
        return result;
    }

    private static double[] naive(Setup setup, int window, int position) {
        ModelConfig config = setup.config();
        int length = config.headLength();
        double[] out = new double[config.queryLength()];
        for (int head = 0; head < config.headCount(); head++) {
            int at = head * length;
            int kv = head * config.kvHeadCount() / config.headCount() * length;
            double sum = 0;
            for (int p = window == 0 ? 0 : Math.max(0, position + 1 - window); p <= position; p++) {
                double score = 0;
                for (int i = 0; i < length; i++) {
                    score += (double) setup.queries()[position][at + i] * setup.keys()[p][kv + i];
                }
                score *= config.attentionScale();
                if (config.attentionSoftcap() != 0) {
                    score =
                            config.attentionSoftcap()
                                    * Math.tanh(score / config.attentionSoftcap());
                }
                double weight = Math.exp(score);
                sum += weight;
                for (int i = 0; i < length; i++) {
                    out[at + i] += weight * setup.values()[p][kv + i];
                }
            }
            for (int i = at; i < at + length; i++) {
                out[i] /= sum;
            }
        }
        return out;
    }

    /** Heads in all proportions, lengths that fill a tile and that do not. */
    @ParameterizedTest
    @CsvSource({
        "8, 2, 64, 0, 0",
        "4, 4, 80, 0, 0",
        "3, 1, 40, 30, 0",
        "6, 2, 96, 0, 5",
        "14, 2, 10, 0, 300",
        "40, 2, 8, 50, 530"
    })
    void isTheSoftmaxOverThePositionsThatARowSees(
            int heads, int kvHeads, int headLength, double softcap, int window) throws IOException {
        Setup setup = setup(heads, kvHeads, headLength, softcap);
        try (KernelPool pool = new KernelPool(2)) {
            Kernels kernels = KernelSelection.best(pool).kernels();
            assertNear(setup, kernels, KvStorage.F32, window, 3e-6);
            assertNear(setup, kernels, KvStorage.F16, window, 2e-3);
            assertNear(setup, kernels, KvStorage.Q8_0, window, 3e-2);
        }
    }

    private static void assertNear(
            Setup setup, Kernels kernels, KvStorage storage, int window, double bound) {
        int first = LENGTH - 100;
        float[][] found = attend(setup, kernels, storage, window, first, LENGTH);
        float[][] early = attend(setup, kernels, storage, window, 0, 35);
        for (int position = 0; position < LENGTH; position += position == 34 ? first - 34 : 1) {
            double[] expected = naive(setup, window, position);
            float[] row = position < 35 ? early[position] : found[position - first];
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) row[i]).isCloseTo(expected[i], within(bound));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"F32, 0", "F16, 0", "Q8_0, 0", "F32, 700", "F16, 20"})
    void bitsDependNeitherOnKernelsNorThreadsNorStepsNorOtherRows(KvStorage storage, int window)
            throws IOException {
        Setup setup = setup(6, 2, 40, 0);
        int first = LENGTH - 60;
        float[][] expected;
        try (KernelPool pool = new KernelPool(1)) {
            expected = attend(setup, new ScalarKernels(pool), storage, window, first, LENGTH);
        }
        for (int threads = 1; threads <= 3; threads++) {
            try (KernelPool pool = new KernelPool(threads)) {
                Kernels kernels = KernelSelection.best(pool).kernels();
                KvCache cache = setup.cache(storage, 2);
                BlockTable blocks = setup.sequence(cache);
                BlockTable other = setup.sequence(cache);
                Run whole = run(blocks, first, LENGTH);
                assertThat(attend(setup, kernels, cache, window, List.of(whole)))
                        .isDeepEqualTo(expected);
                for (int position = first; position < LENGTH; position += 7) {
                    Run alone = run(blocks, position, position + 1);
                    assertThat(attend(setup, kernels, cache, window, List.of(alone))[0])
                            .isEqualTo(expected[position - first]);
                    Run neighbour = run(other, 0, position % 50 + 1);
                    float[][] both =
                            attend(setup, kernels, cache, window, List.of(neighbour, alone));
                    assertThat(both[both.length - 1]).isEqualTo(expected[position - first]);
                }
            }
        }
    }

    /** What earlier owners of a block left after the last position, or before the window. */
    @Test
    void whatARowDoesNotSeeNeedNotBeANumber() throws IOException {
        Setup setup = setup(2, 1, 8, 0);
        try (KernelPool pool = new KernelPool(1)) {
            Kernels kernels = new ScalarKernels(pool);
            KvCache cache = setup.cache(KvStorage.F32, 1);
            BlockTable blocks = setup.sequence(cache);
            int position = LENGTH - 10;
            List<Run> runs = List.of(run(blocks, position, position + 1));
            float[][] expected = attend(setup, kernels, cache, 40, runs);
            float[] nan = new float[8];
            Arrays.fill(nan, Float.NaN);
            List<Integer> unseen = new ArrayList<>();
            for (int p = 0; p < LENGTH; p++) {
                // Blocks that a window reaches into belong to the sequence itself.
                if (p > position || p < (position - 39) / 16 * 16) {
                    cache.write(blocks, p, 1, nan, 0, nan, 0);
                    unseen.add(p);
                }
            }
            assertThat(unseen).contains(0, LENGTH - 1);
            assertThat(attend(setup, kernels, cache, 40, runs)).isDeepEqualTo(expected);
        }
    }

    @Test
    void aScoreThatOverflowsShowsInTheResult() throws IOException {
        Setup setup = setup(2, 1, 8, 0);
        Arrays.fill(setup.queries()[0], 1e38f);
        try (KernelPool pool = new KernelPool(1)) {
            for (float key : new float[] {1e38f, -1e38f}) {
                Arrays.fill(setup.keys()[0], key);
                float[][] out = attend(setup, new ScalarKernels(pool), KvStorage.F32, 0, 0, 1);
                assertThat(out[0]).containsOnly(Float.NaN);
            }
        }
    }
}
