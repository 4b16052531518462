package dev.parlance.engine.chat;

/** How long answers are wanted. */
public enum Verbosity {
    LOW,
    /** What a model does that is told nothing. */
    MEDIUM,
    HIGH
}
