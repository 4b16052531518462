package dev.parlance.server.http;

import java.util.Optional;

/** A request that fails before any handler sees it: no route, body too large, shutting down. */
public final class HttpProblem extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What is wrong. */
    public enum Kind {
        /** Bytes that are not an HTTP request. */
        MALFORMED(400),
        /** The request names a host that this server is not. */
        FOREIGN_HOST(403),
        /** No route has this path. */
        NOT_FOUND(404),
        /** The path exists, but not for this method. */
        METHOD_NOT_ALLOWED(405),
        /** The body did not arrive in time. */
        BODY_TIMEOUT(408),
        /** The body is larger than the listener takes. */
        BODY_TOO_LARGE(413),
        /** The body is compressed in a way that is not known. */
        UNSUPPORTED_ENCODING(415),
        /** There is no room for it now: too many connections, or too large bodies together. */
        OVERLOADED(503),
        /** The listener finishes what runs and takes nothing new. */
        SHUTTING_DOWN(503);

        private final int status;

        Kind(int status) {
            this.status = status;
        }

        public int status() {
            return status;
        }
    }

    private final Kind kind;
    private final String allowedMethods;

    private HttpProblem(Kind kind, String message, String allowedMethods) {
        super(message, null, false, false);
        this.kind = kind;
        this.allowedMethods = allowedMethods;
    }

    static HttpProblem notFound() {
        return new HttpProblem(Kind.NOT_FOUND, "no route has this path", "");
    }

    static HttpProblem methodNotAllowed(String allowedMethods) {
        return new HttpProblem(
                Kind.METHOD_NOT_ALLOWED, "only " + allowedMethods + " is possible", allowedMethods);
    }

    static HttpProblem bodyTooLarge(long maxBodyBytes) {
        return new HttpProblem(
                Kind.BODY_TOO_LARGE,
                "the request body must be at most " + maxBodyBytes + " bytes",
                "");
    }

    static HttpProblem foreignHost(String host) {
        return new HttpProblem(
                Kind.FOREIGN_HOST,
                "'"
                        + host
                        + "' is not a name of this server. Without API keys it answers requests to"
                        + " localhost and to addresses only, so that no web page can pass itself"
                        + " off as it; an API key, or --insecure-no-key, lifts that",
                "");
    }

    static HttpProblem of(Kind kind, String message) {
        return new HttpProblem(kind, message, "");
    }

    public Kind kind() {
        return kind;
    }

    /** The value of the {@code Allow} header, for {@link Kind#METHOD_NOT_ALLOWED}. */
    public Optional<String> allowedMethods() {
        return allowedMethods.isEmpty() ? Optional.empty() : Optional.of(allowedMethods);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
