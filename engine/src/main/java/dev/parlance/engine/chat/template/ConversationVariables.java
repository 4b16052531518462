package dev.parlance.engine.chat.template;

import dev.parlance.engine.chat.ChatMessage;
import dev.parlance.engine.chat.Conversation;
import dev.parlance.engine.chat.Role;
import dev.parlance.engine.chat.ToolCall;
import dev.parlance.engine.chat.template.value.BooleanValue;
import dev.parlance.engine.chat.template.value.DictValue;
import dev.parlance.engine.chat.template.value.JsonValues;
import dev.parlance.engine.chat.template.value.ListValue;
import dev.parlance.engine.chat.template.value.NoneValue;
import dev.parlance.engine.chat.template.value.Text;
import dev.parlance.engine.chat.template.value.Value;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonParseException;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A conversation as the variables that templates know, in the shape of Hugging Face's {@code
 * apply_chat_template}.
 *
 * <p>Names of roles and the words of that shape are the program's own and trusted: some templates
 * build a special token around a role's name. What people and models wrote is untrusted.
 */
final class ConversationVariables {
    private ConversationVariables() {}

    static Map<String, Value> of(
            Conversation conversation, TemplateTraits traits, String bosText, String eosText) {
        Map<String, Value> variables = new LinkedHashMap<>();
        variables.put("messages", messages(conversation.messages(), traits));
        if (!conversation.tools().isEmpty() || !traits.withoutToolsUndefined()) {
            variables.put("tools", tools(conversation.tools()));
        }
        variables.put("documents", NoneValue.NONE);
        variables.put("add_generation_prompt", BooleanValue.of(conversation.addGenerationPrompt()));
        variables.put("bos_token", Text.trusted(bosText));
        variables.put("eos_token", Text.trusted(eosText));
        if (traits.knowsVerbosity()) {
            conversation
                    .verbosity()
                    .map(wish -> wish.name().toLowerCase(Locale.ROOT))
                    .ifPresent(wish -> variables.put("verbosity", Text.trusted(wish)));
        }
        conversation
                .templateVariables()
                .members()
                .forEach((name, json) -> variables.put(name, JsonValues.of(json)));
        return variables;
    }

    private static Value tools(List<JsonObject> tools) {
        return tools.isEmpty()
                ? NoneValue.NONE
                : ListValue.of(tools.stream().map(JsonValues::of).toList());
    }

    private static Value messages(List<ChatMessage> messages, TemplateTraits traits) {
        return ListValue.of(messages.stream().map(message -> message(message, traits)).toList());
    }

    private static Value message(ChatMessage message, TemplateTraits traits) {
        Map<String, Value> members = new LinkedHashMap<>();
        members.put("role", Text.trusted(roleName(message.role(), traits)));
        members.put("content", content(message, traits));
        message.name().ifPresent(name -> members.put("name", Text.untrusted(name)));
        message.reasoning()
                .ifPresent(text -> members.put(traits.reasoningName(), Text.untrusted(text)));
        if (!message.toolCalls().isEmpty()) {
            members.put("tool_calls", toolCalls(message.toolCalls(), traits));
        }
        message.toolCallId().ifPresent(id -> members.put("tool_call_id", Text.untrusted(id)));
        return DictValue.ofNames(members);
    }

    private static String roleName(Role role, TemplateTraits traits) {
        return switch (role) {
            case SYSTEM -> "system";
            case DEVELOPER -> traits.knowsDeveloper() ? "developer" : "system";
            case USER -> "user";
            case ASSISTANT -> "assistant";
            case TOOL, FUNCTION -> "tool";
        };
    }

    private static Value content(ChatMessage message, TemplateTraits traits) {
        boolean absent = message.content().isEmpty() && !message.toolCalls().isEmpty();
        if (absent && !traits.emptyContentAsText()) {
            return NoneValue.NONE;
        }
        if (!traits.contentAsParts()) {
            return Text.untrusted(message.text());
        }
        List<Value> parts = new ArrayList<>();
        for (String text : message.content()) {
            Map<String, Value> part = new LinkedHashMap<>();
            part.put("type", Text.trusted("text"));
            part.put("text", Text.untrusted(text));
            parts.add(DictValue.ofNames(part));
        }
        return ListValue.of(parts);
    }

    private static Value toolCalls(List<ToolCall> calls, TemplateTraits traits) {
        List<Value> values = new ArrayList<>();
        for (ToolCall call : calls) {
            Map<String, Value> function = new LinkedHashMap<>();
            function.put("name", Text.untrusted(call.name()));
            function.put("arguments", arguments(call.arguments(), traits));
            Map<String, Value> members = new LinkedHashMap<>();
            members.put("id", Text.untrusted(call.id()));
            members.put("type", Text.trusted("function"));
            members.put("function", DictValue.ofNames(function));
            values.add(DictValue.ofNames(members));
        }
        return ListValue.of(values);
    }

    /** The arguments as an object where they are one; a model may have written anything. */
    private static Value arguments(String json, TemplateTraits traits) {
        if (traits.argumentsAsText()) {
            return Text.untrusted(json);
        }
        try {
            return Json.parse(json) instanceof JsonObject object
                    ? JsonValues.of(object)
                    : Text.untrusted(json);
        } catch (JsonParseException _) {
            return Text.untrusted(json);
        }
    }
}
