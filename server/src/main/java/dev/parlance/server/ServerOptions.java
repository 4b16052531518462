package dev.parlance.server;

import dev.parlance.server.api.ApiOptions;
import dev.parlance.server.http.ListenerOptions;

import java.time.Duration;

/**
 * How the server listens. Values out of range are refused when it starts.
 *
 * @param host name or address to listen on
 * @param port 0 to 65535; 0 lets the system choose
 * @param maxBodyBytes largest request body, 1 or more
 * @param pingInterval silence on a stream after which a comment is sent; zero: never
 * @param drainTimeout how long running requests may go on when the server is closed
 * @param requestTimeout most time for a request, waiting included; zero: no limit
 * @param maxLogprobs how many likely tokens a request may ask for per position, 0 to 1000
 * @param completionTokens what {@code /v1/completions} generates where nothing is said, 1 or more;
 *     -1: until the context ends
 * @param strictFields whether request fields that nobody knows are refused rather than ignored
 * @param maxConnections how many connections may be open, 1 or more
 */
public record ServerOptions(
        String host,
        int port,
        int maxBodyBytes,
        Duration pingInterval,
        Duration drainTimeout,
        Duration requestTimeout,
        int maxLogprobs,
        int completionTokens,
        boolean strictFields,
        int maxConnections) {

    /** Port 8080 of this machine only. */
    public static final ServerOptions DEFAULT =
            new ServerOptions(
                    "127.0.0.1",
                    8080,
                    32 << 20,
                    Duration.ofSeconds(15),
                    Duration.ofSeconds(30),
                    Duration.ZERO);

    /** Some times what a machine can answer; few enough that all their buffers fit the heap. */
    private static final int MAX_CONNECTIONS = 4096;

    /** What is made of a body while it is read takes several times its size. */
    private static final int BODY_SHARE_OF_HEAP = 8;

    /** A pause within a body that no working client makes. */
    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(60);

    /** Long enough for a person who holds the scrolling of a terminal. */
    private static final Duration WRITE_TIMEOUT = Duration.ofMinutes(5);

    /** With OpenAI's rules for requests. */
    public ServerOptions(
            String host,
            int port,
            int maxBodyBytes,
            Duration pingInterval,
            Duration drainTimeout,
            Duration requestTimeout) {
        this(
                host,
                port,
                maxBodyBytes,
                pingInterval,
                drainTimeout,
                requestTimeout,
                ApiOptions.DEFAULT.maxLogprobs(),
                ApiOptions.DEFAULT.completionTokens(),
                ApiOptions.DEFAULT.strictFields(),
                MAX_CONNECTIONS);
    }

    /** The same at another address. */
    public ServerOptions withAddress(String newHost, int newPort) {
        return new ServerOptions(
                newHost,
                newPort,
                maxBodyBytes,
                pingInterval,
                drainTimeout,
                requestTimeout,
                maxLogprobs,
                completionTokens,
                strictFields,
                maxConnections);
    }

    /** The same with another silence before a comment. */
    public ServerOptions withPingInterval(Duration newPingInterval) {
        return new ServerOptions(
                host,
                port,
                maxBodyBytes,
                newPingInterval,
                drainTimeout,
                requestTimeout,
                maxLogprobs,
                completionTokens,
                strictFields,
                maxConnections);
    }

    /** The same with other times. */
    public ServerOptions withTimeouts(Duration newDrainTimeout, Duration newRequestTimeout) {
        return new ServerOptions(
                host,
                port,
                maxBodyBytes,
                pingInterval,
                newDrainTimeout,
                newRequestTimeout,
                maxLogprobs,
                completionTokens,
                strictFields,
                maxConnections);
    }

    /** The same with other rules for requests. */
    public ServerOptions withRequests(
            int newMaxLogprobs, int newCompletionTokens, boolean newStrictFields) {
        return new ServerOptions(
                host,
                port,
                maxBodyBytes,
                pingInterval,
                drainTimeout,
                requestTimeout,
                newMaxLogprobs,
                newCompletionTokens,
                newStrictFields,
                maxConnections);
    }

    /** The same with another bound on connections. */
    public ServerOptions withMaxConnections(int newMaxConnections) {
        return new ServerOptions(
                host,
                port,
                maxBodyBytes,
                pingInterval,
                drainTimeout,
                requestTimeout,
                maxLogprobs,
                completionTokens,
                strictFields,
                newMaxConnections);
    }

    ApiOptions api() {
        return new ApiOptions(maxLogprobs, completionTokens, strictFields);
    }

    /** The largest body must fit in any case, compressed and not. */
    private long bodyMemory() {
        return Math.max(2L * maxBodyBytes, Runtime.getRuntime().maxMemory() / BODY_SHARE_OF_HEAP);
    }

    ListenerOptions listener() {
        return new ListenerOptions(
                host,
                port,
                maxBodyBytes,
                bodyMemory(),
                pingInterval,
                BODY_TIMEOUT,
                WRITE_TIMEOUT,
                drainTimeout);
    }
}
