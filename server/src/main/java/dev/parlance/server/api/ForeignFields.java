package dev.parlance.server.api;

import static dev.parlance.server.api.ApiField.isNumber;
import static dev.parlance.server.api.ApiField.refused;

import java.util.List;
import java.util.stream.Stream;

/**
 * Fields of other servers that would change the text and that nothing here does. Clients that send
 * them must hear so; values that mean "off" pass.
 */
public final class ForeignFields {
    private static final String CONSTRAINT = "structured output comes in a later version";
    private static final String SAMPLER = "this sampler is not there";

    /** These fields, for an endpoint's table. */
    public static final List<ApiField> FIELDS =
            Stream.of(
                            refused("grammar", CONSTRAINT, ApiField::isNothing),
                            refused("json_schema", CONSTRAINT, ApiField::isNothing),
                            refused("structured_outputs", CONSTRAINT, ApiField::isNothing),
                            refused("guided_json", CONSTRAINT, ApiField::isNothing),
                            refused("guided_regex", CONSTRAINT, ApiField::isNothing),
                            refused("guided_choice", CONSTRAINT, ApiField::isNothing),
                            refused("guided_grammar", CONSTRAINT, ApiField::isNothing),
                            refused("regex", CONSTRAINT, ApiField::isNothing),
                            refused("ebnf", CONSTRAINT, ApiField::isNothing),
                            refused("bad_words", SAMPLER, ApiField::isNothing),
                            refused("allowed_token_ids", SAMPLER, ApiField::isNothing),
                            refused("dry_multiplier", SAMPLER, isNumber(0)),
                            refused("xtc_probability", SAMPLER, isNumber(0)),
                            refused("mirostat", SAMPLER, isNumber(0)),
                            refused("dynatemp_range", SAMPLER, isNumber(0)),
                            refused(
                                    "top_n_sigma",
                                    SAMPLER,
                                    value -> ApiField.isNothing(value) || isNumber(-1).test(value)),
                            refused("use_beam_search", SAMPLER, ApiField::isNothing),
                            refused(
                                    "truncate_prompt_tokens",
                                    "a prompt that is too long is refused, not cut",
                                    ApiField::isNothing),
                            refused(
                                    "prompt_logprobs",
                                    "`echo` with `logprobs` on /v1/completions gives them",
                                    _ -> false),
                            refused(
                                    "chat_template",
                                    "the operator chooses the template",
                                    ApiField::isNothing),
                            refused("lora", "adapters are not there", ApiField::isNothing))
                    .map(ApiField::asExtension)
                    .toList();

    private ForeignFields() {}
}
