package dev.parlance.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.kernel.KernelPool;
import dev.parlance.engine.kernel.ScalarKernels;
import dev.parlance.engine.kvcache.BlockTable;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvStorage;
import dev.parlance.engine.model.NaiveTransformer.Settings;
import dev.parlance.engine.model.TinyModel.Shape;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Every family in shapes and settings of its own against {@link NaiveTransformer}, which computes
 * in double what the settings written here say.
 *
 * <p>The bound is for float32 sums of some dozens of products through a few layers, with logits of
 * about 1 to 10.
 */
class FamiliesTest {
    private static final double BOUND = 2e-4;
    private static final int[] PROMPT =
            IntStream.range(0, 29).map(i -> (i * 17 + 3) % 40).toArray();

    /** Three query heads per key head, and heads that do not add up to the width. */
    private static final Shape SHAPE = new Shape(3, 24, 6, 2, 8, 40, 48);

    private static final boolean PAIRS = true;
    private static final boolean HALVES = false;

    @TempDir private Path folder;

    private void check(TinyModel model, Settings settings) throws IOException {
        double[][] expected = new NaiveTransformer(model, settings).logits(PROMPT);
        try (GgufFile file = model.open(folder);
                KernelPool pool = new KernelPool(2)) {
            LanguageModel loaded = ModelLoader.load(file, new ScalarKernels(pool));
            float[][] found = Logits.ofAll(loaded, PROMPT);
            double worst = 0;
            for (int t = 0; t < PROMPT.length; t++) {
                for (int i = 0; i < expected[t].length; i++) {
                    worst = Math.max(worst, Math.abs(expected[t][i] - found[t][i]));
                }
            }
            assertThat(worst).isLessThan(BOUND);
        }
    }

    private static Settings plain(boolean pairs) {
        return Settings.plain(
                SHAPE, pairs, NaiveTransformer.frequencies(10_000, SHAPE.headLength()));
    }

    @Test
    void llama() throws IOException {
        check(TinyModel.of("llama", SHAPE).untied(), plain(PAIRS));
    }

    @Test
    void llamaWithBiasesEverywhere() throws IOException {
        check(
                TinyModel.of("llama", SHAPE)
                        .attentionBiases()
                        .outputBiases()
                        .eachLayer("ffn_gate.bias", SHAPE.feedForward()),
                plain(PAIRS));
    }

    @Test
    void llamaOfOneLayerWithAsManyKeyHeads() throws IOException {
        Shape shape = new Shape(1, 20, 5, 5, 4, 24, 48);
        check(
                TinyModel.of("llama", shape),
                Settings.plain(shape, PAIRS, NaiveTransformer.frequencies(10_000, 4)));
    }

    @Test
    void llamaThatSharesOneKeyHeadAndRotatesHalfOfIt() throws IOException {
        Shape shape = new Shape(2, 24, 4, 1, 12, 24, 48);
        check(
                TinyModel.of("llama", shape).integer("rope.dimension_count", 6),
                Settings.plain(shape, PAIRS, NaiveTransformer.frequencies(10_000, 6)));
    }

    @Test
    void llamaWithFrequencyFactorsAndLinearScaling() throws IOException {
        float[] factors = {1, 1.5f, 4, 8};
        double[] frequencies = NaiveTransformer.frequencies(500_000, 8);
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] /= factors[i] * 2;
        }
        check(
                TinyModel.of("llama", SHAPE)
                        .real("rope.freq_base", 500_000)
                        .text("rope.scaling.type", "linear")
                        .real("rope.scaling.factor", 2)
                        .tensor("rope_freqs.weight", factors, 4),
                Settings.plain(SHAPE, PAIRS, frequencies));
    }

    /** YaRN worked out by hand from the paper: the ramp goes from pair 0 to pair 2. */
    @Test
    void llamaWithYarn() throws IOException {
        double[] frequencies = NaiveTransformer.frequencies(10_000, 8);
        // pair(turns) = 8 ln(512 / 2π turns) / (2 ln 10000): 0.41 for 32 turns, 1.91 for 1 turn
        double[] ramp = {0, 0.5, 1, 1};
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] *= 1 - ramp[i] + ramp[i] / 4;
        }
        double[][] all = new double[SHAPE.layers()][];
        Arrays.fill(all, frequencies);
        check(
                TinyModel.of("llama", SHAPE)
                        .text("rope.scaling.type", "yarn")
                        .real("rope.scaling.factor", 4)
                        .integer("rope.scaling.original_context_length", 512),
                plain(PAIRS).withFrequencies(all, 0.1 * Math.log(4) + 1));
    }

    @Test
    void mistralWithAWindowShorterThanThePrompt() throws IOException {
        check(
                TinyModel.of("llama", SHAPE).integer("attention.sliding_window", 5),
                plain(PAIRS).withWindows(5, 5, 5));
    }

    @Test
    void mixtral() throws IOException {
        check(TinyModel.of("llama", SHAPE).experts(5, 3, 40), plain(PAIRS).withExperts(3, true));
    }

    @Test
    void mixtralWithATensorForEachExpert() throws IOException {
        check(
                TinyModel.of("llama", SHAPE).experts(4, 1, 40).splitExperts(),
                plain(PAIRS).withExperts(1, true));
    }

    @Test
    void mistral3WhoseQueriesGrowWithThePosition() throws IOException {
        check(
                TinyModel.of("mistral3", SHAPE)
                        .integer("rope.scaling.original_context_length", 8)
                        .real("attention.temperature_scale", 0.5),
                plain(PAIRS).withTemperature(0.5, 8));
    }

    @Test
    void mistral3WithACancelledYarnMagnitudeIsLlama() throws IOException {
        check(
                TinyModel.of("mistral3", SHAPE)
                        .text("rope.scaling.type", "yarn")
                        .real("rope.scaling.factor", 1)
                        .real("rope.scaling.yarn_log_multiplier", 1),
                plain(PAIRS));
    }

    @Test
    void qwen2() throws IOException {
        check(TinyModel.of("qwen2", SHAPE).attentionBiases(), plain(HALVES));
    }

    @Test
    void qwen2WithoutBiases() throws IOException {
        check(TinyModel.of("qwen2", SHAPE).untied(), plain(HALVES));
    }

    @Test
    void qwen3() throws IOException {
        check(TinyModel.of("qwen3", SHAPE).queryKeyNorms(8, 8), plain(HALVES));
    }

    @Test
    void qwen3moe() throws IOException {
        check(
                TinyModel.of("qwen3moe", SHAPE)
                        .queryKeyNorms(8, 8)
                        .experts(7, 3, 16)
                        .integer("expert_feed_forward_length", 16),
                plain(HALVES).withExperts(3, true));
    }

    @Test
    void qwen3moeThatDoesNotNormItsExperts() throws IOException {
        check(
                TinyModel.of("qwen3moe", SHAPE)
                        .queryKeyNorms(8, 8)
                        .experts(6, 2, 20)
                        .flag("expert_weights_norm", false),
                plain(HALVES).withExperts(2, false));
    }

    @Test
    void gemma2() throws IOException {
        check(
                TinyModel.of("gemma2", SHAPE).normsAfter().integer("attention.sliding_window", 4),
                plain(HALVES)
                        .withWindows(4, 0, 4)
                        .withScales(Math.sqrt(24), 1, 1 / Math.sqrt(8), 1)
                        .withSoftcaps(50, 30)
                        .withGelu());
    }

    @Test
    void gemma3WithLinearScalingOfTheLayersThatSeeAll() throws IOException {
        Shape shape = new Shape(7, 24, 4, 2, 8, 32, 48);
        double[] local = NaiveTransformer.frequencies(10_000, 8);
        double[] global =
                Arrays.stream(NaiveTransformer.frequencies(1_000_000, 8)).map(f -> f / 8).toArray();
        check(
                TinyModel.of("gemma3", shape)
                        .normsAfter()
                        .queryKeyNorms(8, 8)
                        .real("rope.freq_base", 1_000_000)
                        .text("rope.scaling.type", "linear")
                        .real("rope.scaling.factor", 8)
                        .integer("attention.sliding_window", 6),
                Settings.plain(shape, HALVES, local)
                        .withFrequencies(
                                new double[][] {local, local, local, local, local, global, local},
                                1)
                        .withWindows(6, 6, 6, 6, 6, 0, 6)
                        .withScales(Math.sqrt(24), 1, 1 / Math.sqrt(8), 1)
                        .withGelu());
    }

    @Test
    void gemma3WithAPatternAndALocalBaseOfItsOwn() throws IOException {
        double[] local = NaiveTransformer.frequencies(5_000, 8);
        double[] global = NaiveTransformer.frequencies(20_000, 8);
        check(
                TinyModel.of("gemma3", SHAPE)
                        .normsAfter()
                        .queryKeyNorms(8, 8)
                        .real("rope.freq_base", 20_000)
                        .real("rope.freq_base_swa", 5_000)
                        .real("final_logit_softcapping", 2)
                        .integer("attention.sliding_window", 3)
                        .flags("attention.sliding_window_pattern", List.of(false, true, false)),
                plain(HALVES)
                        .withFrequencies(new double[][] {global, local, global}, 1)
                        .withWindows(0, 3, 0)
                        .withScales(Math.sqrt(24), 1, 1 / Math.sqrt(8), 1)
                        .withSoftcaps(0, 2)
                        .withGelu());
    }

    private static TinyModel phi3() {
        return TinyModel.of("phi3", SHAPE)
                .untied()
                .fuse("attn_qkv.weight", "attn_q.weight", "attn_k.weight", "attn_v.weight")
                .fuse("ffn_up.weight", "ffn_gate.weight", "ffn_up.weight");
    }

    @Test
    void phi3WithFusedTensors() throws IOException {
        check(phi3(), plain(HALVES));
    }

    @Test
    void phi3TakesTheLongFactorsBeyondItsFirstContextOnly() throws IOException {
        float[] shortFactors = {1, 1.1f, 1.2f, 1.3f};
        float[] longFactors = {1, 2, 5, 20};
        for (int firstContext : new int[] {PROMPT.length, PROMPT.length - 1}) {
            double[] frequencies = NaiveTransformer.frequencies(10_000, 8);
            for (int i = 0; i < frequencies.length; i++) {
                frequencies[i] /= PROMPT.length > firstContext ? longFactors[i] : shortFactors[i];
            }
            double[][] all = new double[SHAPE.layers()][];
            Arrays.fill(all, frequencies);
            check(
                    phi3().text("rope.scaling.type", "longrope")
                            .integer("rope.scaling.original_context_length", firstContext)
                            .real("rope.scaling.attn_factor", 1.19)
                            .tensor("rope_factors_long.weight", longFactors, 4)
                            .tensor("rope_factors_short.weight", shortFactors, 4),
                    plain(HALVES).withFrequencies(all, 1.19f));
        }
    }

    @Test
    void aLongPromptIsRotatedAlikeHoweverItIsCut() throws IOException {
        TinyModel model =
                phi3().text("rope.scaling.type", "longrope")
                        .integer("rope.scaling.original_context_length", 16)
                        .tensor("rope_factors_long.weight", new float[] {1, 2, 5, 20}, 4)
                        .tensor("rope_factors_short.weight", new float[] {1, 1, 1, 1}, 4);
        try (GgufFile file = model.open(folder);
                KernelPool pool = new KernelPool(2)) {
            LanguageModel loaded = ModelLoader.load(file, new ScalarKernels(pool));
            float[][] whole = Logits.ofAll(loaded, PROMPT);
            KvCache cache =
                    loaded.newCache(KvStorage.F32, loaded.kvShape().blocksFor(PROMPT.length));
            BlockTable blocks = cache.allocate(PROMPT.length);
            for (int start = 0; start < PROMPT.length; start += 10) {
                int from = start;
                int[] tokens = Arrays.copyOfRange(PROMPT, from, Math.min(from + 10, PROMPT.length));
                loaded.forward(
                        new Batch(
                                List.of(
                                        new Batch.Run(
                                                blocks,
                                                from,
                                                tokens,
                                                Batch.LogitsWanted.ALL,
                                                PROMPT.length))),
                        cache,
                        (_, row, logits) -> assertThat(logits).isEqualTo(whole[from + row]));
            }
        }
    }

    @Test
    void granite() throws IOException {
        check(
                TinyModel.of("granite", SHAPE)
                        .real("embedding_scale", 12)
                        .real("residual_scale", 0.22)
                        .real("attention.scale", 0.0625)
                        .real("logit_scale", 3),
                plain(PAIRS).withScales(12, 0.22f, 0.0625, 3));
    }

    @Test
    void olmo2() throws IOException {
        check(
                TinyModel.of("olmo2", SHAPE)
                        .without("attn_norm.weight", "ffn_norm.weight")
                        .normsAfter()
                        .queryKeyNorms(SHAPE.query(), SHAPE.key()),
                plain(HALVES));
    }

    @Test
    void olmo3ScalesOnlyTheLayersThatSeeAll() throws IOException {
        double[] local = NaiveTransformer.frequencies(10_000, 8);
        double[] global = Arrays.stream(local).map(f -> f / 4).toArray();
        check(
                TinyModel.of("olmo2", SHAPE)
                        .without("attn_norm.weight", "ffn_norm.weight")
                        .normsAfter()
                        .queryKeyNorms(SHAPE.query(), SHAPE.key())
                        .real("rope.scaling.factor", 4)
                        .integer("attention.sliding_window", 7)
                        .integer("attention.sliding_window_pattern", 3),
                plain(HALVES)
                        .withFrequencies(new double[][] {local, local, global}, 1)
                        .withWindows(7, 7, 0));
    }

    @Test
    void smollm3RotatesAllButEveryFourthLayer() throws IOException {
        Shape shape = new Shape(5, 24, 4, 2, 6, 32, 48);
        double[] rotated = NaiveTransformer.frequencies(10_000, 6);
        double[] still = {};
        check(
                TinyModel.of("smollm3", shape),
                Settings.plain(shape, PAIRS, rotated)
                        .withFrequencies(
                                new double[][] {rotated, rotated, rotated, still, rotated}, 1));
    }

    @Test
    void gpt2() throws IOException {
        Shape shape = new Shape(3, 24, 4, 4, 6, 40, 48);
        check(
                TinyModel.of("gpt2", shape)
                        .layerNorms()
                        .attentionBiases()
                        .outputBiases()
                        .plainFeedForward()
                        .fuse("attn_qkv.weight", "attn_q.weight", "attn_k.weight", "attn_v.weight")
                        .fuse("attn_qkv.bias", "attn_q.bias", "attn_k.bias", "attn_v.bias")
                        .tensor("position_embd.weight", 24, TinyModel.CONTEXT_LENGTH),
                Settings.plain(shape, HALVES, new double[0]).withGelu());
    }

    @Test
    void starcoder2() throws IOException {
        check(
                TinyModel.of("starcoder2", SHAPE)
                        .layerNorms()
                        .attentionBiases()
                        .outputBiases()
                        .plainFeedForward()
                        .integer("attention.sliding_window", 9),
                plain(HALVES).withWindows(9, 9, 9).withGelu());
    }
}
