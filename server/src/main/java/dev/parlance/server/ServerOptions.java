package dev.parlance.server;

import dev.parlance.server.http.ListenerOptions;

import java.time.Duration;

/**
 * How the server listens. Values out of range are refused when it starts.
 *
 * @param host name or address to listen on
 * @param port 0 to 65535; 0 lets the system choose
 * @param maxBodyBytes largest request body, 1 or more
 * @param pingInterval silence on a stream after which a comment is sent; zero: never
 * @param shutdownGrace how long running requests may go on when the server is closed
 */
public record ServerOptions(
        String host, int port, int maxBodyBytes, Duration pingInterval, Duration shutdownGrace) {

    /** Port 8080 of this machine only. */
    public static final ServerOptions DEFAULT =
            new ServerOptions(
                    "127.0.0.1", 8080, 32 << 20, Duration.ofSeconds(15), Duration.ofSeconds(30));

    /** A pause within a body that no working client makes. */
    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(60);

    /** Long enough for a person who holds the scrolling of a terminal. */
    private static final Duration WRITE_TIMEOUT = Duration.ofMinutes(5);

    /** The same at another address. */
    public ServerOptions withAddress(String newHost, int newPort) {
        return new ServerOptions(newHost, newPort, maxBodyBytes, pingInterval, shutdownGrace);
    }

    ListenerOptions listener() {
        return new ListenerOptions(
                host, port, maxBodyBytes, pingInterval, BODY_TIMEOUT, WRITE_TIMEOUT, shutdownGrace);
    }
}
