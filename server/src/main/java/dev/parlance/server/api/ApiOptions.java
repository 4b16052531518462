package dev.parlance.server.api;

/**
 * What the operator decides about requests.
 *
 * @param maxLogprobs how many likely tokens a position may be asked for, 0 to {@link
 *     #MOST_LOGPROBS}; OpenAI has 5 on its older endpoint and 20 on chat
 * @param completionTokens what {@code /v1/completions} generates where nothing is said, 1 or more;
 *     -1: until the context ends
 * @param strictFields whether fields that no table lists are refused rather than ignored
 */
public record ApiOptions(int maxLogprobs, int completionTokens, boolean strictFields) {
    /** Each is looked for at every position of an answer. */
    public static final int MOST_LOGPROBS = 1000;

    /** OpenAI's 16 tokens, 20 likely ones, and unknown fields ignored. */
    public static final ApiOptions DEFAULT = new ApiOptions(20, 16, false);

    public ApiOptions {
        if (maxLogprobs < 0 || maxLogprobs > MOST_LOGPROBS) {
            throw new IllegalArgumentException(
                    "maxLogprobs must be between 0 and " + MOST_LOGPROBS + ", got " + maxLogprobs);
        }
        if (completionTokens < 1 && completionTokens != ContextWindow.UNTIL_CONTEXT_END) {
            throw new IllegalArgumentException(
                    "completionTokens must be 1 or more, or -1, got " + completionTokens);
        }
    }
}
