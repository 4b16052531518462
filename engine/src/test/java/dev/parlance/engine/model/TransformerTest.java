package dev.parlance.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.kernel.KernelPool;
import dev.parlance.engine.kernel.ScalarKernels;
import dev.parlance.engine.kvcache.BlockTable;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvStorage;
import dev.parlance.engine.model.Batch.LogitsWanted;
import dev.parlance.engine.model.Batch.Run;
import dev.parlance.engine.model.TinyModel.Shape;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

class TransformerTest {
    private static final Shape SHAPE = new Shape(2, 16, 2, 1, 8, 24, 40);

    @TempDir private Path folder;
    private final KernelPool pool = new KernelPool(1);
    private GgufFile file;
    private LanguageModel model;
    private KvCache cache;
    private BlockTable blocks;

    @BeforeEach
    void load() throws IOException {
        file = TinyModel.of("llama", SHAPE).open(folder);
        model = ModelLoader.load(file, new ScalarKernels(pool));
        cache = model.newCache(KvStorage.F32, 4);
        blocks = cache.allocate(20);
    }

    @AfterEach
    void close() {
        file.close();
        pool.close();
    }

    private void forward(Run... runs) {
        model.forward(new Batch(List.of(runs)), cache, (_, _, _) -> {});
    }

    @Test
    void tellsItsVocabularyAndContext() {
        assertThat(model.vocabularySize()).isEqualTo(40);
        assertThat(model.contextLength()).isEqualTo(TinyModel.CONTEXT_LENGTH);
    }

    @Test
    void handsOutTheLogitsThatAreWantedInOrder() {
        List<String> rows = new ArrayList<>();
        BlockTable second = cache.allocate(10);
        BlockTable third = cache.allocate(10);
        Batch batch =
                new Batch(
                        List.of(
                                new Run(blocks, 0, new int[] {1, 2, 3}, LogitsWanted.LAST, 0),
                                new Run(second, 0, new int[] {1, 2}, LogitsWanted.NONE, 0),
                                new Run(third, 0, new int[] {4, 5}, LogitsWanted.ALL, 0)));
        model.forward(
                batch,
                cache,
                (run, row, logits) -> {
                    assertThat(logits).hasSize(40);
                    rows.add(run + ":" + row);
                    Arrays.fill(logits, Float.NaN);
                });
        assertThat(rows).containsExactly("0:2", "2:0", "2:1");
    }

    @Test
    void aConsumerMayChangeTheLogits() {
        float[][] untouched = Logits.step(model, cache, blocks, 0, 1, 2, 3);
        model.forward(
                new Batch(List.of(new Run(blocks, 0, new int[] {1, 2, 3}, LogitsWanted.ALL, 0))),
                cache,
                (_, row, logits) -> {
                    assertThat(logits).isEqualTo(untouched[row]);
                    Arrays.fill(logits, Float.NaN);
                });
    }

    @Test
    void anEmptyBatchDoesNothing() {
        forward();
        cache.checkIntegrity();
    }

    @Test
    void refusesARunWithoutTokens() {
        assertThatThrownBy(() -> forward(new Run(blocks, 0, new int[0], LogitsWanted.ALL, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("run 0 of the batch has no tokens");
    }

    @Test
    void refusesATokenThatTheVocabularyDoesNotHave() {
        for (int token : new int[] {-1, 40}) {
            Run run = new Run(blocks, 0, new int[] {0, token}, LogitsWanted.ALL, 0);
            assertThatThrownBy(() -> forward(run))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "run 0 of the batch has token "
                                    + token
                                    + "; the vocabulary has 0 to 39");
        }
    }

    @Test
    void refusesPositionsBeyondTheBlocks() {
        assertThatThrownBy(
                        () -> forward(new Run(blocks, 31, new int[] {1, 2}, LogitsWanted.ALL, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "run 0 of the batch has positions 31 to 32; its blocks and the model have"
                                + " 0 to 31");
        assertThatThrownBy(() -> forward(new Run(blocks, -1, new int[] {1}, LogitsWanted.ALL, 0)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
