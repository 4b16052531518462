package dev.parlance.server.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The connections that clients hold. Their number is bounded, and so is the time for which one may
 * be held without a request.
 *
 * <p>A client beyond the bound is told so and sent away. So many at a time that even telling them
 * is too much are cut without a word.
 *
 * <p>Threads: safe.
 */
public final class Connections {
    /** How many are being told that there are too many. */
    private static final int MOST_SURPLUS = 64;

    private final int most;
    private final int mostSurplus;
    private final Map<HttpConnection, ClientConnection> open = new ConcurrentHashMap<>();
    private final AtomicLong refused = new AtomicLong();

    /**
     * @param most how many may be open, 1 or more
     */
    public Connections(int most) {
        this(most, MOST_SURPLUS);
    }

    Connections(int most, int mostSurplus) {
        if (most < 1) {
            throw new IllegalArgumentException("there must be 1 connection or more, got " + most);
        }
        this.most = most;
        this.mostSurplus = mostSurplus;
    }

    /** How many are open. */
    public int open() {
        return open.size();
    }

    /** How many came when there were too many. */
    public long refused() {
        return refused.get();
    }

    /** Counts a new connection. Its event loop only. */
    void opened(Vertx vertx, ListenerOptions options, HttpConnection connection) {
        boolean surplus = open.size() >= most;
        if (surplus) {
            refused.incrementAndGet();
        }
        if (open.size() >= most + mostSurplus) {
            connection.close();
            return;
        }
        ClientConnection client = new ClientConnection(vertx, options, connection, surplus);
        open.put(connection, client);
        connection.closeHandler(_ -> {
            open.remove(connection);
            client.closed();
        });
    }

    /** The connection that a request has come by. */
    ClientConnection of(HttpConnection connection) {
        ClientConnection client = open.get(connection);
        if (client == null) {
            throw new IllegalStateException("a request without a connection");
        }
        return client;
    }

    HttpProblem tooMany() {
        return HttpProblem.of(
                HttpProblem.Kind.OVERLOADED,
                "the server has all " + most + " connections that it may have; try again");
    }
}
