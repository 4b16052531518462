package dev.parlance.server.api;

import static dev.parlance.server.api.ApiField.ignored;
import static dev.parlance.server.api.ApiField.isNumber;
import static dev.parlance.server.api.ApiField.refused;

import java.util.List;
import java.util.stream.Stream;

/**
 * Fields of other servers that nothing here does. Of those that would change the answer clients
 * must hear; values that mean "off" pass.
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
                            refused("mirostat", SAMPLER, isNumber(0)),
                            refused("use_beam_search", SAMPLER, ApiField::isNothing),
                            refused(
                                    "post_sampling_probs",
                                    "log probabilities are the model's own, before any sampler",
                                    ApiField::isNothing),
                            refused(
                                    "chat_template",
                                    "the operator chooses the template",
                                    ApiField::isNothing),
                            refused("lora", "adapters are not there", ApiField::isNothing),
                            ignored(
                                    "spaces_between_special_tokens",
                                    "tokens are joined as they are"),
                            ignored("cache_prompt", "prompts are matched by their tokens"),
                            ignored("id_slot", "a request takes any free place"),
                            ignored("timings_per_token", "`GET /metrics` has times"),
                            ignored("return_progress", "`GET /metrics` has times"),
                            ignored("sse_ping_interval", "the operator chooses it"))
                    .map(ApiField::asExtension)
                    .toList();

    private ForeignFields() {}
}
