package dev.parlance.engine.chat;

/** Who speaks in a message. */
public enum Role {
    DEVELOPER,
    SYSTEM,
    USER,
    ASSISTANT,
    TOOL,
    /** The deprecated predecessor of {@link #TOOL}. */
    FUNCTION
}
