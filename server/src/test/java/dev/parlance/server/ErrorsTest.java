package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.generation.GenerationEvent.Failed;
import dev.parlance.server.catalog.CatalogOptions;
import dev.parlance.server.catalog.ModelCatalog;
import dev.parlance.server.catalog.ModelLoader;
import dev.parlance.server.catalog.ServedModel;
import dev.parlance.server.http.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

class ErrorsTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String HI = "\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]";

    private Harness harness;

    @BeforeEach
    void start() throws IOException {
        harness = Harness.start(new FakeBackend());
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private static void assertError(
            Reply reply, int status, String type, String param, String code, String message) {
        assertThat(reply.status()).as(reply.body()).isEqualTo(status);
        assertThat(reply.header("content-type")).isEqualTo("application/json");
        assertThat(reply.header("x-request-id")).startsWith("req_");
        assertThat(reply.at("error.type")).isEqualTo("\"" + type + "\"");
        assertThat(reply.at("error.param")).isEqualTo(quotedOrNull(param));
        assertThat(reply.at("error.code")).isEqualTo(quotedOrNull(code));
        assertThat(reply.text("error.message")).contains(message);
    }

    private static String quotedOrNull(String text) {
        return text.isEmpty() ? "null" : "\"" + text + "\"";
    }

    private static void assertBadField(Reply reply, String param, String code, String message) {
        assertError(reply, 400, "invalid_request_error", param, code, message);
    }

    // Both endpoints read these through the same code, so one stands for both.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"temperature\": 3.5 | temperature | invalid_value |"
                        + " 'temperature' must be between 0 and 2, got 3.5",
                "\"temperature\": \"hot\" | temperature | invalid_type |"
                        + " 'temperature' must be a number, got a string",
                "\"top_p\": 1.1 | top_p | invalid_value | between 0 and 1, got 1.1",
                "\"min_p\": -0.1 | min_p | invalid_value | between 0 and 1, got -0.1",
                "\"typical_p\": 2 | typical_p | invalid_value | between 0 and 1, got 2",
                "\"top_k\": -2 | top_k | invalid_value | -1 or more, got -2",
                "\"frequency_penalty\": 2.1 | frequency_penalty | invalid_value |"
                        + " between -2 and 2, got 2.1",
                "\"presence_penalty\": -3 | presence_penalty | invalid_value |"
                        + " between -2 and 2, got -3",
                "\"repetition_penalty\": 0 | repetition_penalty | invalid_value | above 0, got 0",
                "\"repeat_penalty\": 0 | repeat_penalty | invalid_value | above 0, got 0",
                "\"n\": 0 | n | invalid_value | 'n' must be between 1 and 128, got 0",
                "\"n\": 129 | n | invalid_value | between 1 and 128, got 129",
                "\"n\": 1.5 | n | invalid_value | 'n' must be a whole number, got 1.5",
                "\"n\": true | n | invalid_type | 'n' must be a whole number, got a boolean",
                "\"seed\": 9223372036854775808 | seed | invalid_value | must fit 64 bits",
                "\"stream\": 1 | stream | invalid_type | 'stream' must be true or false, got a"
                        + " number",
                "\"stop\": \"\" | stop | invalid_value | 'stop' must have 1 to",
                "\"stop\": [\"a\", \"\"] | stop[1] | invalid_value | 'stop[1]' must have 1 to",
                "\"stop\": [1] | stop[0] | invalid_type | 'stop[0]' must be a string, got a number",
                "\"stop\": 1 | stop | invalid_type | a string or an array of strings, got a number",
                "\"logit_bias\": 1 | logit_bias | invalid_type | an object or an array of pairs",
                "\"logit_bias\": [[1]] | logit_bias[0] | invalid_value | must have 2 entries",
                "\"logit_bias\": [[true, 1]] | logit_bias[0][0] | invalid_type |"
                        + " a token id or a text, got a boolean",
                "\"logit_bias\": [[1, true]] | logit_bias[0][1] | invalid_type | a number",
                "\"logit_bias\": [[258, 1]] | logit_bias[0] | invalid_value |"
                        + " between 0 and 257, got 258",
                "\"allowed_token_ids\": [258] | allowed_token_ids | invalid_value |"
                        + " between 0 and 257, got 258",
                "\"allowed_token_ids\": [257], \"min_tokens\": 1 | allowed_token_ids |"
                        + " invalid_value | must name a token that no other field rules out",
                "\"allowed_token_ids\": [65], \"bad_words\": [\"A\"] | allowed_token_ids |"
                        + " invalid_value | must name a token that no other field rules out",
                "\"bad_words\": [\"a\", \"\"] | bad_words[1] | invalid_value | 1 to 1000",
                "\"bad_words\": \"a\" | bad_words | invalid_type | must be an array",
                "\"dynatemp_exponent\": 0 | dynatemp_exponent | invalid_value | above 0, got 0",
                "\"dry_base\": 0.5 | dry_base | invalid_value | between 1 and 100, got 0.5",
                "\"xtc_probability\": 1.5 | xtc_probability | invalid_value |"
                        + " between 0 and 1, got 1.5",
                "\"repeat_last_n\": -2 | repeat_last_n | invalid_value | -1 or more, got -2",
                "\"truncate_prompt_tokens\": 0 | truncate_prompt_tokens | invalid_value |"
                        + " must be 1 or more, or -1, got 0",
                "\"truncation_side\": \"top\" | truncation_side | invalid_value |"
                        + " must be one of left, right, got 'top'",
                "\"prompt_logprobs\": 21 | prompt_logprobs | invalid_value | between 0 and 20",
                "\"prompt_logprobs\": 1, \"stream\": true | prompt_logprobs |"
                        + " invalid_parameter_combination | not there when 'stream' is true",
                "\"request_id\": \"a b\" | request_id | invalid_value | letters, digits",
                "\"rid\": \"\" | rid | invalid_value | 1 to 128 letters, digits",
                "\"suffix\": \"x\", \"echo\": true | echo | invalid_parameter_combination |"
                        + " must not both be given",
                "\"logit_bias\": {\"x\": 1} | logit_bias.x | invalid_value | must be token ids",
                "\"logit_bias\": {\"1\": 101} | logit_bias.1 | invalid_value |"
                        + " between -100 and 100, got 101",
                "\"logit_bias\": {\"258\": 1} | logit_bias.258 | invalid_value |"
                        + " between 0 and 257, got 258",
                "\"stop_token_ids\": [999] | stop_token_ids | invalid_value |"
                        + " between 0 and 257, got 999",
                "\"cache_salt\": \"\" | cache_salt | invalid_value |"
                        + " 'cache_salt' must have 1 to 1024 characters, got 0",
                "\"cache_salt\": 1 | cache_salt | invalid_type | must be a string, got a number",
                "\"min_tokens\": 101 | min_tokens | invalid_value | at most the number of tokens",
                "\"stream_options\": {\"include_usage\": true} | stream_options | invalid_value |"
                        + " only allowed when 'stream' is true",
                "\"stream\": true, \"stream_options\": {\"include_usage\": 1} |"
                        + " stream_options.include_usage | invalid_type | must be true or false",
                "\"grammar\": \"root ::= x\" | grammar | unsupported_parameter |"
                        + " 'grammar' is not supported here",
                "\"mirostat\": 2 | mirostat | unsupported_parameter | not supported here",
                "\"best_of\": 2, \"n\": 3 | best_of | invalid_value | at least 'n', which is 3, got"
                        + " 2",
                "\"best_of\": 129 | best_of | invalid_value | between 0 and 128, got 129",
                "\"best_of\": 2, \"stream\": true | best_of | invalid_parameter_combination |"
                        + " cannot be streamed",
                "\"suffix\": \"x\" | suffix | unsupported_parameter |"
                        + " has no tokens for filling in the middle",
                "\"response_format\": {\"type\": \"json_object\"} | response_format |"
                        + " unsupported_parameter | not supported here",
                "\"max_tokens\": -2 | max_tokens | invalid_value | -1 or more, got -2",
                "\"max_tokens\": 3000000000 | max_tokens | invalid_value |"
                        + " at most 2147483647, got 3000000000",
                "\"echo\": 1 | echo | invalid_type | must be true or false",
                "\"logprobs\": true | logprobs | invalid_type | must be a whole number",
                "\"logprobs\": 21 | logprobs | invalid_value | between 0 and 20, got 21",
                "\"prompt\": {} | prompt | invalid_type | a string or an array, got an object",
                "\"prompt\": [] | prompt | empty_array | at least 1 entry",
                "\"prompt\": [[1], []] | prompt[1] | empty_array | at least 1 entry",
                "\"prompt\": [\"a\", 1] | prompt[1] | invalid_type | must be a string",
                "\"prompt\": [1, \"a\"] | prompt[1] | invalid_type | must be a whole number",
                "\"prompt\": [[1, -1]] | prompt[0][1] | invalid_value | 0 or more, got -1",
                "\"prompt\": [true] | prompt[0] | invalid_type | must be an array, got a boolean",
                "\"prompt\": [300] | prompt[0] | invalid_value | between 0 and 257, got 300",
                "\"prompt\": [[1], [2, 300]] | prompt[1][1] | invalid_value |"
                        + " between 0 and 257, got 300",
            })
    void completionsNameTheFieldThatIsWrong(
            String fields, String param, String code, String message) throws Exception {
        String prompt = fields.contains("\"prompt\"") ? "" : "\"prompt\": \"A\", ";
        assertBadField(harness.complete(prompt + fields), param, code, message);
        assertThat(harness.backend.requests).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"messages\": [] | messages | empty_array | at least 1 entry",
                "\"messages\": \"Hi\" | messages | invalid_type | must be an array, got a string",
                "\"messages\": [\"Hi\"] | messages[0] | invalid_type | must be an object",
                "\"messages\": [{\"content\": \"Hi\"}] | messages[0].role |"
                        + " missing_required_parameter | 'messages[0].role' is required",
                "\"messages\": [{\"role\": \"boss\", \"content\": \"Hi\"}] | messages[0].role |"
                        + " invalid_value | one of developer, system, user, assistant, tool",
                "\"messages\": [{\"role\": \"user\"}] | messages[0].content |"
                        + " missing_required_parameter | 'messages[0].content' is required",
                "\"messages\": [{\"role\": \"user\", \"content\": 1}] | messages[0].content |"
                        + " invalid_type | a string or an array, got a number",
                "\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"text\","
                        + " \"text\": \"\"}, {\"type\": \"image_url\"}]}] |"
                        + " messages[0].content[1].type | unsupported_parameter |"
                        + " must be text, got 'image_url'",
                "\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"text\"}]}] |"
                        + " messages[0].content[0].text | missing_required_parameter |"
                        + " 'messages[0].content[0].text' is required",
                "\"messages\": [{\"role\": \"assistant\", \"tool_calls\": [{\"type\":"
                        + " \"x\"}]}] | messages[0].tool_calls[0].type |"
                        + " invalid_value | must be function or custom, got 'x'",
                "\"messages\": [{\"role\": \"assistant\", \"tool_calls\": [{\"type\":"
                        + " \"custom\", \"custom\": {\"name\": \"f\"}}]}] |"
                        + " messages[0].tool_calls[0].custom.input |"
                        + " missing_required_parameter | is required",
                "\"messages\": [{\"role\": \"assistant\", \"tool_calls\": [{\"id\": \"1\"}]}] |"
                        + " messages[0].tool_calls[0].function | missing_required_parameter |"
                        + " is required",
                "\"messages\": [{\"role\": \"assistant\", \"tool_calls\": [{\"function\":"
                        + " {\"name\": \"f\", \"arguments\": 1}}]}] |"
                        + " messages[0].tool_calls[0].function.arguments | invalid_type |"
                        + " must be a string of JSON",
                "\"messages\": [{\"role\": \"assistant\", \"audio\": {\"id\": \"a\"}}] |"
                        + " messages[0].audio | unsupported_parameter | not supported",
                "\"messages\": [{\"role\": \"user\", \"content\": \"refuse me\"}] | messages |"
                        + " invalid_value | refused, as asked",
                "HI, \"tools\": [{\"type\": \"function\"}] | tools | unsupported_parameter |"
                        + " tools come in a later version",
                "HI, \"tool_choice\": \"required\" | tool_choice | unsupported_parameter |"
                        + " not supported",
                "HI, \"functions\": [{}] | functions | unsupported_parameter | not supported",
                "HI, \"response_format\": {\"type\": \"json_object\"} | response_format |"
                        + " unsupported_parameter | not supported",
                "HI, \"modalities\": [\"text\", \"audio\"] | modalities | unsupported_parameter |"
                        + " not supported",
                "HI, \"audio\": {\"voice\": \"x\"} | audio | unsupported_parameter |"
                        + " not supported",
                "HI, \"web_search_options\": {\"a\": 1} | web_search_options |"
                        + " unsupported_parameter | not supported",
                "HI, \"moderation\": {\"model\": \"m\"} | moderation | unsupported_parameter |"
                        + " not supported",
                "HI, \"store\": true | store | unsupported_parameter | not supported",
                "HI, \"web_search_options\": {} | web_search_options |"
                        + " unsupported_parameter | not supported",
                "HI, \"reasoning_effort\": \"huge\" | reasoning_effort | invalid_value |"
                        + " must be one of none, minimal, low, medium, high, xhigh, max, got",
                "HI, \"verbosity\": \"loud\" | verbosity | invalid_value |"
                        + " must be one of low, medium, high, got 'loud'",
                "HI, \"documents\": [1] | documents[0] | invalid_type | must be an object",
                "HI, \"metadata\": {\"a\": 1} | metadata.a | invalid_type | must be a string",
                "HI, \"n_predict\": 0 | n_predict | invalid_value | 1 or more, or -1, got 0",
                "HI, \"echo\": true | echo | invalid_value | 'echo' is only allowed when"
                        + " 'continue_final_message' is true",
                "HI, \"top_logprobs\": 2 | top_logprobs | invalid_value |"
                        + " only allowed when 'logprobs' is true",
                "HI, \"logprobs\": true, \"top_logprobs\": 21 | top_logprobs | invalid_value |"
                        + " between 0 and 20, got 21",
                "HI, \"logprobs\": 1 | logprobs | invalid_type | must be true or false",
                "HI, \"max_tokens\": 0 | max_tokens | invalid_value | 1 or more, or -1, got 0",
                "HI, \"max_completion_tokens\": \"5\" | max_completion_tokens | invalid_type |"
                        + " must be a whole number",
                "HI, \"continue_final_message\": true, \"add_generation_prompt\": true |"
                        + " continue_final_message | invalid_parameter_combination |"
                        + " must not both be true",
                "HI, \"continue_final_message\": true | continue_final_message | invalid_value |"
                        + " last message of role assistant",
                "HI, \"prediction\": \"x\" | prediction | invalid_type | must be an object",
                "HI, \"prediction\": {\"content\": \"x\"} | prediction.type |"
                        + " missing_required_parameter | is required",
                "HI, \"prediction\": {\"type\": \"text\", \"content\": \"x\"} | prediction.type |"
                        + " invalid_value | must be content, got 'text'",
                "HI, \"prediction\": {\"type\": \"content\"} | prediction.content |"
                        + " missing_required_parameter | is required",
                "HI, \"prediction\": {\"type\": \"content\", \"content\": 1} |"
                        + " prediction.content | invalid_type | a string or an array",
                "HI, \"prediction\": {\"type\": \"content\", \"content\": []} |"
                        + " prediction.content | empty_array | at least 1 entry",
                "HI, \"prediction\": {\"type\": \"content\", \"content\": [{\"type\": \"file\"}]} |"
                        + " prediction.content[0].type | invalid_value | must be text, got 'file'",
                "HI, \"chat_template_kwargs\": [] | chat_template_kwargs | invalid_type |"
                        + " must be an object",
            })
    void chatNamesTheFieldThatIsWrong(String fields, String param, String code, String message)
            throws Exception {
        assertBadField(harness.chat(fields.replace("HI", HI)), param, code, message);
        assertThat(harness.backend.requests).isEmpty();
    }

    @Test
    void requiresAModelThatExists() throws Exception {
        assertBadField(
                harness.post(CHAT, "{" + HI + "}"),
                "model",
                "missing_required_parameter",
                "'model' is required");
        Reply unknown = harness.post("/v1/completions", "{\"model\": \"x\", \"prompt\": \"A\"}");
        assertError(
                unknown, 404, "invalid_request_error", "model", "model_not_found", "'x' does not");
    }

    @Test
    void checksFieldsBeforeTheModel() throws Exception {
        Reply reply = harness.post(CHAT, "{\"model\": \"x\", \"temperature\": 9, " + HI + "}");
        assertBadField(reply, "temperature", "invalid_value", "between 0 and 2");
    }

    @Test
    void refusesAPromptThatDoesNotFitTheContext() throws Exception {
        String text = "x".repeat(Harness.CONTEXT);
        Reply completion = harness.complete("\"prompt\": \"" + text + "\"");
        Reply chat =
                harness.chat("\"messages\": [{\"role\": \"user\", \"content\": \"" + text + "\"}]");
        Reply asksTooMuch = harness.chat(HI + ", \"max_tokens\": 190, \"stream\": true");

        assertBadField(
                completion,
                "prompt",
                "context_length_exceeded",
                "This model's maximum context length is 200 tokens. However, you requested 301"
                        + " tokens (201 in the prompt, 100 in the completion).");
        assertBadField(
                chat,
                "messages",
                "context_length_exceeded",
                "maximum context length is 200 tokens. However, you requested 219 tokens (218 in"
                        + " the messages, 1 in the completion)");
        assertBadField(
                asksTooMuch,
                "messages",
                "context_length_exceeded",
                "you requested 210 tokens (20 in the messages, 190 in the completion)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{} x", "{\"a\": nul}", "{'a': 1}"})
    void refusesABodyThatIsNotJson(String body) throws Exception {
        assertError(
                harness.post(CHAT, body),
                400,
                "invalid_request_error",
                "",
                "",
                "The request body could not be read");
    }

    @Test
    void refusesABodyThatIsNotUtf8OrTooDeep() throws Exception {
        HttpRequest notUtf8 =
                HttpRequest.newBuilder(harness.uri(CHAT))
                        .POST(BodyPublishers.ofByteArray(new byte[] {'{', '"', (byte) 0xff, '"'}))
                        .build();
        assertError(
                harness.send(notUtf8), 400, "invalid_request_error", "", "", "could not be read");
        assertError(
                harness.post(CHAT, "[".repeat(100_000)),
                400,
                "invalid_request_error",
                "",
                "",
                "could not be read");
    }

    @Test
    void refusesABodyThatIsNoObject() throws Exception {
        assertError(
                harness.post(CHAT, "[1]"),
                400,
                "invalid_request_error",
                "",
                "",
                "must be a JSON object, got an array");
    }

    @Test
    void aWebPageMustSayThatItSendsJson() throws Exception {
        HttpRequest.Builder untyped =
                HttpRequest.newBuilder(harness.uri(CHAT))
                        .POST(BodyPublishers.ofString(Harness.body(HI)));
        assertThat(harness.send(untyped.build()).status()).isEqualTo(200);
        assertError(
                harness.send(untyped.header("Origin", "https://page.example").build()),
                415,
                "invalid_request_error",
                "",
                "unsupported_media_type",
                "A web page must send the header 'Content-Type: application/json'");
    }

    @ParameterizedTest
    @CsvSource({
        "application/json, 404",
        "application/json; charset=UTF-8, 404",
        "application/vnd.api+json, 404",
        "application/x-www-form-urlencoded, 415",
        "multipart/form-data; boundary=x, 415",
        "text/plain, 415",
        ";;, 415",
        "application/json; charset=iso-8859-1, 415"
    })
    void takesJsonOnly(String contentType, int status) throws Exception {
        Reply reply =
                harness.send(
                        HttpRequest.newBuilder(harness.uri(CHAT))
                                .header("Content-Type", contentType)
                                .POST(BodyPublishers.ofString("{\"model\": \"x\", " + HI + "}"))
                                .build());
        assertThat(reply.status()).as(reply.body()).isEqualTo(status);
        if (status == 415) {
            assertError(
                    reply,
                    415,
                    "invalid_request_error",
                    "",
                    "unsupported_media_type",
                    "got '" + contentType);
        }
    }

    @Test
    void takesABodyWithoutContentType() throws Exception {
        Reply reply =
                harness.send(
                        HttpRequest.newBuilder(harness.uri(CHAT))
                                .POST(BodyPublishers.ofString(Harness.body(HI)))
                                .build());
        assertThat(reply.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v1/foo", "/v1/chat/completions/", "/v1/api/version"})
    void unknownUrlsAreNotFoundInTheSameShape(String path) throws Exception {
        assertError(
                harness.get(path),
                404,
                "invalid_request_error",
                "",
                "unknown_url",
                "Invalid URL (GET " + path + ")");
    }

    @Test
    void aBodyThatIsTooLargeSaysHowLargeItMayBe() throws Exception {
        assertError(
                harness.post(CHAT, " ".repeat(Harness.OPTIONS.maxBodyBytes() + 1)),
                413,
                "invalid_request_error",
                "",
                "request_too_large",
                "must be at most 1048576 bytes");
    }

    @Test
    void anUnknownCompressionIsNamed() throws Exception {
        assertError(
                harness.send(
                        HttpRequest.newBuilder(harness.uri(CHAT))
                                .header("Content-Encoding", "br")
                                .POST(BodyPublishers.ofString("x"))
                                .build()),
                415,
                "invalid_request_error",
                "",
                "unsupported_content_encoding",
                "br");
    }

    @Test
    void aForeignHostIsForbiddenInTheSameShape() throws Exception {
        try (RawClient client = new RawClient(harness.server.port())) {
            assertThat(client.send("GET / HTTP/1.1\nHost: page.example\n\n").readResponse())
                    .startsWith("HTTP/1.1 403 Forbidden")
                    .contains("\"message\":\"'page.example' is not a name of this server.")
                    .endsWith(errorEnd("\"host_not_allowed\""));
        }
    }

    @Test
    void bytesThatAreNoRequestAreAnsweredInTheSameShape() throws Exception {
        try (RawClient client = new RawClient(harness.server.port())) {
            assertThat(client.send("what is this\n\n").readResponse())
                    .contains(" 400 Bad Request")
                    .contains("content-type: application/json")
                    .endsWith(errorEnd("null"));
        }
    }

    private static String errorEnd(String code) {
        return "\"type\":\"invalid_request_error\",\"param\":null,\"code\":" + code + "}}";
    }

    @Test
    void wrongMethodsNameTheRightOnes() throws Exception {
        Reply get = harness.get(CHAT);
        Reply post = harness.post("/v1/models", "{}");

        assertError(get, 405, "invalid_request_error", "", "method_not_supported", "(GET /v1/chat");
        assertThat(get.header("allow")).isEqualTo("OPTIONS, POST");
        assertThat(post.status()).isEqualTo(405);
        assertThat(post.header("allow")).isEqualTo("GET, HEAD, OPTIONS");
    }

    @Test
    void aFullQueueAsksToTryAgain() throws Exception {
        harness.backend.room = 1;
        Reply reply = harness.complete("\"prompt\": [\"A\", \"B\"], \"stream\": true");

        assertError(reply, 429, "requests", "", "rate_limit_exceeded", "too many requests wait");
        assertThat(reply.header("retry-after")).isEqualTo("1");
        assertThat(reply.header("x-should-retry")).isEmpty();
        // The prompt that was let in does not go on alone.
        harness.backend.streams.take().closed.await();
    }

    @Test
    void aFailureOfTheEngineIsA500WithoutDetails() throws Exception {
        harness.backend.failsAfter = 1;
        Reply reply = harness.chat(HI);

        assertError(reply, 500, "server_error", "", "", reply.header("x-request-id"));
        assertThat(reply.body()).doesNotContain("out of luck").doesNotContain("Exception");
        assertThat(reply.header("x-should-retry")).isEqualTo("false");
    }

    @Test
    void aPromptThatFailsEndsTheOthers() throws Exception {
        harness.backend.silentAfter = 1;
        harness.backend.script =
                (request, _) -> {
                    if (request.promptTokens()[1] == 'B') {
                        return Collections.emptyIterator();
                    }
                    return FakeBackend.ids("never said in full");
                };
        harness.backend.failsWithoutWords = true;
        Reply reply = harness.complete("\"prompt\": [\"A\", \"B\", \"C\"]");

        assertError(reply, 500, "server_error", "", "", "The server failed");
        for (int i = 0; i < 3; i++) {
            harness.backend.streams.take().closed.await();
        }
    }

    @Test
    void aShutdownOfTheEngineIsA503() throws Exception {
        harness.backend.failsAfter = 1;
        harness.backend.failure = Failed.Cause.SHUTDOWN;
        Reply reply = harness.chat(HI);

        assertError(reply, 503, "server_error", "", "", "shut down during the request");
        assertThat(reply.header("retry-after")).isEqualTo("5");
    }

    @Test
    void aFailureWithinAStreamIsAnEventNamedError() throws Exception {
        harness.backend.failsAfter = 1;
        Reply reply = harness.complete("\"prompt\": \"A\", \"stream\": true");

        assertThat(reply.status()).isEqualTo(200);
        String[] events = reply.body().split("\n\n");
        assertThat(events).hasSize(2);
        assertThat(events[0]).contains("\"text\":\"o\"");
        assertThat(events[1])
                .startsWith("event: error\ndata: {\"error\":{\"message\":\"The server failed while")
                .endsWith("\"type\":\"server_error\",\"param\":null,\"code\":null}}");
    }

    @Test
    void aModelThatIsStillBeingLoadedAsksToTryAgain() throws Exception {
        CountDownLatch mayLoad = new CountDownLatch(1);
        ModelLoader slow =
                progress -> {
                    progress.read(3, 4);
                    awaitUninterruptibly(mayLoad);
                    return Harness.model(harness.backend).model();
                };
        ServedModel model =
                new ServedModel(Harness.MODEL, List.of(), 0, true, Optional.empty(), slow);
        CatalogOptions impatient = new CatalogOptions(false, OptionalLong.empty(), Duration.ZERO);
        try (ModelCatalog catalog = new ModelCatalog(List.of(model), impatient);
                ParlanceServer server = ParlanceServer.start(Harness.OPTIONS, catalog)) {
            CompletableFuture<Void> loaded = catalog.preload();
            HttpRequest.Builder health =
                    HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + server.port() + "/health"));
            HttpRequest chat =
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + CHAT))
                            .POST(BodyPublishers.ofString(Harness.body(HI)))
                            .build();
            assertError(harness.send(health.build()), 503, "server_error", "", "", "being loaded");
            Reply reply = harness.send(chat);
            assertError(reply, 503, "server_error", "", "", "being loaded");
            assertThat(reply.header("retry-after")).isEqualTo("5");

            mayLoad.countDown();
            loaded.join();
            assertThat(harness.send(health.build()).body()).isEqualTo("{\"status\":\"ok\"}");
            assertThat(harness.send(chat).status()).isEqualTo(200);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
