package dev.parlance.app.chat;

import dev.parlance.engine.sampling.SamplingParams;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** The settings that were made; what was not is as the model's side has it. */
public record ChatSettings(Map<ChatSetting, Double> values) {
    public static final ChatSettings NONE = new ChatSettings(Map.of());

    public ChatSettings {
        Map<ChatSetting, Double> copy = new EnumMap<>(ChatSetting.class);
        copy.putAll(values);
        values = Collections.unmodifiableMap(copy);
    }

    /**
     * With a value as a person writes it.
     *
     * @throws ChatException if the value is not allowed
     */
    public ChatSettings with(ChatSetting setting, String value) {
        Map<ChatSetting, Double> more = new EnumMap<>(ChatSetting.class);
        more.putAll(values);
        more.put(setting, setting.parse(value));
        return new ChatSettings(more);
    }

    /** As if it had never been set. */
    public ChatSettings without(ChatSetting setting) {
        Map<ChatSetting, Double> fewer = new EnumMap<>(ChatSetting.class);
        fewer.putAll(values);
        fewer.remove(setting);
        return new ChatSettings(fewer);
    }

    double get(ChatSetting setting, double otherwise) {
        return values.getOrDefault(setting, otherwise);
    }

    SamplingParams sampling() {
        Double seed = values.get(ChatSetting.SEED);
        return new SamplingParams(
                get(ChatSetting.TEMPERATURE, 1),
                (int) get(ChatSetting.TOP_K, 0),
                get(ChatSetting.TOP_P, 1),
                get(ChatSetting.MIN_P, 0),
                1,
                0,
                0,
                get(ChatSetting.REPETITION_PENALTY, 1),
                Map.of(),
                seed == null ? OptionalLong.empty() : OptionalLong.of(seed.longValue()));
    }

    /** As a person would write them: {@code temperature 0.2, max_tokens 100}. */
    @Override
    public String toString() {
        return values.entrySet().stream()
                .map(each -> each.getKey() + " " + text(each.getKey(), each.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String text(ChatSetting setting, double value) {
        return setting.isWhole() ? String.valueOf((long) value) : String.valueOf(value);
    }
}
