package dev.parlance.engine.generation;

/**
 * Tokens a request took.
 *
 * @param promptTokens tokens of the prompt, counted once however many choices there are
 * @param cachedTokens how many of them were reused rather than computed
 * @param completionTokens generated tokens of all choices, end tokens included
 */
public record TokenUsage(int promptTokens, int cachedTokens, int completionTokens) {
    public int totalTokens() {
        return promptTokens + completionTokens;
    }

    public TokenUsage plus(TokenUsage other) {
        return new TokenUsage(
                promptTokens + other.promptTokens,
                cachedTokens + other.cachedTokens,
                completionTokens + other.completionTokens);
    }
}
