package dev.parlance.server.api;

import dev.parlance.engine.sampling.LogprobParams;

import java.util.List;

/**
 * The fields about log probabilities that both generating endpoints have.
 *
 * @param promptTop how many likely tokens to report per position of the prompt, in vLLM's shape;
 *     -1: none
 * @param named tokens to report per generated position rather than the likely ones
 * @param afterSampling whether generated positions tell how likely tokens were to be drawn
 * @param tokensAsIds tokens are called by their ids
 */
public record LogprobFields(
        int promptTop, List<Integer> named, boolean afterSampling, boolean tokensAsIds) {
    private static final String NAMED = "logprob_token_ids";

    static final List<ApiField> FIELDS =
            List.of(
                    ApiField.honoured(
                                    "prompt_logprobs",
                                    "0 to `--max-logprobs`, not with `stream`: adds the log"
                                            + " probabilities of the prompt's tokens in vLLM's"
                                            + " shape")
                            .asExtension(),
                    ApiField.honoured(
                                    NAMED,
                                    "with `logprobs`: up to `--max-logprobs` token ids, reported"
                                            + " rather than the likely tokens")
                            .asExtension(),
                    ApiField.honoured(
                                    "post_sampling_probs",
                                    "default false; true: `logprobs` are of the distribution that"
                                        + " the token was drawn from, behind penalties, samplers"
                                        + " and temperature; -9999 for a token that could not come")
                            .asExtension(),
                    ApiField.honoured(
                                    "return_tokens_as_token_ids",
                                    "log probabilities call a token `token_id:7`")
                            .asExtension());

    public LogprobFields {
        named = List.copyOf(named);
    }

    static LogprobFields read(FieldReader body, ApiOptions options, boolean stream) {
        List<Integer> named = List.copyOf(body.tokenIds(NAMED));
        FieldReader.checkSize(body.path(NAMED), named.size(), options.maxLogprobs());
        int promptTop = body.integer("prompt_logprobs", 0, options.maxLogprobs(), -1);
        if (promptTop >= 0 && stream) {
            throw ApiException.badField(
                    body.path("prompt_logprobs"),
                    "invalid_parameter_combination",
                    "'prompt_logprobs' are not there when 'stream' is true");
        }
        return new LogprobFields(
                promptTop,
                named,
                body.bool("post_sampling_probs", false),
                body.bool("return_tokens_as_token_ids", false));
    }

    /**
     * @param wanted whether the endpoint's own field asks for log probabilities
     * @throws ApiException 400 if only {@code logprob_token_ids} does
     */
    public void check(boolean wanted) {
        if (!wanted && !named.isEmpty()) {
            throw ApiException.invalidValue(NAMED, "'" + NAMED + "' needs 'logprobs'");
        }
    }

    void checkTokens(int vocabularySize) {
        named.forEach(id -> GenerationFields.checkTokenId(id, NAMED, vocabularySize));
    }

    /**
     * What the engine has to report.
     *
     * @param top how many likely tokens the endpoint's own field asks for; -1: no log probabilities
     * @param echoes whether that is meant of the prompt too
     */
    public LogprobParams params(int top, boolean echoes) {
        return new LogprobParams(
                top, named, afterSampling, echoes ? Math.max(top, promptTop) : promptTop);
    }
}
