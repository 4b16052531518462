package dev.parlance.server.http;

import io.vertx.core.http.HttpServerResponse;

import java.util.Map;

/** The headers that every answer carries. */
final class ResponseHeaders {
    static final String REQUEST_ID = "x-request-id";
    static final String CLIENT_REQUEST_ID = "x-client-request-id";

    /** What a page of any origin may read; there are no cookies, so no origin gains anything. */
    private static final Map<String, String> FIXED =
            Map.of(
                    "openai-version", "2020-10-01",
                    "access-control-allow-origin", "*",
                    "access-control-expose-headers",
                            "x-request-id, openai-processing-ms, openai-version, retry-after");

    private ResponseHeaders() {}

    static void put(HttpServerResponse response, String requestId, long processingMillis) {
        response.putHeader(REQUEST_ID, requestId);
        response.putHeader("openai-processing-ms", Long.toString(processingMillis));
        FIXED.forEach(response::putHeader);
    }

    /** The answer to a preflight: any page may call, with the headers it asked for. */
    static HttpResponse.Whole preflight(HttpRequest request) {
        String headers =
                request.header("access-control-request-headers")
                        .orElse("authorization, content-type");
        return new HttpResponse.Whole(
                204,
                Map.of(
                        "access-control-allow-methods", "GET, HEAD, POST, OPTIONS",
                        "access-control-allow-headers", headers,
                        "access-control-max-age", "86400",
                        "vary", "access-control-request-headers"),
                new byte[0]);
    }
}
