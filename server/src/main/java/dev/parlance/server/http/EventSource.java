package dev.parlance.server.http;

/** Produces the events of a streamed answer after its headers have been sent. */
@FunctionalInterface
public interface EventSource {
    /**
     * Writes all events. Always called once for every {@link HttpResponse.Events} that a handler
     * returned, even if the client has left by then, so it is the place to release what the answer
     * holds.
     */
    void writeTo(SseWriter writer) throws InterruptedException;
}
