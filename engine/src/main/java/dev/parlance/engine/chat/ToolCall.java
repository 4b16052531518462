package dev.parlance.engine.chat;

/**
 * A call of a function that the assistant made; {@code arguments} is JSON text, as the model wrote
 * it.
 */
public record ToolCall(String id, String name, String arguments) {}
