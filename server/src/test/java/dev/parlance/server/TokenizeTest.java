package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;

class TokenizeTest {
    private Harness harness;

    @BeforeEach
    void start() throws IOException {
        harness = Harness.start(new FakeBackend());
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"prompt\": \"A</s>\" | [256,65,257]",
                "\"prompt\": \"A\", \"add_special_tokens\": false | [65]",
                "\"prompt\": \"\", \"add_special_tokens\": false | []",
                "\"messages\": [{\"role\": \"user\", \"content\": \"A\"}],"
                        + " \"add_generation_prompt\": false |"
                        + " [256,117,115,101,114,58,65,257]",
            })
    void givesTokens(String fields, String tokens) throws Exception {
        Reply reply = harness.post("/tokenize", "{" + fields + "}");
        assertThat(reply.at("tokens")).isEqualTo(tokens);
        assertThat(reply.number("count"))
                .isEqualTo(tokens.equals("[]") ? 0 : tokens.split(",").length);
        assertThat(reply.number("max_model_len")).isEqualTo(Harness.CONTEXT);
        assertThat(harness.post("/v1/tokenize", "{" + fields + "}").body()).isEqualTo(reply.body());
    }

    @Test
    void givesTheTextsOfTokensWhenAsked() throws Exception {
        Reply reply = harness.post("/tokenize", "{\"prompt\": \"A\", \"return_token_strs\": true}");
        assertThat(reply.at("token_strs")).isEqualTo("[\"<s>\",\"0x41\"]");
    }

    @ParameterizedTest
    @CsvSource({"'[72, 195, 169]', Hé", "'[256, 72]', <s>H", "'[]', ''"})
    void givesTheTextOfTokens(String tokens, String text) throws Exception {
        String body = "{\"tokens\": " + tokens + "}";
        assertThat(harness.post("/detokenize", body).text("prompt")).isEqualTo(text);
        assertThat(harness.post("/v1/detokenize", body).text("prompt")).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/tokenize | {} | prompt",
                "/tokenize | {\"prompt\": 1} | prompt",
                "/tokenize | {\"prompt\": \"a\", \"messages\": []} | prompt",
                "/tokenize | {\"prompt\": \"a\", \"model\": \"x\"} | model",
                "/tokenize | {\"prompt\": \"a\", \"tools\": [1]} | tools",
                "/detokenize | {} | tokens",
                "/detokenize | {\"tokens\": [258]} | tokens[0]",
                "/detokenize | {\"tokens\": \"a\"} | tokens",
            })
    void namesTheFieldThatIsWrong(String path, String body, String param) throws Exception {
        Reply reply = harness.post(path, body);
        assertThat(reply.status()).isBetween(400, 404);
        assertThat(reply.text("error.param")).isEqualTo(param);
    }
}
