package dev.parlance.engine.generation;

/**
 * Tokens a request took.
 *
 * @param promptTokens tokens of the prompt, counted once however many choices there are
 * @param cachedTokens how many of them were reused rather than computed
 * @param completionTokens generated tokens of all choices, end tokens included
 * @param acceptedPredictionTokens tokens of the request's prediction that appear in the choices
 * @param rejectedPredictionTokens those that do not, counted for each choice; no part of {@code
 *     completionTokens}
 */
public record TokenUsage(
        int promptTokens,
        int cachedTokens,
        int completionTokens,
        int acceptedPredictionTokens,
        int rejectedPredictionTokens) {
    /** Of a request without a prediction. */
    public TokenUsage(int promptTokens, int cachedTokens, int completionTokens) {
        this(promptTokens, cachedTokens, completionTokens, 0, 0);
    }

    public int totalTokens() {
        return promptTokens + completionTokens;
    }

    public TokenUsage plus(TokenUsage other) {
        return new TokenUsage(
                promptTokens + other.promptTokens,
                cachedTokens + other.cachedTokens,
                completionTokens + other.completionTokens,
                acceptedPredictionTokens + other.acceptedPredictionTokens,
                rejectedPredictionTokens + other.rejectedPredictionTokens);
    }
}
