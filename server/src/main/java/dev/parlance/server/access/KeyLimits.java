package dev.parlance.server.access;

/**
 * How much one key may use; 0 is no limit.
 *
 * @param requestsPerMinute requests of any kind, refused ones included
 * @param tokensPerMinute tokens of prompts and answers
 * @param concurrentRequests requests that are being answered at a time
 */
public record KeyLimits(long requestsPerMinute, long tokensPerMinute, int concurrentRequests) {
    /** Most requests of either limit. */
    public static final int MAX_REQUESTS = 1_000_000;

    /** Most tokens. */
    public static final int MAX_TOKENS = 1_000_000_000;

    /** No limits. */
    public static final KeyLimits NONE = new KeyLimits(0, 0, 0);

    public KeyLimits {
        check("requestsPerMinute", requestsPerMinute, MAX_REQUESTS);
        check("tokensPerMinute", tokensPerMinute, MAX_TOKENS);
        check("concurrentRequests", concurrentRequests, MAX_REQUESTS);
    }

    private static void check(String name, long value, long most) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(
                    name + " must be between 0 and " + most + ", got " + value);
        }
    }
}
