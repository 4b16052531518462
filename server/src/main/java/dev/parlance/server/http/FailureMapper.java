package dev.parlance.server.http;

/** Turns failures into what a dialect sends for them. Threads: safe. */
public interface FailureMapper {
    /** The answer to a request that failed before its first byte was sent. */
    HttpResponse.Whole toResponse(HttpRequest request, Throwable failure);

    /** The data of the last event, named {@code error}, of a stream that failed. */
    String toEventData(HttpRequest request, Throwable failure);
}
