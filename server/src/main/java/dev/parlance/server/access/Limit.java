package dev.parlance.server.access;

/** What there can be too much of. */
public enum Limit {
    REQUESTS_PER_MINUTE,
    TOKENS_PER_MINUTE,
    CONCURRENT_REQUESTS
}
