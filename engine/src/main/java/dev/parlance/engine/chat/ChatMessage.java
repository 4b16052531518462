package dev.parlance.engine.chat;

import java.util.List;
import java.util.Optional;

/**
 * One message of a conversation.
 *
 * @param content its texts, in order; empty for an assistant message that only calls tools
 * @param name the speaker's or the function's name
 * @param reasoning what an assistant thought before it spoke
 * @param toolCalls calls an assistant made
 * @param toolCallId the call that a tool message answers
 */
public record ChatMessage(
        Role role,
        List<String> content,
        Optional<String> name,
        Optional<String> reasoning,
        List<ToolCall> toolCalls,
        Optional<String> toolCallId) {
    public ChatMessage {
        content = List.copyOf(content);
        toolCalls = List.copyOf(toolCalls);
    }

    /** A message of one text and nothing else. */
    public static ChatMessage of(Role role, String text) {
        return new ChatMessage(
                role,
                List.of(text),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty());
    }

    /** The same with other texts. */
    public ChatMessage withContent(List<String> newContent) {
        return new ChatMessage(role, newContent, name, reasoning, toolCalls, toolCallId);
    }

    /** All texts as one, joined by newlines. */
    public String text() {
        return String.join("\n", content);
    }
}
