package dev.parlance.engine.chat;

/**
 * A call of a tool that the assistant made; {@code arguments} is as the model wrote it: JSON text
 * for a function, any text for a tool that takes one.
 */
public record ToolCall(String id, String name, String arguments) {}
