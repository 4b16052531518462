package dev.parlance.server.access;

import java.time.Duration;

/**
 * Where a key stands with one of its limits per minute.
 *
 * @param most how much it may use in a minute
 * @param remaining how much of that it may use at once, from now on; 0 or more
 * @param untilFull when all of it may be used at once again
 */
public record LimitState(Limit limit, long most, long remaining, Duration untilFull) {}
