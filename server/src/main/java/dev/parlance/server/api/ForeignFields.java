package dev.parlance.server.api;

import static dev.parlance.server.api.ApiField.ignored;
import static dev.parlance.server.api.ApiField.isNumber;
import static dev.parlance.server.api.ApiField.refused;

import dev.parlance.engine.json.JsonNumber;

import java.util.List;
import java.util.stream.Stream;

/**
 * Fields of other servers that nothing here does. Of those that would change the answer clients
 * must hear; values that mean "off" pass.
 */
public final class ForeignFields {
    private static final String CONSTRAINT = "structured output comes in a later version";
    private static final String SAMPLER = "this sampler is not there";
    private static final String ADAPTER = "adapters are not there";
    private static final String KEPT_LOADED = "the operator chooses how long models stay loaded";

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
                            refused("tfs_z", SAMPLER, isNumber(1)),
                            refused("tfz", SAMPLER, isNumber(1)),
                            refused("use_beam_search", SAMPLER, ApiField::isNothing),
                            refused("watermark", SAMPLER, ApiField::isNothing),
                            refused(
                                    "samplers",
                                    "samplers run in one order, which `docs/api-support.md` gives",
                                    ApiField::isNothing),
                            refused(
                                    "min_keep",
                                    "every sampler keeps at least one token",
                                    value -> isNumber(0).or(isNumber(1)).test(value)),
                            refused(
                                    "custom_logit_processor",
                                    "code of clients is not run",
                                    ApiField::isNothing),
                            refused("stop_regex", "`stop` takes texts", ApiField::isNothing),
                            refused("n_indent", CONSTRAINT, ApiField::isNothing),
                            refused(
                                    "t_max_predict_ms",
                                    "the operator bounds the time of requests",
                                    value ->
                                            value instanceof JsonNumber number
                                                    && number.doubleValue() <= 0),
                            refused(
                                    "repetition_detection",
                                    "`dry_multiplier` keeps from repeating",
                                    ApiField::isNothing),
                            refused(
                                    "input_ids",
                                    "`prompt` of `POST /v1/completions` takes token ids",
                                    ApiField::isNothing),
                            refused(
                                    "return_hidden_states",
                                    "answers have text and probabilities only",
                                    ApiField::isNothing),
                            refused(
                                    "chat_template",
                                    "the operator chooses the template",
                                    ApiField::isNothing),
                            refused("lora", ADAPTER, ApiField::isNothing),
                            refused("lora_path", ADAPTER, ApiField::isNothing),
                            refused("adapter_id", ADAPTER, ApiField::isNothing),
                            ignored(
                                    "spaces_between_special_tokens",
                                    "tokens are joined as they are"),
                            ignored("id_slot", "a request takes any free place"),
                            ignored("n_keep", "nothing is dropped while an answer grows"),
                            ignored("n_discard", "nothing is dropped while an answer grows"),
                            ignored("keep_alive", KEPT_LOADED),
                            ignored("ttl", KEPT_LOADED),
                            ignored(
                                    "draft_model",
                                    "the operator chooses it; answers stay the same"),
                            ignored("mirostat_tau", "only `mirostat` has use for it"),
                            ignored("mirostat_eta", "only `mirostat` has use for it"),
                            ignored("length_penalty", "only `use_beam_search` has use for it"),
                            ignored("stream_interval", "every text is sent when it is known"),
                            ignored("response_fields", "answers have OpenAI's shape"))
                    .map(ApiField::asExtension)
                    .toList();

    private ForeignFields() {}
}
