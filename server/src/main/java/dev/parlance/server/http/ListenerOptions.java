package dev.parlance.server.http;

import java.time.Duration;

/**
 * How a listener treats connections.
 *
 * @param host name or address to listen on
 * @param port 0 to 65535; 0 lets the system choose
 * @param maxBodyBytes largest request body, as sent and after decompression; below 2 GiB
 * @param bodyMemory most bytes of all request bodies together, {@code maxBodyBytes} or more
 * @param pingInterval how long an event stream may be silent before a comment is sent; zero: no
 *     comments
 * @param bodyTimeout how long a client may pause while it sends a body, or take for the head of its
 *     first request; a body may take ten times as long
 * @param writeTimeout how long a client may leave an event stream unread before it counts as gone,
 *     or keep a connection on which no request runs
 * @param drainTimeout how long running requests may go on after {@link HttpListener#close()}
 */
public record ListenerOptions(
        String host,
        int port,
        int maxBodyBytes,
        long bodyMemory,
        Duration pingInterval,
        Duration bodyTimeout,
        Duration writeTimeout,
        Duration drainTimeout) {
    public ListenerOptions {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port must be between 0 and 65535, got " + port);
        }
        if (maxBodyBytes < 1 || maxBodyBytes == Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "maxBodyBytes must be 1 or more and below 2 GiB, got " + maxBodyBytes);
        }
        if (bodyMemory < maxBodyBytes) {
            throw new IllegalArgumentException(
                    "bodyMemory must be maxBodyBytes or more, got " + bodyMemory);
        }
        if (pingInterval.isNegative()
                || drainTimeout.isNegative()
                || !bodyTimeout.isPositive()
                || !writeTimeout.isPositive()) {
            throw new IllegalArgumentException(
                    "durations must not be negative, and timeouts above zero");
        }
    }
}
