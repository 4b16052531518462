package dev.parlance.server.api;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.OptionalInt;

/** A request that is answered with an error of OpenAI's shape. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1;

    static final String INVALID_REQUEST = "invalid_request_error";
    static final String SERVER_ERROR = "server_error";

    private final int status;
    private final String type;
    private final @Nullable String param;
    private final @Nullable String code;
    private final int retryAfterSeconds;

    private ApiException(
            int status,
            String type,
            @Nullable String param,
            @Nullable String code,
            int retryAfterSeconds,
            String message) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
        this.param = param;
        this.code = code;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /** 400 about the request as a whole. */
    public static ApiException badRequest(String message) {
        return new ApiException(400, INVALID_REQUEST, null, null, 0, message);
    }

    /** 400 about one field. */
    public static ApiException badField(String param, String code, String message) {
        return new ApiException(400, INVALID_REQUEST, param, code, 0, message);
    }

    /** 400: the field's value is not allowed. */
    public static ApiException invalidValue(String param, String message) {
        return badField(param, "invalid_value", message);
    }

    /** 400: a required field is not there. */
    public static ApiException missing(String param) {
        return badField(param, "missing_required_parameter", "'" + param + "' is required");
    }

    /** 400: this server cannot do what the field asks for. */
    public static ApiException unsupported(String param, String message) {
        return badField(param, "unsupported_parameter", message);
    }

    /** An error of any status without a field. */
    static ApiException of(int status, String type, @Nullable String code, String message) {
        return new ApiException(status, type, null, code, 0, message);
    }

    /** 401: no key, or one that is not known. */
    static ApiException invalidKey(String message) {
        return new ApiException(401, INVALID_REQUEST, null, "invalid_api_key", 0, message);
    }

    /** 404: no model has this name. */
    public static ApiException modelNotFound(String name) {
        return new ApiException(
                404,
                INVALID_REQUEST,
                "model",
                "model_not_found",
                0,
                "The model '"
                        + name
                        + "' does not exist here; GET /v1/models lists the models that do");
    }

    /**
     * 429: too much waits.
     *
     * @param type what there is too much of, as OpenAI calls it
     */
    static ApiException busy(String type, int retryAfterSeconds, String message) {
        return new ApiException(429, type, null, "rate_limit_exceeded", retryAfterSeconds, message);
    }

    /**
     * 504: the request did not finish in its time. Not 408, which blames the client, and which
     * clients repeat.
     */
    static ApiException timedOut(String message) {
        return new ApiException(504, SERVER_ERROR, null, "request_timeout", 0, message);
    }

    /** 503: the same request may work later. */
    public static ApiException unavailable(int retryAfterSeconds, String message) {
        return new ApiException(503, SERVER_ERROR, null, null, retryAfterSeconds, message);
    }

    public int status() {
        return status;
    }

    public String type() {
        return type;
    }

    /** The field at fault, as a path such as {@code messages[0].content}. */
    public Optional<String> param() {
        return Optional.ofNullable(param);
    }

    public Optional<String> code() {
        return Optional.ofNullable(code);
    }

    /** When to try again. */
    public OptionalInt retryAfterSeconds() {
        return retryAfterSeconds > 0 ? OptionalInt.of(retryAfterSeconds) : OptionalInt.empty();
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
