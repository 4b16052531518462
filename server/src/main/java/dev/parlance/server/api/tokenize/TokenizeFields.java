package dev.parlance.server.api.tokenize;

import static dev.parlance.server.api.ApiField.honoured;
import static dev.parlance.server.api.ApiField.refused;

import dev.parlance.server.api.ApiField;
import dev.parlance.server.api.ConversationFields;
import dev.parlance.server.api.FieldTable;

import java.util.List;
import java.util.stream.Stream;

/** The fields of {@code POST /tokenize} and {@code POST /detokenize}. */
public final class TokenizeFields {
    private static final List<ApiField> OWN_FIELDS =
            List.of(
                    honoured("model", "default: the first model"),
                    honoured("prompt", "a text; excludes `messages`"),
                    honoured(
                            "add_special_tokens",
                            "adds BOS and the like as the model's file asks; default true for"
                                    + " `prompt`, false for `messages`"),
                    honoured("return_token_strs", "adds `token_strs`; default false"),
                    refused("tools", "tools come in a later version", ApiField::isNothing));

    /** Of {@code POST /tokenize}. */
    public static final FieldTable TOKENIZE =
            new FieldTable(
                    "`POST /tokenize`",
                    "",
                    Stream.of(OWN_FIELDS, ConversationFields.FIELDS)
                            .flatMap(List::stream)
                            .map(ApiField::asExtension)
                            .toList());

    /** Of {@code POST /detokenize}. */
    public static final FieldTable DETOKENIZE =
            new FieldTable(
                    "`POST /detokenize`",
                    "",
                    Stream.of(
                                    honoured("model", "default: the first model"),
                                    honoured("tokens", "token ids; special tokens are shown"))
                            .map(ApiField::asExtension)
                            .toList());

    private TokenizeFields() {}
}
