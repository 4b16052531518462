package dev.parlance.engine.chat.template;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** Templates of our own for models whose files have none, one per style of prompt. */
enum BuiltInTemplate {
    CHATML(List.of("<|im_start|>", "<|im_end|>"), List.of("qwen", "smollm", "internlm", "yi")),
    LLAMA3(List.of("<|start_header_id|>", "<|end_header_id|>"), List.of("llama3")),
    GEMMA(List.of("<start_of_turn>", "<end_of_turn>"), List.of("gemma")),
    GRANITE(List.of("<|start_of_role|>", "<|end_of_role|>"), List.of("granite")),
    PHI3(List.of("<|user|>", "<|assistant|>", "<|end|>"), List.of("phi")),
    ZEPHYR(List.of("<|user|>", "<|assistant|>"), List.of("stablelm", "olmo")),
    MISTRAL(List.of("[INST]", "[/INST]"), List.of("mistral", "mixtral")),
    /** Its marks are plain text, so only the architecture tells. */
    LLAMA2(List.of(), List.of("llama"));

    private final List<String> tokens;
    private final List<String> architectures;

    BuiltInTemplate(List<String> tokens, List<String> architectures) {
        this.tokens = tokens;
        this.architectures = architectures;
    }

    /** The style whose special tokens the vocabulary has, else the architecture's, else ChatML. */
    static BuiltInTemplate choose(String architecture, Predicate<String> hasToken) {
        for (BuiltInTemplate template : values()) {
            if (!template.tokens.isEmpty() && template.tokens.stream().allMatch(hasToken)) {
                return template;
            }
        }
        String name = architecture.toLowerCase(Locale.ROOT);
        for (BuiltInTemplate template : values()) {
            if (template.architectures.stream().anyMatch(name::startsWith)) {
                return template;
            }
        }
        return CHATML;
    }

    String source() {
        String file = name().toLowerCase(Locale.ROOT) + ".jinja";
        try (InputStream in = BuiltInTemplate.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its file " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
