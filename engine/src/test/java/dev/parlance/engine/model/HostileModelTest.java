package dev.parlance.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.GgufFormatException;
import dev.parlance.engine.gguf.UnsupportedModelException;
import dev.parlance.engine.kernel.KernelPool;
import dev.parlance.engine.kernel.ScalarKernels;
import dev.parlance.engine.model.TinyModel.Shape;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * Files whose settings and shapes were tampered with at random: they either load and compute, or
 * are refused in our own words; nothing else may happen.
 */
class HostileModelTest {
    private static final Shape SHAPE = new Shape(2, 16, 4, 2, 8, 24, 40);

    /** Those that a {@link TinyModel} is of as it stands. */
    private static final List<String> FAMILIES =
            List.of("llama", "mistral3", "qwen2", "granite", "smollm3");

    private static final List<String> KEYS =
            List.of(
                    ModelKeys.CONTEXT_LENGTH,
                    ModelKeys.EMBEDDING_LENGTH,
                    ModelKeys.BLOCK_COUNT,
                    ModelKeys.FEED_FORWARD_LENGTH,
                    ModelKeys.VOCAB_SIZE,
                    ModelKeys.HEAD_COUNT,
                    ModelKeys.HEAD_COUNT_KV,
                    ModelKeys.KEY_LENGTH,
                    ModelKeys.VALUE_LENGTH,
                    ModelKeys.RMS_NORM_EPSILON,
                    ModelKeys.SLIDING_WINDOW,
                    ModelKeys.SLIDING_WINDOW_PATTERN,
                    ModelKeys.ATTENTION_SCALE,
                    ModelKeys.ATTENTION_SOFTCAP,
                    ModelKeys.ROPE_DIMENSION_COUNT,
                    ModelKeys.ROPE_FREQUENCY_BASE,
                    ModelKeys.ROPE_SCALING_TYPE,
                    ModelKeys.ROPE_SCALING_FACTOR,
                    ModelKeys.ROPE_ORIGINAL_CONTEXT_LENGTH,
                    ModelKeys.YARN_BETA_FAST,
                    ModelKeys.EXPERT_COUNT,
                    ModelKeys.EXPERT_USED_COUNT,
                    ModelKeys.EXPERT_FEED_FORWARD_LENGTH,
                    ModelKeys.EXPERT_GATING,
                    ModelKeys.LOGIT_SCALE,
                    ModelKeys.TEMPERATURE_SCALE);

    private static final long[] INTEGERS = {0, 1, 2, 3, 4, 8, 16, 17, 255, 1 << 20, 0x7fff_ffffL};
    private static final double[] REALS = {
        0, -1, 1e-30, 0.5, 1, 4, 1e9, 1e300, Double.NaN, Double.POSITIVE_INFINITY
    };

    @TempDir private Path folder;

    static LongStream seeds() {
        return LongStream.range(0, 400);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void tamperedFileLoadsOrIsRefused(long seed) throws IOException {
        Random random = new Random(seed);
        String family = FAMILIES.get(random.nextInt(FAMILIES.size()));
        TinyModel model = TinyModel.of(family, SHAPE);
        if (family.equals("llama") && random.nextBoolean()) {
            model.experts(3, 2, 24);
        }
        for (int i = random.nextInt(3); i >= 0; i--) {
            tamper(model, random);
        }
        try (GgufFile file = model.open(folder);
                KernelPool pool = new KernelPool(1)) {
            LanguageModel loaded = ModelLoader.load(file, new ScalarKernels(pool));
            assertThat(Logits.ofAll(loaded, 1, 2, 3)).hasDimensions(3, 40);
        } catch (GgufFormatException | UnsupportedModelException refused) {
            assertThat(refused).hasMessageStartingWith("tiny.gguf: ");
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageMatching("the context length must be .*|run 0 of .*");
        }
    }

    private static void tamper(TinyModel model, Random random) {
        String key = KEYS.get(random.nextInt(KEYS.size()));
        switch (random.nextInt(7)) {
            case 0, 1 -> model.integer(key, INTEGERS[random.nextInt(INTEGERS.length)]);
            case 2 -> model.real(key, REALS[random.nextInt(REALS.length)]);
            case 3 -> model.text(key, random.nextBoolean() ? "yarn" : "longrope");
            case 4 -> model.integers(key, random.nextInt(), 2);
            case 5 -> model.without(model.names().get(random.nextInt(model.names().size())));
            default ->
                    model.tensor(
                            model.names().get(random.nextInt(model.names().size())),
                            1 + random.nextInt(20),
                            1 + random.nextInt(20));
        }
    }
}
