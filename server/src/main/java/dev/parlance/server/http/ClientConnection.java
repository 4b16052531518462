package dev.parlance.server.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;

import java.time.Duration;

/**
 * One connection, which is closed when no request has run on it for a while. That ends those that
 * do not get their first request said, that keep a connection for later and forget it, and that do
 * not read the answer they have got.
 *
 * <p>Threads: its event loop only.
 */
final class ClientConnection {
    /** Time enough for a client to say what it wants, and to be told that there is no room. */
    private static final Duration SURPLUS_TIME = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final ListenerOptions options;
    private final HttpConnection connection;
    private final boolean surplus;
    private int running;
    private boolean closed;
    private long timer = -1;

    /**
     * @param surplus whether it is one too many
     */
    ClientConnection(
            Vertx vertx, ListenerOptions options, HttpConnection connection, boolean surplus) {
        this.vertx = vertx;
        this.options = options;
        this.connection = connection;
        this.surplus = surplus;
        closeAfter(surplus ? SURPLUS_TIME : options.bodyTimeout());
    }

    boolean isSurplus() {
        return surplus;
    }

    /** The head of a request is there. */
    void begin() {
        running++;
        vertx.cancelTimer(timer);
    }

    /** A request that has begun is over. */
    void end() {
        running--;
        if (running == 0 && !closed) {
            closeAfter(options.writeTimeout());
        }
    }

    void close() {
        connection.close();
    }

    void closed() {
        closed = true;
        vertx.cancelTimer(timer);
    }

    private void closeAfter(Duration time) {
        timer = vertx.setTimer(time.toMillis(), _ -> connection.close());
    }
}
