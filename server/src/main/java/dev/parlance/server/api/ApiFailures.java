package dev.parlance.server.api;

import dev.parlance.engine.generation.GenerationFailedException;
import dev.parlance.engine.generation.QueueFullException;
import dev.parlance.engine.json.Json;
import dev.parlance.server.access.InvalidKeyException;
import dev.parlance.server.access.LimitReachedException;
import dev.parlance.server.http.FailureMapper;
import dev.parlance.server.http.HttpProblem;
import dev.parlance.server.http.HttpRequest;
import dev.parlance.server.http.HttpResponse;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The one place that decides what a failure looks like to a client. */
public final class ApiFailures implements FailureMapper {
    private static final Logger LOGGER = System.getLogger(ApiFailures.class.getName());

    private static final int RETRY_SECONDS = 5;

    @Override
    public HttpResponse.Whole toResponse(HttpRequest request, Throwable failure) {
        ApiException error = toApiException(request, failure);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("content-type", "application/json");
        error.retryAfterSeconds()
                .ifPresent(seconds -> headers.put("retry-after", Integer.toString(seconds)));
        if (failure instanceof HttpProblem problem) {
            problem.allowedMethods().ifPresent(allowed -> headers.put("allow", allowed));
        }
        if (error.status() == 401) {
            headers.put("www-authenticate", "Bearer");
        }
        if (error.status() >= 500 && error.retryAfterSeconds().isEmpty()) {
            // OpenAI's clients send again after every 5xx, but what broke or took too long once
            // will do so again.
            headers.put("x-should-retry", "false");
        }
        byte[] body = Json.write(ErrorBody.of(error)).getBytes(StandardCharsets.UTF_8);
        return new HttpResponse.Whole(error.status(), headers, body);
    }

    @Override
    public String toEventData(HttpRequest request, Throwable failure) {
        return Json.write(ErrorBody.of(toApiException(request, failure)));
    }

    private static ApiException toApiException(HttpRequest request, Throwable failure) {
        return switch (failure) {
            case ApiException error -> error;
            case HttpProblem problem -> ofProblem(request, problem);
            case InvalidKeyException unknown -> ApiException.invalidKey(unknown.getMessage());
            case LimitReachedException limit -> ofLimit(limit);
            case QueueFullException full -> ofFullQueue(full);
            case GenerationFailedException failed -> ofGeneration(request, failed);
            default -> internal(request, failure);
        };
    }

    private static ApiException ofLimit(LimitReachedException reached) {
        String type =
                switch (reached.limit()) {
                    case REQUESTS_PER_MINUTE, CONCURRENT_REQUESTS -> "requests";
                    case TOKENS_PER_MINUTE -> "tokens";
                };
        return ApiException.busy(type, seconds(reached.retryAfter()), reached.getMessage());
    }

    private static ApiException ofFullQueue(QueueFullException full) {
        String type =
                switch (full.limit()) {
                    case REQUESTS -> "requests";
                    case TOKENS -> "tokens";
                };
        return ApiException.busy(
                type, seconds(full.retryAfter()), String.valueOf(full.getMessage()));
    }

    /** As {@code Retry-After} takes it: whole, and 1 or more. */
    private static int seconds(Duration wait) {
        return Math.toIntExact(Math.max(1, Math.ceilDiv(wait.toMillis(), 1000L)));
    }

    private static ApiException ofProblem(HttpRequest request, HttpProblem problem) {
        int status = problem.kind().status();
        String type = ApiException.INVALID_REQUEST;
        String call = request.method() + " " + request.path();
        return switch (problem.kind()) {
            case MALFORMED, BODY_TIMEOUT ->
                    ApiException.of(status, type, null, problem.getMessage());
            case FOREIGN_HOST ->
                    ApiException.of(status, type, "host_not_allowed", problem.getMessage());
            case NOT_FOUND ->
                    ApiException.of(status, type, "unknown_url", "Invalid URL (" + call + ")");
            case METHOD_NOT_ALLOWED ->
                    ApiException.of(
                            status,
                            type,
                            "method_not_supported",
                            "Invalid method for URL (" + call + "): " + problem.getMessage());
            case UNSUPPORTED_ENCODING ->
                    ApiException.of(
                            status, type, "unsupported_content_encoding", problem.getMessage());
            case BODY_TOO_LARGE ->
                    ApiException.of(status, type, "request_too_large", problem.getMessage());
            case OVERLOADED, SHUTTING_DOWN ->
                    ApiException.unavailable(RETRY_SECONDS, problem.getMessage());
        };
    }

    private static ApiException ofGeneration(
            HttpRequest request, GenerationFailedException failed) {
        return switch (failed.failure()) {
            case CANCELLED -> ApiException.unavailable(RETRY_SECONDS, "the request was cancelled");
            case TIMEOUT -> ApiException.timedOut(String.valueOf(failed.getMessage()));
            case SHUTDOWN ->
                    ApiException.unavailable(
                            RETRY_SECONDS, "the server was shut down during the request");
            case ERROR -> internal(request, failed);
        };
    }

    private static ApiException internal(HttpRequest request, Throwable failure) {
        LOGGER.log(Level.ERROR, "request " + request.logName() + " failed", failure);
        return ApiException.of(
                500,
                ApiException.SERVER_ERROR,
                null,
                "The server failed while it processed the request. Its log says more under the"
                        + " request id "
                        + request.id());
    }
}
