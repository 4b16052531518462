package dev.parlance.server.http;

/** The client closed the connection, so nobody waits for the answer any more. */
public final class ClientGoneException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ClientGoneException() {
        super("the client closed the connection", null, false, false);
    }
}
