package dev.parlance.engine.chat;

import dev.parlance.engine.json.JsonObject;

import java.util.List;
import java.util.Optional;

/**
 * A conversation to be continued, with what its template needs to know.
 *
 * @param tools function declarations as their JSON objects, in the shape templates expect ({@code
 *     {"type": "function", "function": {…}}})
 * @param addGenerationPrompt whether the text ends with the opening of an assistant message
 * @param continueFinalMessage whether the last message is left open, to be continued; excludes
 *     {@code addGenerationPrompt}
 * @param verbosity how long answers are wanted, if anybody said so
 * @param templateVariables further variables for the template; they win over the standard ones
 */
public record Conversation(
        List<ChatMessage> messages,
        List<JsonObject> tools,
        boolean addGenerationPrompt,
        boolean continueFinalMessage,
        Optional<Verbosity> verbosity,
        JsonObject templateVariables) {
    public Conversation {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
        if (addGenerationPrompt && continueFinalMessage) {
            throw new IllegalArgumentException(
                    "addGenerationPrompt and continueFinalMessage exclude each other");
        }
    }

    /** A conversation in which nobody said how long answers are wanted. */
    public Conversation(
            List<ChatMessage> messages,
            List<JsonObject> tools,
            boolean addGenerationPrompt,
            boolean continueFinalMessage,
            JsonObject templateVariables) {
        this(
                messages,
                tools,
                addGenerationPrompt,
                continueFinalMessage,
                Optional.empty(),
                templateVariables);
    }

    /** A plain conversation that the assistant is to answer. */
    public static Conversation of(ChatMessage... messages) {
        return new Conversation(List.of(messages), List.of(), true, false, JsonObject.EMPTY);
    }

    /** The same about other messages. */
    public Conversation withMessages(List<ChatMessage> newMessages) {
        return new Conversation(
                newMessages,
                tools,
                addGenerationPrompt,
                continueFinalMessage,
                verbosity,
                templateVariables);
    }
}
