package dev.parlance.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.parlance.engine.gguf.GgufFormatException;
import dev.parlance.engine.gguf.GgufMetadata;
import dev.parlance.engine.gguf.GgufValue;
import dev.parlance.engine.gguf.UnsupportedModelException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

class ModelConfigTest {
    private final Map<String, GgufValue> values = new LinkedHashMap<>();

    private ModelConfigTest family(String name) {
        values.clear();
        values.put("general.architecture", new GgufValue.Text(name));
        return set("context_length", 2048)
                .set("embedding_length", 64)
                .set("block_count", 6)
                .set("feed_forward_length", 128)
                .set("attention.head_count", 4)
                .set("attention.layer_norm_rms_epsilon", 1e-5)
                .set("attention.layer_norm_epsilon", 1e-6);
    }

    private ModelConfigTest set(String key, Object value) {
        GgufValue stored =
                switch (value) {
                    case Integer integer -> new GgufValue.Int(integer);
                    case Double real -> new GgufValue.Float(real);
                    case Boolean flag -> new GgufValue.Bool(flag);
                    case String text -> new GgufValue.Text(text);
                    case boolean[] flags -> new GgufValue.BoolArray(flags);
                    case long[] integers -> new GgufValue.IntArray(integers);
                    default -> throw new IllegalArgumentException(String.valueOf(value));
                };
        values.put(architecture() + "." + key, stored);
        return this;
    }

    private ModelConfigTest without(String key) {
        values.remove(architecture() + "." + key);
        return this;
    }

    private String architecture() {
        return ((GgufValue.Text)
                        values.getOrDefault("general.architecture", new GgufValue.Text("")))
                .value();
    }

    private ModelConfig read() {
        GgufMetadata metadata = new GgufMetadata("m.gguf", values);
        return ModelConfig.read(metadata, Architectures.of(metadata));
    }

    private void assertDamaged(String message) {
        assertThatThrownBy(this::read)
                .isInstanceOf(GgufFormatException.class)
                .hasMessage("m.gguf: metadata " + message);
    }

    private void assertUnsupported(String message) {
        assertThatThrownBy(this::read)
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessage("m.gguf: metadata " + message);
    }

    @Test
    void defaultsAreThoseOfLlamaCpp() {
        ModelConfig config = family("llama").read();
        assertThat(config.headLength()).isEqualTo(16);
        assertThat(config.kvHeadCount()).isEqualTo(4);
        assertThat(config.vocabularySize()).isZero();
        assertThat(config.normEpsilon()).isEqualTo(1e-5f);
        assertThat(config.experts()).isEqualTo(ExpertConfig.DENSE);
        assertThat(config.rope())
                .isEqualTo(new RopeConfig(16, 10_000, 10_000, 2048, new RopeScaling.None(), 1));
        assertThat(config.windows()).containsOnly(0).hasSize(6);
        assertThat(config.rotated()).containsOnly(true).hasSize(6);
        assertThat(config.attentionScale()).isEqualTo(0.25f);
        assertThat(config.embeddingScale()).isEqualTo(1);
        assertThat(config.residualScale()).isEqualTo(1);
        assertThat(config.logitScale()).isEqualTo(1);
        assertThat(config.attentionSoftcap()).isZero();
        assertThat(config.logitSoftcap()).isZero();
    }

    @Test
    void familiesHaveDefaultsOfTheirOwn() {
        ModelConfig gemma2 = family("gemma2").read();
        assertThat(gemma2.windows()).containsExactly(4096, 0, 4096, 0, 4096, 0);
        assertThat(gemma2.attentionSoftcap()).isEqualTo(50);
        assertThat(gemma2.logitSoftcap()).isEqualTo(30);
        assertThat(gemma2.embeddingScale()).isEqualTo(8);
        ModelConfig gemma3 = family("gemma3").set("attention.sliding_window", 512).read();
        assertThat(gemma3.windows()).containsExactly(512, 512, 512, 512, 512, 0);
        assertThat(gemma3.rope().localFrequencyBase()).isEqualTo(10_000);
        assertThat(gemma3.logitSoftcap()).isZero();
        assertThat(family("smollm3").read().rotated())
                .containsExactly(true, true, true, false, true, true);
        assertThat(family("gpt2").read().rotated()).containsOnly(false);
        assertThat(family("gpt2").read().normEpsilon()).isEqualTo(1e-6f);
    }

    /** Gemma's 27B models scale by width over heads; files do not say so. */
    @ParameterizedTest
    @CsvSource({"gemma2, 46", "gemma3, 62"})
    void gemma27bIsKnownByItsLayers(String family, int layers) {
        family(family).set("embedding_length", 400).set("attention.key_length", 16);
        family(family)
                .set("embedding_length", 400)
                .set("attention.key_length", 16)
                .set("attention.value_length", 16);
        assertThat(read().attentionScale()).isEqualTo(0.25f);
        assertThat(set("block_count", layers).read().attentionScale()).isEqualTo(0.1f);
    }

    @Test
    void aPeriodOrAFlagPerLayerPicksTheWindowedLayers() {
        family("gemma3").set("attention.sliding_window", 9);
        assertThat(set("attention.sliding_window_pattern", 3).read().windows())
                .containsExactly(9, 9, 0, 9, 9, 0);
        boolean[] flags = {true, false, false, false, false, true};
        assertThat(set("attention.sliding_window_pattern", flags).read().windows())
                .containsExactly(9, 0, 0, 0, 0, 9);
        set("attention.sliding_window_pattern", new boolean[5]);
        assertDamaged(
                "'gemma3.attention.sliding_window_pattern' is an array of booleans; it must be an"
                        + " integer or an array of 6 booleans");
    }

    @Test
    void aSettingPerLayerMustBeTheSameForAll() {
        family("llama").set("attention.head_count_kv", new long[] {2, 2, 2, 2, 2, 2});
        assertThat(read().kvHeadCount()).isEqualTo(2);
        set("attention.head_count_kv", new long[] {2, 2, 1, 2, 2, 2});
        assertUnsupported(
                "'llama.attention.head_count_kv' is 2 and 1: layers of different shapes is not"
                        + " supported for llama models");
        set("attention.head_count_kv", new long[0]);
        assertDamaged(
                "'llama.attention.head_count_kv' is an empty array; it must have a value for each"
                        + " layer");
        set("attention.head_count_kv", new long[] {0});
        assertDamaged("'llama.attention.head_count_kv' is 0; it must be between 1 and 16384");
    }

    @Test
    void keyHeadsMustDivideQueryHeads() {
        family("llama").set("attention.head_count_kv", 3);
        assertDamaged(
                "'llama.attention.head_count_kv' is 3; it must divide"
                        + " 'llama.attention.head_count' (4)");
    }

    @Test
    void headsMustDivideTheWidthUnlessTheirLengthIsGiven() {
        family("llama").set("attention.head_count", 5);
        assertDamaged(
                "'llama.attention.head_count' is 5; without 'llama.attention.key_length' it must"
                        + " divide 'llama.embedding_length' (64)");
        set("attention.key_length", 8).set("attention.value_length", 8);
        assertThat(read().headLength()).isEqualTo(8);
    }

    @Test
    void keysAndValuesMustBeOfOneLength() {
        family("llama").set("attention.value_length", 8);
        assertUnsupported(
                "'llama.attention.value_length' is 8: a length other than that of keys (16) is not"
                        + " supported for llama models");
    }

    @Test
    void rotationMustFitTheHead() {
        family("llama").set("rope.dimension_count", 18);
        assertDamaged("'llama.rope.dimension_count' is 18; it must be between 2 and 16");
        set("rope.dimension_count", 7);
        assertDamaged("'llama.rope.dimension_count' is 7; it must be even");
    }

    @Test
    void missingSettingsAreNamed() {
        for (String key :
                Arrays.asList(
                        "context_length",
                        "embedding_length",
                        "block_count",
                        "feed_forward_length",
                        "attention.head_count",
                        "attention.layer_norm_rms_epsilon")) {
            family("llama").without(key);
            assertDamaged("'llama." + key + "' is missing");
        }
        family("qwen3moe").set("expert_count", 4);
        assertDamaged("'qwen3moe.expert_used_count' is missing");
        family("qwen3moe");
        assertDamaged("'qwen3moe.expert_count' is missing");
        family("qwen3moe")
                .without("feed_forward_length")
                .set("expert_count", 4)
                .set("expert_used_count", 2);
        assertDamaged("'qwen3moe.expert_feed_forward_length' is missing");
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        family("llama").set("block_count", 0);
        assertDamaged("'llama.block_count' is 0; it must be between 1 and 16384");
        family("llama").set("attention.head_count", Integer.MAX_VALUE);
        assertDamaged("'llama.attention.head_count' is 2147483647; it must be between 1 and 16384");
        family("llama").set("attention.layer_norm_rms_epsilon", Double.NaN);
        assertDamaged(
                "'llama.attention.layer_norm_rms_epsilon' is NaN; it must be between"
                        + " 1.1754943508222875E-38 and 1.0");
        family("llama").set("rope.freq_base", -1.0);
        assertDamaged("'llama.rope.freq_base' is -1.0; it must be between 1.0 and 1.0E15");
        family("llama").set("attention.scale", Double.POSITIVE_INFINITY);
        assertDamaged("'llama.attention.scale' is Infinity; it must be between 0.0 and 1000000.0");
        family("llama").set("expert_count", 4).set("expert_used_count", 5);
        assertDamaged("'llama.expert_used_count' is 5; it must be between 1 and 4");
    }

    @ParameterizedTest
    @CsvSource({
        "rope.scaling.type, dynamic, this kind of scaling",
        "hidden_activation, relu, an activation other than 'silu'",
    })
    void unknownWordsAreRefused(String key, String word, String what) {
        family("llama").set(key, word);
        assertUnsupported(
                "'llama."
                        + key
                        + "' is '"
                        + word
                        + "': "
                        + what
                        + " is not supported for llama models");
    }

    @ParameterizedTest
    @CsvSource({
        "llama, attention.clamp_kqv, 8",
        "llama, attention.max_alibi_bias, 8",
        "llama, logit_scale, 2",
        "llama, attention.temperature_scale, 1",
        "llama, expert_shared_count, 1",
        "llama, rope.scaling.alpha, 4",
        "qwen2, attention.sliding_window, 5",
        "qwen2, expert_count, 4",
        "qwen3moe, leading_dense_block_count, 1",
    })
    void settingsThatAreNotComputedAreRefused(String family, String key, int value) {
        family(family).set("expert_used_count", 1);
        if (family.equals("qwen3moe")) {
            set("expert_count", 4);
        }
        read();
        set(key, value);
        assertThatThrownBy(this::read)
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageStartingWith("m.gguf: metadata '" + family + "." + key + "' is " + value)
                .hasMessageEndingWith(" is not supported for " + family + " models");
    }

    @Test
    void attentionWithoutACausalMaskIsRefused() {
        assertThat(family("llama").set("attention.causal", true).read()).isNotNull();
        set("attention.causal", false);
        assertUnsupported(
                "'llama.attention.causal' is false: attention without a causal mask is not"
                        + " supported for llama models");
    }

    @Test
    void aSlidingWindowThatNeverBitesIsHarmless() {
        assertThat(family("qwen2").set("attention.sliding_window", 2048).read().windows())
                .hasSize(6);
    }

    @Test
    void yarnMagnitudeComesFromTheFactorUnlessTheFileSaysOtherwise() {
        family("llama").set("rope.scaling.type", "yarn").set("rope.scaling.factor", 4.0);
        assertThat(read().rope().magnitude()).isCloseTo(1.1386294f, within(1e-6f));
        assertThat(set("rope.scaling.yarn_log_multiplier", 1.0).read().rope().magnitude())
                .isEqualTo(1);
        assertThat(set("rope.scaling.yarn_attn_factor", 1.5).read().rope().magnitude())
                .isEqualTo(1.5f);
        assertThat(set("rope.scaling.attn_factor", 2.0).read().rope().magnitude()).isEqualTo(3f);
        set("rope.scaling.yarn_ext_factor", 0.5);
        assertUnsupported(
                "'llama.rope.scaling.yarn_ext_factor' is 0.5: a factor other than 1 is not"
                        + " supported for llama models");
    }

    @Test
    void scalingKeysOldAndNewAreRead() {
        assertThat(family("llama").set("rope.scale_linear", 4.0).read().rope().scaling())
                .isEqualTo(new RopeScaling.Linear(4));
        assertThat(set("rope.scaling.factor", 2.0).read().rope().scaling())
                .isEqualTo(new RopeScaling.Linear(2));
        assertThat(set("rope.scaling.type", "none").read().rope().scaling())
                .isEqualTo(new RopeScaling.None());
        set("rope.scaling.type", "longrope");
        assertUnsupported(
                "'llama.rope.scaling.factor' is 2.0: a factor beside longrope is not supported for"
                        + " llama models");
    }

    @Test
    void expertsShareTheDenseLengthWhereTheyHaveNoneOfTheirOwn() {
        family("qwen3moe").set("expert_count", 8).set("expert_used_count", 4);
        assertThat(read().experts()).isEqualTo(new ExpertConfig(8, 4, 32, true, 1));
        family("llama").set("expert_count", 8).set("expert_used_count", 4);
        assertThat(set("expert_weights_scale", 2.5).read().experts())
                .isEqualTo(new ExpertConfig(8, 4, 128, true, 2.5f));
        set("expert_gating_func", 2);
        assertUnsupported(
                "'llama.expert_gating_func' is 2: this gating is not supported for llama models");
        set("expert_gating_func", 3).set("expert_weights_norm", false);
        assertThat(read().experts().normsWeights()).isTrue();
    }

    @Test
    void graniteMayTurnRotationOff() {
        assertThat(family("granite").set("rope.scaling.finetuned", false).read().rotated())
                .containsOnly(false);
        assertThat(family("llama").set("rope.scaling.finetuned", false).read().rotated())
                .containsOnly(true);
    }
}
