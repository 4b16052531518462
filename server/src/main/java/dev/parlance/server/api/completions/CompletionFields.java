package dev.parlance.server.api.completions;

import static dev.parlance.server.api.ApiField.honoured;
import static dev.parlance.server.api.ApiField.refused;

import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.server.api.ApiField;
import dev.parlance.server.api.FieldTable;
import dev.parlance.server.api.ForeignFields;
import dev.parlance.server.api.GenerationFields;

import java.util.List;
import java.util.stream.Stream;

/** The fields of {@code POST /v1/completions}. */
public final class CompletionFields {
    private static final List<ApiField> OWN_FIELDS =
            List.of(
                    honoured(
                            "prompt",
                            "a string, strings, token ids or lists of token ids; special tokens"
                                    + " in strings are parsed; null begins a new document"),
                    honoured(
                            "max_tokens",
                            "0 or more, default 16 or `--completion-tokens`; -1: until the context"
                                    + " ends"),
                    honoured("n_predict", "another name of `max_tokens`").asExtension(),
                    honoured("echo", "default false"),
                    honoured(
                                    "add_special_tokens",
                                    "default true: BOS and the like in front of texts, as the"
                                            + " model's file asks")
                            .asExtension(),
                    honoured(
                            "logprobs",
                            "0 to `--max-logprobs`; `text_offset` counts Unicode characters from"
                                + " the start of the returned text; a part of a character is called"
                                + " `bytes:\\xe2\\x82`"),
                    honoured(
                            "best_of",
                            "1 to 128 and at least `n`, default `n`: so many are generated, and the"
                                    + " `n` with the highest mean of `token_logprobs` returned,"
                                    + " best first; 0 is the default; more than `n` cannot be"
                                    + " streamed"),
                    honoured("n_probs", "another name of `logprobs`; 0 is off").asExtension(),
                    honoured(
                            "suffix",
                            "fills the gap between `prompt` and this, with models that have tokens"
                                    + " for it; not with `echo`"),
                    refused(
                                    "response_format",
                                    "structured output comes in a later version",
                                    value ->
                                            value instanceof JsonObject format
                                                    && format.find("type")
                                                            .orElse(format)
                                                            .equals(new JsonString("text")))
                            .asExtension());

    /** All of them. */
    public static final FieldTable TABLE =
            new FieldTable(
                    "`POST /v1/completions`",
                    "",
                    Stream.of(OWN_FIELDS, GenerationFields.FIELDS, ForeignFields.FIELDS)
                            .flatMap(List::stream)
                            .toList());

    private CompletionFields() {}
}
