package dev.parlance.server.api;

import java.util.List;

/**
 * Whether and how an answer is streamed.
 *
 * @param stream server-sent events rather than one JSON object
 * @param includeUsage one more chunk with token counts
 * @param continuousUsage token counts so far on every chunk
 * @param obfuscate random padding on chunks, against guessing text from packet sizes
 */
public record StreamFields(
        boolean stream, boolean includeUsage, boolean continuousUsage, boolean obfuscate) {
    static final List<ApiField> FIELDS =
            List.of(
                    ApiField.honoured("stream", "default false"),
                    ApiField.honoured(
                            "stream_options",
                            "only with `stream: true`; its fields are listed below"));

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
        var options = body.child("stream_options");
        if (options.isEmpty() || options.get().object().members().isEmpty()) {
            return new StreamFields(stream, false, false, false);
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
                options.get().bool("include_obfuscation", false));
    }
}
