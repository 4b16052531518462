package dev.parlance.server.api;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * How a prompt that is too long is cut.
 *
 * @param tokens how many may stay; {@link #WHAT_FITS}; {@link #OFF}
 * @param keepsEnd whether the last tokens stay rather than the first
 */
public record PromptTruncation(int tokens, boolean keepsEnd) {
    static final int WHAT_FITS = -1;
    static final int OFF = 0;

    static final List<ApiField> FIELDS =
            List.of(
                    ApiField.honoured(
                                    "truncate_prompt_tokens",
                                    "1 or more: how many tokens of the prompt stay; -1: as many as"
                                            + " fit; default: a prompt that is too long is"
                                            + " refused")
                            .asExtension(),
                    ApiField.honoured(
                                    "truncation_side",
                                    "`left` (default) cuts the beginning off, `right` the end")
                            .asExtension());

    static PromptTruncation read(FieldReader body) {
        String name = "truncate_prompt_tokens";
        OptionalLong tokens = body.integer(name, WHAT_FITS, Integer.MAX_VALUE);
        if (tokens.isPresent() && tokens.getAsLong() == OFF) {
            throw ApiException.invalidValue(
                    body.path(name), "'" + body.path(name) + "' must be 1 or more, or -1, got 0");
        }
        String side = body.oneOf("truncation_side", List.of("left", "right")).orElse("left");
        return new PromptTruncation((int) tokens.orElse(OFF), side.equals("left"));
    }

    /**
     * What is left of a prompt, the prompt itself if it is short enough.
     *
     * @param room tokens that the context has for it
     */
    public int[] cut(int[] prompt, int room) {
        int limit = tokens == WHAT_FITS ? Math.max(1, room) : tokens;
        if (tokens == OFF || prompt.length <= limit) {
            return prompt;
        }
        return keepsEnd
                ? Arrays.copyOfRange(prompt, prompt.length - limit, prompt.length)
                : Arrays.copyOf(prompt, limit);
    }
}
