package dev.parlance.server.http;

/** Answers one kind of request. Threads: called on a virtual thread per request; may block. */
@FunctionalInterface
public interface HttpHandler {
    /**
     * The answer to a request. Whatever it throws is turned into an answer by the listener's {@link
     * FailureMapper}, except {@link ClientGoneException}, which ends the exchange silently.
     */
    HttpResponse handle(HttpRequest request) throws InterruptedException;
}
