package dev.parlance.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.kernel.KernelPool;
import dev.parlance.engine.kernel.KernelSelection;
import dev.parlance.engine.kernel.Kernels;
import dev.parlance.engine.kernel.ScalarKernels;
import dev.parlance.engine.kvcache.BlockTable;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvDemand;
import dev.parlance.engine.kvcache.KvStorage;
import dev.parlance.engine.model.Batch.LogitsWanted;
import dev.parlance.engine.model.Batch.Run;
import dev.parlance.engine.model.TinyModel.Shape;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** What a row yields, bit for bit, does not depend on how the work is cut. */
@ParameterizedClass
@MethodSource("models")
class EquivalenceTest {
    private static final Shape SHAPE = new Shape(3, 24, 6, 2, 8, 40, 48);
    private static final int[] PROMPT = tokens(53, 1);

    /** A family, how keys and values are kept, and whether the kernels are the scalar ones. */
    record Setup(String name, Supplier<TinyModel> model, KvStorage storage, boolean scalar) {
        @Override
        public String toString() {
            return name + ", " + storage + (scalar ? ", scalar" : "");
        }
    }

    static List<Setup> models() {
        return List.of(
                new Setup("llama", () -> TinyModel.of("llama", SHAPE), KvStorage.F32, true),
                new Setup("llama", () -> TinyModel.of("llama", SHAPE), KvStorage.F16, false),
                new Setup(
                        "mixtral",
                        () -> TinyModel.of("llama", SHAPE).experts(5, 2, 40),
                        KvStorage.F32,
                        false),
                new Setup(
                        "llama whose layers all see a window",
                        () -> TinyModel.of("llama", SHAPE).integer("attention.sliding_window", 19),
                        KvStorage.F16,
                        false),
                new Setup(
                        "gemma2",
                        () ->
                                TinyModel.of("gemma2", SHAPE)
                                        .normsAfter()
                                        .integer("attention.sliding_window", 7),
                        KvStorage.Q8_0,
                        false));
    }

    @TempDir private Path folder;
    private final Setup setup;
    private final KernelPool pool = new KernelPool(2);

    EquivalenceTest(Setup setup) {
        this.setup = setup;
    }

    @AfterEach
    void stopThreads() {
        pool.close();
    }

    private interface Check {
        void on(LanguageModel model);
    }

    private void check(Check check) throws IOException {
        Kernels kernels =
                setup.scalar() ? new ScalarKernels(pool) : KernelSelection.best(pool).kernels();
        try (GgufFile file = setup.model().get().open(folder)) {
            check.on(ModelLoader.load(file, kernels));
        }
    }

    private static int[] tokens(int count, long seed) {
        return new Random(seed).ints(count, 0, SHAPE.vocabulary()).toArray();
    }

    private static int[] part(int[] tokens, int from, int to) {
        return Arrays.copyOfRange(tokens, from, to);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15, 16, 17, 40})
    void promptInChunksIsThePromptAtOnce(int chunk) throws IOException {
        check(model -> {
            float[][] whole = Logits.ofAll(model, setup.storage(), PROMPT);
            KvCache cache =
                    model.newCache(setup.storage(), model.kvShape().blocksFor(PROMPT.length));
            BlockTable blocks = cache.allocate(PROMPT.length);
            for (int from = 0; from < PROMPT.length; from += chunk) {
                int to = Math.min(PROMPT.length, from + chunk);
                float[][] part = Logits.step(model, cache, blocks, from, part(PROMPT, from, to));
                assertThat(part).isDeepEqualTo(Arrays.copyOfRange(whole, from, to));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void sequencesTogetherAreEachAlone(long seed) throws IOException {
        check(model -> {
            Random random = new Random(seed);
            int count = 5;
            KvCache cache = model.newCache(setup.storage(), 100);
            List<int[]> prompts = new ArrayList<>();
            List<float[][]> alone = new ArrayList<>();
            List<BlockTable> tables = new ArrayList<>();
            int[] computed = new int[count];
            for (int i = 0; i < count; i++) {
                prompts.add(tokens(1 + random.nextInt(60), 10 * seed + i));
                alone.add(Logits.ofAll(model, setup.storage(), prompts.get(i)));
                tables.add(cache.allocate(prompts.get(i).length));
            }
            while (IntStream.range(0, count).anyMatch(i -> computed[i] < prompts.get(i).length)) {
                List<Run> runs = new ArrayList<>();
                List<Integer> sequences = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    int left = prompts.get(i).length - computed[i];
                    int next = Math.min(left, random.nextInt(20));
                    if (next > 0) {
                        int[] tokens = part(prompts.get(i), computed[i], computed[i] + next);
                        runs.add(new Run(tables.get(i), computed[i], tokens, LogitsWanted.ALL, 0));
                        sequences.add(i);
                    }
                }
                model.forward(
                        new Batch(runs),
                        cache,
                        (run, row, logits) -> {
                            int sequence = sequences.get(run);
                            int position = runs.get(run).startPosition() + row;
                            assertThat(logits).isEqualTo(alone.get(sequence)[position]);
                        });
                for (int i = 0; i < runs.size(); i++) {
                    computed[sequences.get(i)] += runs.get(i).tokens().length;
                }
                cache.checkIntegrity();
            }
        });
    }

    /** With not a block more than that takes, and none that still holds what it should not. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5, 16, 40})
    void givingBackWhatNoRowSeesChangesNothing(int chunk) throws IOException {
        check(model -> {
            float[][] whole = Logits.ofAll(model, setup.storage(), PROMPT);
            KvCache cache =
                    model.newCache(
                            setup.storage(), model.kvShape().blocksFor(PROMPT.length, chunk));
            BlockTable blocks = cache.allocate(new KvDemand(PROMPT.length, chunk, List.of()));
            for (int from = 0; from < PROMPT.length; from += chunk) {
                int to = Math.min(PROMPT.length, from + chunk);
                cache.slide(blocks, from);
                assertThat(Logits.step(model, cache, blocks, from, part(PROMPT, from, to)))
                        .isDeepEqualTo(Arrays.copyOfRange(whole, from, to));
                cache.checkIntegrity();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void scatteredBlocksAreBlocksInOrder(long seed) throws IOException {
        check(model -> {
            float[][] inOrder = Logits.ofAll(model, setup.storage(), PROMPT);
            KvCache cache = model.newCache(setup.storage(), model.kvShape().blocksFor(12 * 16));
            Random random = new Random(seed);
            List<BlockTable> others = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                others.add(cache.allocate(1));
            }
            // Old keys and values of other sequences must not shine through.
            for (BlockTable other : others) {
                Logits.step(model, cache, other, 0, tokens(16, random.nextLong()));
            }
            Collections.shuffle(others, random);
            others.forEach(cache::release);
            BlockTable blocks = cache.allocate(PROMPT.length);
            assertThat(Logits.step(model, cache, blocks, 0, PROMPT)).isDeepEqualTo(inOrder);
        });
    }

    /** More rows than are computed at once, and more than logits are computed for at once. */
    @ParameterizedTest
    @ValueSource(ints = 1030)
    void hugeStepIsCutWithoutATrace(int length) throws IOException {
        check(model -> {
            int[] prompt = tokens(length, 7);
            float[][] whole = Logits.ofAll(model, setup.storage(), prompt);
            KvCache cache = model.newCache(setup.storage(), model.kvShape().blocksFor(length));
            BlockTable blocks = cache.allocate(length);
            Logits.step(model, cache, blocks, 0, part(prompt, 0, length - 1));
            float[][] last =
                    Logits.step(model, cache, blocks, length - 1, part(prompt, length - 1, length));
            assertThat(last[0]).isEqualTo(whole[length - 1]);
        });
    }
}
