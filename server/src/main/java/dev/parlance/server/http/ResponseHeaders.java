package dev.parlance.server.http;

import dev.parlance.server.access.Limit;
import dev.parlance.server.access.LimitState;

import io.vertx.core.http.HttpServerResponse;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The headers that every answer carries. */
final class ResponseHeaders {
    static final String REQUEST_ID = "x-request-id";
    static final String CLIENT_REQUEST_ID = "x-client-request-id";

    private ResponseHeaders() {}

    static void put(HttpServerResponse response, String requestId, long processingMillis) {
        response.putHeader(REQUEST_ID, requestId);
        response.putHeader("openai-processing-ms", Long.toString(processingMillis));
        response.putHeader("openai-version", "2020-10-01");
    }

    /** Says where a key stands, in OpenAI's headers. */
    static void putLimits(HttpServerResponse response, List<LimitState> limits) {
        for (LimitState state : limits) {
            String unit = unit(state.limit());
            response.putHeader("x-ratelimit-limit-" + unit, Long.toString(state.most()));
            response.putHeader("x-ratelimit-remaining-" + unit, Long.toString(state.remaining()));
            response.putHeader("x-ratelimit-reset-" + unit, text(state.untilFull()));
        }
    }

    private static String unit(Limit limit) {
        return switch (limit) {
            case REQUESTS_PER_MINUTE, CONCURRENT_REQUESTS -> "requests";
            case TOKENS_PER_MINUTE -> "tokens";
        };
    }

    /** A duration as OpenAI writes it: {@code 20ms}, {@code 1s}, {@code 6m0s}. */
    static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1000) {
            return millis + "ms";
        }
        long seconds = Math.ceilDiv(millis, 1000L);
        return seconds < 60 ? seconds + "s" : seconds / 60 + "m" + seconds % 60 + "s";
    }

    /** The answer to OPTIONS, which needs no key: a browser sends none with its preflight. */
    static HttpResponse.Whole options() {
        return new HttpResponse.Whole(204, Map.of("allow", CrossOrigin.METHODS), new byte[0]);
    }
}
