package dev.parlance.server.http;

import java.util.Map;

/** An answer: whole, or a stream of server-sent events. */
public sealed interface HttpResponse {
    /** Headers besides those that every answer carries. */
    Map<String, String> headers();

    /** A status and a complete body, which may be empty. */
    record Whole(int status, Map<String, String> headers, byte[] body) implements HttpResponse {
        public Whole {
            headers = Map.copyOf(headers);
        }
    }

    /** Status 200 and events that are written as they come. */
    record Events(EventSource source) implements HttpResponse {
        @Override
        public Map<String, String> headers() {
            return Map.of();
        }
    }
}
