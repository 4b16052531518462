package dev.parlance.server.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whether and how an answer is streamed.
 *
 * @param stream server-sent events rather than one JSON object
 * @param includeUsage one more chunk with token counts
 * @param continuousUsage token counts so far on every chunk
 * @param obfuscate random padding on chunks, against guessing text from packet sizes
 * @param progress chunks that say how much of the prompt is ready
 * @param pingInterval how long the stream may be silent before a comment is sent; zero: no
 *     comments; absent: as the operator chose
 */
public record StreamFields(
        boolean stream,
        boolean includeUsage,
        boolean continuousUsage,
        boolean obfuscate,
        boolean progress,
        Optional<Duration> pingInterval) {
    private static final int MAX_PING_SECONDS = 3600;

    static final List<ApiField> FIELDS =
            List.of(
                    ApiField.honoured("stream", "default false"),
                    ApiField.honoured(
                            "stream_options",
                            "only with `stream: true`; its fields are listed below"),
                    ApiField.honoured(
                                    "return_progress",
                                    "default false; true, with `stream: true`: chunks with"
                                            + " `prompt_progress` while the prompt is computed, in"
                                            + " llama.cpp's shape")
                            .asExtension(),
                    ApiField.honoured(
                                    "sse_ping_interval",
                                    "1 to 3600 seconds of silence before a comment is sent; 0 and"
                                            + " -1: no comments; default: `--sse-ping`")
                            .asExtension());

    /** The fields of {@code stream_options}. */
    public static final FieldTable OPTIONS =
            new FieldTable(
                    "The object `stream_options`",
                    "stream_options.",
                    List.of(
                            ApiField.honoured("include_usage", "one last chunk with token counts"),
                            ApiField.honoured(
                                    "include_obfuscation",
                                    "default false here; true pads chunks by a random length"),
                            ApiField.honoured(
                                            "continuous_usage_stats",
                                            "token counts so far on every chunk")
                                    .asExtension()));

    static StreamFields read(FieldReader body, ApiOptions api) {
        boolean stream = body.bool("stream", false);
        boolean progress = body.bool("return_progress", false);
        Optional<Duration> ping = pingInterval(body);
        var options = body.child("stream_options");
        if (options.isEmpty() || options.get().object().members().isEmpty()) {
            return new StreamFields(stream, false, false, false, progress, ping);
        }
        if (!stream) {
            throw ApiException.invalidValue(
                    body.path("stream_options"),
                    "'stream_options' is only allowed when 'stream' is true");
        }
        OPTIONS.check(options.get().object(), api);
        return new StreamFields(
                true,
                options.get().bool("include_usage", false),
                options.get().bool("continuous_usage_stats", false),
                options.get().bool("include_obfuscation", false),
                progress,
                ping);
    }

    private static Optional<Duration> pingInterval(FieldReader body) {
        OptionalLong seconds = body.integer("sse_ping_interval", -1, MAX_PING_SECONDS);
        return seconds.isPresent()
                ? Optional.of(Duration.ofSeconds(Math.max(0, seconds.getAsLong())))
                : Optional.empty();
    }
}
