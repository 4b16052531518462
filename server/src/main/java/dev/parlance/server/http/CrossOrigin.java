package dev.parlance.server.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

import java.util.Set;

/**
 * Lets pages of other origins call the server, by the headers of CORS.
 *
 * <p>Errors carry them too, or a page could not read what is wrong. Source: the Fetch standard,
 * section "CORS protocol".
 */
final class CrossOrigin {
    static final String METHODS = "GET, HEAD, POST, OPTIONS";

    private static final String EXPOSED =
            "x-request-id, openai-processing-ms, openai-version, retry-after, x-should-retry,"
                    + " x-ratelimit-limit-requests, x-ratelimit-remaining-requests,"
                    + " x-ratelimit-reset-requests, x-ratelimit-limit-tokens,"
                    + " x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens";

    private CrossOrigin() {}

    /** Puts what the page that asks, if one does, needs to read the answer. */
    static void putHeaders(
            HttpServerRequest request, HttpServerResponse response, Set<String> allowed) {
        if (allowed.isEmpty()) {
            return;
        }
        boolean all = allowed.contains("*");
        if (!all) {
            // What is allowed depends on who asks, which a cache on the way must know.
            response.putHeader("vary", "origin");
        }
        String origin = request.getHeader("origin");
        if (origin == null || (!all && !allowed.contains(origin))) {
            return;
        }
        response.putHeader("access-control-allow-origin", all ? "*" : origin);
        response.putHeader("access-control-expose-headers", EXPOSED);
        String wanted = request.getHeader("access-control-request-method");
        if (wanted != null) {
            String headers = request.getHeader("access-control-request-headers");
            response.putHeader("access-control-allow-methods", METHODS);
            response.putHeader(
                    "access-control-allow-headers",
                    headers == null ? "authorization, content-type" : headers);
            response.putHeader("access-control-max-age", "86400");
        }
    }
}
