package dev.parlance.server.api;

import dev.parlance.engine.chat.ChatMessage;
import dev.parlance.engine.chat.Role;
import dev.parlance.engine.chat.ToolCall;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads the messages of a conversation.
 *
 * <p>Lenient about what real clients send: any order of roles, several system messages, assistant
 * messages without content, call arguments as an object. Strict about what would be lost.
 */
final class MessageReader {
    private static final String ROLES = "developer, system, user, assistant, tool, function";

    private MessageReader() {}

    static List<ChatMessage> read(FieldReader body) {
        List<JsonValue> values = FieldReader.array(body.require("messages"), body.path("messages"));
        if (values.isEmpty()) {
            throw ApiException.badField(
                    body.path("messages"), "empty_array", "'messages' must have at least 1 entry");
        }
        List<ChatMessage> messages = new ArrayList<>(values.size());
        for (int i = 0; i < values.size(); i++) {
            messages.add(
                    message(FieldReader.of(values.get(i), body.path("messages") + "[" + i + "]")));
        }
        return messages;
    }

    private static ChatMessage message(FieldReader message) {
        Role role = role(message);
        if (message.find("audio").isPresent()) {
            throw ApiException.unsupported(
                    message.path("audio"), "audio in messages is not supported here");
        }
        List<ToolCall> calls = role == Role.ASSISTANT ? toolCalls(message) : List.of();
        Optional<String> reasoning = message.string("reasoning_content");
        return new ChatMessage(
                role,
                content(message, role),
                message.string("name"),
                reasoning.isPresent() ? reasoning : message.string("reasoning"),
                calls,
                message.string("tool_call_id"));
    }

    private static Role role(FieldReader message) {
        String name = message.requireString("role");
        for (Role role : Role.values()) {
            if (role.name().toLowerCase(Locale.ROOT).equals(name)) {
                return role;
            }
        }
        throw ApiException.invalidValue(
                message.path("role"),
                "'" + message.path("role") + "' must be one of " + ROLES + ", got '" + name + "'");
    }

    private static List<String> content(FieldReader message, Role role) {
        Optional<JsonValue> content = message.find("content");
        if (content.isEmpty()) {
            return switch (role) {
                // A refusal is what the assistant said instead.
                case ASSISTANT -> message.string("refusal").map(List::of).orElse(List.of());
                case FUNCTION -> List.of();
                case DEVELOPER, SYSTEM, USER, TOOL ->
                        throw ApiException.missing(message.path("content"));
            };
        }
        String path = message.path("content");
        return switch (content.get()) {
            case JsonString(String text) -> List.of(text);
            case JsonArray(List<JsonValue> parts) -> parts(parts, path);
            default -> throw FieldReader.wrongType(path, "a string or an array", content.get());
        };
    }

    private static List<String> parts(List<JsonValue> parts, String path) {
        List<String> texts = new ArrayList<>(parts.size());
        for (int i = 0; i < parts.size(); i++) {
            FieldReader part = FieldReader.of(parts.get(i), path + "[" + i + "]");
            String type = part.requireString("type");
            texts.add(
                    switch (type) {
                        case "text" -> part.requireString("text");
                        case "refusal" -> part.requireString("refusal");
                        default ->
                                throw ApiException.unsupported(
                                        part.path("type"),
                                        "'"
                                                + part.path("type")
                                                + "' must be text, got '"
                                                + type
                                                + "': models here read text only");
                    });
        }
        return texts;
    }

    private static List<ToolCall> toolCalls(FieldReader message) {
        List<ToolCall> calls = new ArrayList<>();
        List<JsonValue> values = message.array("tool_calls").orElse(List.of());
        for (int i = 0; i < values.size(); i++) {
            FieldReader call =
                    FieldReader.of(values.get(i), message.path("tool_calls") + "[" + i + "]");
            calls.add(toolCall(call));
        }
        message.child("function_call").ifPresent(call -> calls.add(functionCall("", call)));
        return calls;
    }

    private static ToolCall toolCall(FieldReader call) {
        String id = call.string("id").orElse("");
        String type = call.string("type").orElse("function");
        return switch (type) {
            case "function" -> functionCall(id, call.requireChild("function"));
            case "custom" -> {
                FieldReader custom = call.requireChild("custom");
                yield new ToolCall(id, custom.requireString("name"), custom.requireString("input"));
            }
            default ->
                    throw ApiException.invalidValue(
                            call.path("type"),
                            "'"
                                    + call.path("type")
                                    + "' must be function or custom, got '"
                                    + type
                                    + "'");
        };
    }

    private static ToolCall functionCall(String id, FieldReader function) {
        String name = function.requireString("name");
        Optional<JsonValue> arguments = function.find("arguments");
        if (arguments.isEmpty()) {
            return new ToolCall(id, name, "{}");
        }
        return switch (arguments.get()) {
            case JsonString(String text) -> new ToolCall(id, name, text);
            case JsonObject object -> new ToolCall(id, name, Json.write(object));
            default ->
                    throw FieldReader.wrongType(
                            function.path("arguments"), "a string of JSON", arguments.get());
        };
    }
}
