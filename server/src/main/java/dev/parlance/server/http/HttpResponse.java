package dev.parlance.server.http;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

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

    /**
     * Status 200 and events that are written as they come.
     *
     * @param pingInterval how long the line may be silent before a comment is sent; zero: no
     *     comments; absent: as the listener's options say
     */
    record Events(EventSource source, Optional<Duration> pingInterval) implements HttpResponse {
        public Events(EventSource source) {
            this(source, Optional.empty());
        }

        @Override
        public Map<String, String> headers() {
            return Map.of();
        }
    }
}
