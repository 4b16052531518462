package dev.parlance.engine.chat;

import dev.parlance.engine.json.JsonObject;

import java.util.List;

/**
 * A conversation to be continued, with what its template needs to know.
 *
 * @param tools function declarations as their JSON objects, in the shape templates expect ({@code
 *     {"type": "function", "function": {…}}})
 * @param addGenerationPrompt whether the text ends with the opening of an assistant message
 * @param continueFinalMessage whether the last message is left open, to be continued; excludes
 *     {@code addGenerationPrompt}
 * @param templateVariables further variables for the template; they win over the standard ones
 */
public record Conversation(
        List<ChatMessage> messages,
        List<JsonObject> tools,
        boolean addGenerationPrompt,
        boolean continueFinalMessage,
        JsonObject templateVariables) {
    public Conversation {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
        if (addGenerationPrompt && continueFinalMessage) {
            throw new IllegalArgumentException(
                    "addGenerationPrompt and continueFinalMessage exclude each other");
        }
    }

    /** A plain conversation that the assistant is to answer. */
    public static Conversation of(ChatMessage... messages) {
        return new Conversation(List.of(messages), List.of(), true, false, JsonObject.EMPTY);
    }
}
