package dev.parlance.engine.model;

import dev.parlance.engine.gguf.GgufValue;

import java.util.List;

/**
 * Metadata that changes what a model computes and that this engine does not compute with: a file
 * that has it is refused, so that it never yields wrong answers.
 */
final class UnsupportedSettings {
    /** A setting, what it asks for, and the value that asks for nothing. */
    private record Setting(String key, String what, double neutral) {}

    private static final List<Setting> SETTINGS =
            List.of(
                    new Setting("attention.causal", "attention without a causal mask", 1),
                    new Setting("attention.clamp_kqv", "clamping of queries and keys", 0),
                    new Setting("attention.max_alibi_bias", "an ALiBi bias", 0),
                    new Setting("attention.shared_kv_layers", "sharing keys among layers", 0),
                    new Setting("attention.q_lora_rank", "a low-rank query", 0),
                    new Setting("attention.kv_lora_rank", "low-rank keys and values", 0),
                    new Setting("attention.output_scale", "a scale of attention outputs", 1),
                    new Setting("attention.value_scale", "a scale of values", 1),
                    new Setting("use_parallel_residual", "a parallel residual", 0),
                    new Setting("rope.scaling.alpha", "this kind of scaling", 0),
                    new Setting("expert_shared_count", "a shared expert", 0),
                    new Setting("expert_shared_feed_forward_length", "a shared expert", 0),
                    new Setting("expert_group_count", "a choice of experts by groups", 1),
                    new Setting("leading_dense_block_count", "a mix of dense and expert layers", 0),
                    new Setting("interleave_moe_layer_step", "a mix of dense and expert layers", 1),
                    new Setting("nextn_predict_layers", "prediction of several tokens", 0));

    private UnsupportedSettings() {}

    static void refuse(ConfigReader reader, ArchitectureSpec spec) {
        for (Setting setting : SETTINGS) {
            refuse(reader, setting);
        }
        if (!spec.scales().dividesLogits()) {
            refuse(reader, new Setting(ModelKeys.LOGIT_SCALE, "a scale of logits", 1));
        }
        if (!spec.scales().attentionTemperature()) {
            refuse(
                    reader,
                    new Setting(
                            ModelKeys.TEMPERATURE_SCALE, "attention that cools with distance", 0));
        }
        String expected = spec.activation().hiddenActivation();
        String activation = reader.text(ModelKeys.HIDDEN_ACTIVATION, expected);
        if (!activation.equals(expected)) {
            throw reader.unsupported(
                    ModelKeys.HIDDEN_ACTIVATION,
                    "'" + activation + "'",
                    "an activation other than '" + expected + "'");
        }
    }

    /** Zero asks for nothing either, except for a flag. */
    private static void refuse(ConfigReader reader, Setting setting) {
        boolean harmless =
                switch (reader.find(setting.key())) {
                    case null -> true;
                    case GgufValue.Int(var value) -> value == setting.neutral() || value == 0;
                    case GgufValue.Float(var value) -> value == setting.neutral() || value == 0;
                    case GgufValue.Bool(var value) -> (value ? 1 : 0) == setting.neutral();
                    case GgufValue _ -> false;
                };
        if (!harmless) {
            throw reader.unsupported(setting.key(), reader.describe(setting.key()), setting.what());
        }
    }
}
