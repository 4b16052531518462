package dev.parlance.engine;

/** Whether tokens are guessed ahead to be faster. Answers are the same, whatever is guessed. */
public enum Speculation {
    /** Token by token. */
    NONE,

    /** From what a request predicts, and from repetitions in prompt and continuation. */
    PROMPT_LOOKUP
}
