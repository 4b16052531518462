package dev.parlance.server.api;

import java.util.OptionalInt;

/** The check that a prompt and what is to follow it fit the model's context. */
public final class ContextWindow {
    /** Asks for all that fits. */
    public static final int UNTIL_CONTEXT_END = -1;

    private ContextWindow() {}

    /**
     * How many tokens may be generated.
     *
     * @param asked what the request asks for; {@link #UNTIL_CONTEXT_END} or absent: all that fits
     *     up to {@code defaultTokens}
     * @param where what the prompt is called in the error, {@code messages} or {@code prompt}
     * @throws ApiException 400 {@code context_length_exceeded} if it does not fit
     */
    public static int maxTokens(
            int promptTokens,
            OptionalInt asked,
            int defaultTokens,
            int contextLength,
            String where) {
        int room = contextLength - promptTokens;
        if (asked.isPresent() && asked.getAsInt() != UNTIL_CONTEXT_END) {
            if (asked.getAsInt() > room) {
                throw tooLong(contextLength, promptTokens, asked.getAsInt(), where);
            }
            return asked.getAsInt();
        }
        if (room < 1) {
            throw tooLong(contextLength, promptTokens, 1, where);
        }
        return asked.isPresent() ? room : Math.min(room, defaultTokens);
    }

    // Clients look for the words "maximum context length is N tokens" to know when to shorten.
    private static ApiException tooLong(
            int contextLength, int promptTokens, int completionTokens, String where) {
        long total = (long) promptTokens + completionTokens;
        return ApiException.badField(
                where,
                "context_length_exceeded",
                "This model's maximum context length is "
                        + contextLength
                        + " tokens. However, you requested "
                        + total
                        + " tokens ("
                        + promptTokens
                        + " in the "
                        + where
                        + ", "
                        + completionTokens
                        + " in the completion). Please reduce the length of the "
                        + where
                        + " or completion.");
    }
}
