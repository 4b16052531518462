package dev.parlance.engine.chat.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parlance.engine.chat.ChatMessage;
import dev.parlance.engine.chat.Conversation;
import dev.parlance.engine.chat.Role;
import dev.parlance.engine.chat.ToolCall;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonObject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.Optional;
import java.util.Set;

class BuiltInTemplateTest {
    private static final ChatTemplate.Environment ENVIRONMENT =
            new ChatTemplate.Environment("<s>", "</s>", JinjaGoldenTest.NOW);

    private static final Conversation CONVERSATION =
            Conversation.of(
                    ChatMessage.of(Role.SYSTEM, "Be brief."),
                    ChatMessage.of(Role.USER, "Hi"),
                    ChatMessage.of(Role.ASSISTANT, "Hello"),
                    ChatMessage.of(Role.USER, "Bye"));

    private static String text(String architecture, Set<String> tokens) {
        return ChatTemplate.builtIn(architecture, tokens::contains)
                .render(CONVERSATION, ENVIRONMENT)
                .text();
    }

    @Test
    void chatml() {
        assertThat(text("unheard-of", Set.of("<|im_start|>", "<|im_end|>")))
                .isEqualTo(
                        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
                                + "<|im_start|>assistant\nHello<|im_end|>\n<|im_start|>user\nBye"
                                + "<|im_end|>\n<|im_start|>assistant\n");
    }

    @Test
    void llama3() {
        assertThat(text("llama", Set.of("<|start_header_id|>", "<|end_header_id|>")))
                .isEqualTo(
                        "<s><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
                                + "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
                                + "<|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|>"
                                + "<|start_header_id|>user<|end_header_id|>\n\nBye<|eot_id|>"
                                + "<|start_header_id|>assistant<|end_header_id|>\n\n");
    }

    @Test
    void llama2() {
        assertThat(text("llama", Set.of()))
                .isEqualTo(
                        "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello </s>"
                                + "<s>[INST] Bye [/INST]");
    }

    @Test
    void mistral() {
        assertThat(text("llama", Set.of("[INST]", "[/INST]")))
                .isEqualTo("<s>[INST] Be brief.\n\nHi [/INST] Hello</s>[INST] Bye [/INST]");
    }

    @Test
    void gemma() {
        assertThat(text("gemma3", Set.of()))
                .isEqualTo(
                        "<s><start_of_turn>user\nBe brief.\n\nHi<end_of_turn>\n"
                                + "<start_of_turn>model\nHello<end_of_turn>\n"
                                + "<start_of_turn>user\nBye<end_of_turn>\n<start_of_turn>model\n");
    }

    @Test
    void phi3() {
        assertThat(text("phi3", Set.of("<|user|>", "<|assistant|>", "<|end|>")))
                .isEqualTo(
                        "<|system|>\nBe brief.<|end|>\n<|user|>\nHi<|end|>\n<|assistant|>\nHello"
                                + "<|end|>\n<|user|>\nBye<|end|>\n<|assistant|>\n");
    }

    @Test
    void granite() {
        assertThat(text("granite", Set.of()))
                .isEqualTo(
                        "<|start_of_role|>system<|end_of_role|>Be brief.<|end_of_text|>\n"
                                + "<|start_of_role|>user<|end_of_role|>Hi<|end_of_text|>\n"
                                + "<|start_of_role|>assistant<|end_of_role|>Hello<|end_of_text|>\n"
                                + "<|start_of_role|>user<|end_of_role|>Bye<|end_of_text|>\n"
                                + "<|start_of_role|>assistant<|end_of_role|>");
    }

    @Test
    void zephyr() {
        assertThat(text("stablelm", Set.of("<|user|>", "<|assistant|>")))
                .isEqualTo(
                        "<s><|system|>\nBe brief.\n<|user|>\nHi\n<|assistant|>\nHello</s>\n"
                                + "<|user|>\nBye\n<|assistant|>\n");
    }

    @ParameterizedTest
    @CsvSource({
        "qwen2, CHATML", "qwen3moe, CHATML", "smollm3, CHATML", "gpt2, CHATML",
                "starcoder2, CHATML",
        "gemma2, GEMMA", "phi3, PHI3", "granite, GRANITE", "olmo2, ZEPHYR", "mistral3, MISTRAL",
        "llama, LLAMA2", "llama4, LLAMA2",
    })
    void theArchitectureDecidesWithoutTokens(String architecture, BuiltInTemplate expected) {
        assertThat(BuiltInTemplate.choose(architecture, _ -> false)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(BuiltInTemplate.class)
    void toolsAreShownOrRefusedButNeverDropped(BuiltInTemplate template) {
        JsonObject tool =
                (JsonObject)
                        Json.parse(
                                "{\"type\":\"function\",\"function\":{\"name\":\"get_weather\"}}");
        Conversation conversation =
                new Conversation(
                        List.of(ChatMessage.of(Role.USER, "Hi")),
                        List.of(tool),
                        true,
                        false,
                        JsonObject.EMPTY);
        ChatTemplate compiled = ChatTemplate.compile(template.source());
        if (template == BuiltInTemplate.CHATML || template == BuiltInTemplate.GRANITE) {
            assertThat(compiled.render(conversation, ENVIRONMENT).text()).contains("get_weather");
        } else {
            assertThatExceptionOfType(TemplateException.class)
                    .isThrownBy(() -> compiled.render(conversation, ENVIRONMENT))
                    .withMessageContaining("has no place for tools");
        }
    }

    @Test
    void chatmlShowsCallsAndTheirResults() {
        Conversation conversation =
                Conversation.of(
                        ChatMessage.of(Role.USER, "Weather?"),
                        new ChatMessage(
                                Role.ASSISTANT,
                                List.of(),
                                Optional.empty(),
                                Optional.empty(),
                                List.of(
                                        new ToolCall("1", "f", "{\"a\": 1}"),
                                        new ToolCall("2", "g", "{}")),
                                Optional.empty()),
                        ChatMessage.of(Role.TOOL, "sunny"),
                        ChatMessage.of(Role.TOOL, "warm"));
        assertThat(
                        ChatTemplate.compile(BuiltInTemplate.CHATML.source())
                                .render(conversation, ENVIRONMENT)
                                .text())
                .isEqualTo(
                        "<|im_start|>user\nWeather?<|im_end|>\n<|im_start|>assistant\n<tool_call>\n"
                                + "{\"name\": \"f\", \"arguments\": {\"a\": 1}}\n</tool_call>\n"
                                + "<tool_call>\n{\"name\": \"g\", \"arguments\": {}}\n</tool_call>"
                                + "<|im_end|>\n<|im_start|>user\n<tool_response>\nsunny\n"
                                + "</tool_response>\n<tool_response>\nwarm\n</tool_response>"
                                + "<|im_end|>\n<|im_start|>assistant\n");
    }
}
