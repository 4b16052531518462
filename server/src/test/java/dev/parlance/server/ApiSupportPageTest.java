package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.server.api.FieldTable;
import dev.parlance.server.api.StreamFields;
import dev.parlance.server.api.chatcompletions.ChatCompletionFields;
import dev.parlance.server.api.completions.CompletionFields;
import dev.parlance.server.api.tokenize.TokenizeFields;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

class ApiSupportPageTest {
    private static final String HEAD =
            """
            # Request fields

            What the server does with every field of a request. Made from the tables in the code; after a
            change there, write it anew with

                make docs

            - **honoured**: does what it says.
            - **refused**: a value that asks for something is answered with status 400, `code`
              `unsupported_parameter` and the field's name in `param`. Values that mean "off" (`null`, `false`, an empty
              list and the like) are accepted.
            - **ignored**: accepted, and changes nothing.

            `null` counts as absent. Whole numbers may be written `1.0`. Fields that are not listed are ignored
            and logged at debug level.

            The next token is chosen in this order: `logit_bias`, frequency and presence penalty, DRY, repetition
            penalty, what must not come (`allowed_token_ids`, `bad_words`, end tokens before `min_tokens`),
            temperature, `top_n_sigma`, `top_k`, `typical_p`, `top_p`, `min_p`, XTC, draw. Of OpenAI's fields that is
            OpenAI's order.

            """;

    @Test
    void thePageIsWhatTheTablesSay() throws IOException {
        String page =
                HEAD
                        + List.of(
                                        ChatCompletionFields.TABLE,
                                        CompletionFields.TABLE,
                                        StreamFields.OPTIONS,
                                        TokenizeFields.TOKENIZE,
                                        TokenizeFields.DETOKENIZE)
                                .stream()
                                .map(FieldTable::toMarkdown)
                                .collect(Collectors.joining("\n"));
        Path file = Path.of(System.getProperty("parlance.root", ".."), "docs/api-support.md");
        if (Boolean.getBoolean("parlance.update")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, page);
        }
        assertThat(file).content().isEqualTo(page);
    }
}
