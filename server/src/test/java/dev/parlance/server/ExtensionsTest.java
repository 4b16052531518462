package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.KvSharing;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.sampling.LogprobParams;
import dev.parlance.server.http.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What users of local servers expect beyond OpenAI's API. */
class ExtensionsTest {
    private static final String HI = "\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]";

    private Harness harness;

    @BeforeEach
    void start() throws IOException {
        harness = startWith(Harness.OPTIONS);
    }

    private static Harness startWith(ServerOptions options) throws IOException {
        FakeBackend backend = new FakeBackend();
        return Harness.start(
                options,
                backend,
                Harness.model(backend, ByteTokenizer.fillingGaps(), Harness.TEMPLATE));
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private GenerationRequest lastWork() {
        return harness.backend.requests.getLast();
    }

    @Test
    void fillsTheGapBetweenPromptAndSuffixBehindBos() throws Exception {
        harness.complete("\"prompt\": \"a<s>\", \"suffix\": \"b</s>\"");
        // The texts are code, in which no special token is meant.
        assertThat(lastWork().promptTokens())
                .containsExactly(
                        ByteTokenizer.BOS, 1, 'a', '<', 's', '>', 2, 'b', '<', '/', 's', '>', 3);

        harness.complete("\"prompt\": [97, 256], \"suffix\": \"b\"");
        assertThat(lastWork().promptTokens()).containsExactly(1, 'a', 256, 2, 'b', 3);

        harness.complete("\"prompt\": \"a\", \"suffix\": \"\"");
        assertThat(lastWork().promptTokens()).containsExactly(ByteTokenizer.BOS, 'a');
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"truncate_prompt_tokens\": 2 | yz",
                "\"truncate_prompt_tokens\": 9 | wxyz",
                "\"truncate_prompt_tokens\": 2, \"truncation_side\": \"right\" | wx",
                "\"truncate_prompt_tokens\": -1, \"max_tokens\": 197 | xyz",
                "\"truncate_prompt_tokens\": -1, \"max_tokens\": -1 | wxyz"
            })
    void cutsAPromptThatIsTooLong(String fields, String left) throws Exception {
        harness.complete("\"prompt\": [119, 120, 121, 122], " + fields);
        assertThat(lastWork().promptTokens()).isEqualTo(ByteTokenizer.ids(left));
    }

    @Test
    void cutsThePromptSoThatTheSuffixFits() throws Exception {
        harness.complete(
                "\"prompt\": \""
                        + "x".repeat(Harness.CONTEXT)
                        + "\", \"suffix\": \"yy\", \"truncate_prompt_tokens\": -1");
        assertThat(lastWork().promptTokens())
                .hasSize(Harness.CONTEXT - 100)
                .endsWith(2, 'y', 'y', 3);
    }

    @Test
    void echoesWhatIsLeftOfAPrompt() throws Exception {
        Reply reply =
                harness.complete(
                        "\"prompt\": \"xyz\", \"truncate_prompt_tokens\": 2, \"echo\": true,"
                                + " \"logprobs\": 0");
        assertThat(reply.text("choices[0].text")).isEqualTo("yzok");
        assertThat(reply.at("choices[0].logprobs.text_offset")).isEqualTo("[0,1,2,3,4]");
    }

    @Test
    void cutsTheConversationWhereItDoesNotFit() throws Exception {
        String text = "x".repeat(Harness.CONTEXT);
        harness.chat(
                "\"messages\": [{\"role\": \"user\", \"content\": \""
                        + text
                        + "\"}], \"max_tokens\": 10, \"truncate_prompt_tokens\": -1");
        assertThat(lastWork().promptTokens()).hasSize(Harness.CONTEXT - 10);
        assertThat(lastWork().maxTokens()).isEqualTo(10);
    }

    @Test
    void givesTheLogprobsOfThePromptInTheShapeOfVllm() throws Exception {
        Reply completion =
                harness.complete("\"prompt\": \"x\", \"prompt_logprobs\": 1, \"max_tokens\": 1");
        String expected =
                "[null,{\"120\":{\"logprob\":-0.46875,\"rank\":2,\"decoded_token\":\"x\"},"
                        + "\"97\":{\"logprob\":-0.5,\"rank\":1,\"decoded_token\":\"a\"}}]";
        assertThat(completion.at("choices[0].prompt_logprobs")).isEqualTo(expected);
        assertThat(completion.at("choices[0].logprobs")).isEqualTo("null");

        Reply chat = harness.chat(HI + ", \"prompt_logprobs\": 0, \"logprobs\": true");
        assertThat(chat.at("prompt_logprobs"))
                .startsWith(
                        "[null,{\"117\":{\"logprob\":-0.45703125,\"rank\":1,\"decoded_token\":\"u\"}},");
        assertThat(chat.at("choices[0].logprobs.content[0].top_logprobs")).isEqualTo("[]");
    }

    @Test
    void theLargerWishForLikelyTokensDoesNotShowInTheOther() throws Exception {
        Reply reply =
                harness.complete(
                        "\"prompt\": \"x\", \"prompt_logprobs\": 3, \"logprobs\": 1,"
                                + " \"max_tokens\": 1");
        assertThat(lastWork().logprobs()).isEqualTo(new LogprobParams(1, List.of(), false, 3));
        assertThat(reply.at("choices[0].logprobs.top_logprobs[0]"))
                .isEqualTo("{\"a\":-0.5,\"o\":-0.43359375}");
    }

    @Test
    void theTokensThatAreNamedComeInsteadOfTheLikelyOnes() throws Exception {
        Reply chat =
                harness.chat(
                        HI
                                + ", \"logprobs\": true, \"top_logprobs\": 1,"
                                + " \"logprob_token_ids\": [98, 97]");
        assertThat(lastWork().logprobs())
                .isEqualTo(new LogprobParams(1, List.of(98, 97), false, -1));
        assertThat(chat.at("choices[0].logprobs.content[0].top_logprobs"))
                .isEqualTo(
                        "[{\"token\":\"b\",\"logprob\":-98.0,\"bytes\":[98]},"
                                + "{\"token\":\"a\",\"logprob\":-97.0,\"bytes\":[97]}]");

        Reply completion =
                harness.complete(
                        "\"prompt\": \"x\", \"logprobs\": 0, \"logprob_token_ids\": [98],"
                                + " \"echo\": true, \"max_tokens\": 1");
        assertThat(completion.at("choices[0].logprobs.top_logprobs"))
                .isEqualTo("[null,{\"x\":-0.46875},{\"b\":-98.0,\"o\":-0.43359375}]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[5] | logprob_token_ids | 'logprob_token_ids' needs 'logprobs'",
                "[5], \"logprobs\": 1, \"n_probs\": 9, \"max_tokens\": 1, \"logprob_token_ids\":"
                        + " [999] | logprob_token_ids | token ids in 'logprob_token_ids' must be"
                        + " between 0 and 257, got 999",
                "[-1] | logprob_token_ids[0] | 'logprob_token_ids[0]' must be 0 or more, got -1"
            },
            quoteCharacter = '~')
    void namedTokensMustBeThere(String ids, String param, String message) throws Exception {
        Reply reply = harness.complete("\"prompt\": \"x\", \"logprob_token_ids\": " + ids);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.text("error.param")).isEqualTo(param);
        assertThat(reply.text("error.message")).isEqualTo(message);
    }

    @Test
    void logprobsMayTellOfTheDraw() throws Exception {
        harness.chat(HI + ", \"logprobs\": true, \"post_sampling_probs\": true");
        assertThat(lastWork().logprobs()).isEqualTo(new LogprobParams(0, List.of(), true, -1));
    }

    @Test
    void chatTakesTheNameOfLlamaCppForLogprobs() throws Exception {
        Reply reply = harness.chat(HI + ", \"n_probs\": 2, \"max_tokens\": 1");
        assertThat(lastWork().logprobs().top()).isEqualTo(2);
        assertThat(reply.at("choices[0].logprobs.content[0].top_logprobs[1].token"))
                .isEqualTo("\"b\"");
    }

    @Test
    void aPromptMayBeComputedAnew() throws Exception {
        harness.complete("\"prompt\": \"x\", \"cache_prompt\": false");
        assertThat(lastWork().sharing()).isEqualTo(KvSharing.NONE);
    }

    @Test
    void callsTokensByTheirIds() throws Exception {
        Reply reply =
                harness.complete(
                        "\"prompt\": \"x\", \"logprobs\": 1, \"max_tokens\": 1,"
                                + " \"return_tokens_as_token_ids\": true");
        assertThat(reply.at("choices[0].logprobs.tokens")).isEqualTo("[\"token_id:111\"]");
        assertThat(reply.at("choices[0].logprobs.top_logprobs[0]"))
                .isEqualTo("{\"token_id:97\":-0.5,\"token_id:111\":-0.43359375}");
    }

    @Test
    void theIdOfTheAnswerEndsWithTheClients() throws Exception {
        assertThat(harness.chat(HI + ", \"request_id\": \"a-1\"").text("id"))
                .isEqualTo("chatcmpl-a-1");
        assertThat(harness.complete("\"prompt\": \"x\", \"rid\": \"b\"").text("id"))
                .isEqualTo("cmpl-b");
    }

    @Test
    void biasesMayBePairsOfIdsOrTexts() throws Exception {
        harness.complete(
                "\"prompt\": \"x\", \"logit_bias\": [[65, 2.5], [\"hi\", -1], [66, false]]");
        assertThat(lastWork().sampling().logitBias().toString())
                .isEqualTo("{65=2.5, 104=-1.0, 105=-1.0}");
        assertThat(lastWork().sampling().rules().banned()).containsExactly(List.of(66));
    }

    @Test
    void badWordsAreBannedAloneAndBehindASpace() throws Exception {
        harness.complete(
                "\"prompt\": \"x\", \"bad_words\": [\"ab\"], \"allowed_token_ids\": [97, 98]");
        assertThat(lastWork().sampling().rules().banned())
                .containsExactlyInAnyOrder(List.of(97, 98), List.of(32, 97, 98));
        assertThat(lastWork().sampling().rules().allowed()).isEqualTo(Optional.of(Set.of(97, 98)));
    }

    @Test
    void breakersOfRepetitionsAreTheTokensWithTheirTexts() throws Exception {
        harness.complete("\"prompt\": \"x\", \"dry_multiplier\": 1");
        assertThat(lastWork().sampling().rare().dry().breakers())
                .containsExactlyInAnyOrder((int) '\n', (int) ':', (int) '"', (int) '*');
        harness.complete(
                "\"prompt\": \"x\", \"dry_multiplier\": 1, \"dry_sequence_breakers\": [\"s>\"]");
        assertThat(lastWork().sampling().rare().dry().breakers())
                .containsExactlyInAnyOrder(ByteTokenizer.BOS, ByteTokenizer.EOS);
    }

    @Test
    void theNameOfASpecialTokenStopsAtTheToken() throws Exception {
        harness.complete("\"prompt\": \"x\", \"stop\": [\"<s>\", \"a\"]");
        assertThat(lastWork().endTokens()).contains(ByteTokenizer.BOS).doesNotContain((int) 'a');
        // Where special tokens are shown, they are found in the text.
        harness.complete("\"prompt\": \"x\", \"stop\": [\"<s>\"], \"skip_special_tokens\": false");
        assertThat(lastWork().endTokens()).doesNotContain(ByteTokenizer.BOS);
    }

    @Test
    void countsTokensOnEveryChunkWhenAsked() throws Exception {
        List<JsonObject> chunks =
                harness.chat(
                                HI
                                        + ", \"stream\": true, \"stream_options\":"
                                        + " {\"continuous_usage_stats\": true,"
                                        + " \"include_usage\": true}")
                        .chunks();
        assertThat(
                        chunks.stream()
                                .map(chunk ->
                                        Json.write(Reply.find(chunk, "usage.completion_tokens"))))
                .containsExactly("0", "1", "2", "3", "3");
        assertThat(Reply.find(chunks.get(1), "usage"))
                .isNotEqualTo(Reply.find(chunks.getLast(), "usage"));
        assertThat(Reply.find(chunks.get(3), "usage"))
                .isEqualTo(Reply.find(chunks.getLast(), "usage"));
    }

    @Test
    void tellsHowMuchOfThePromptIsReady() throws Exception {
        String asked = ", \"stream\": true, \"return_progress\": true";
        Reply chat = harness.chat(HI + asked);
        JsonObject chunk = chat.chunks().get(1);
        assertThat(Json.write(Reply.find(chunk, "prompt_progress")))
                .startsWith("{\"total\":20,\"cache\":1,\"processed\":1,\"time_ms\":");
        assertThat(Json.write(Reply.find(chunk, "choices[0].delta")))
                .isEqualTo("{\"content\":\"\"}");
        Reply completions = harness.complete("\"prompt\": [\"x\", \"y\"]" + asked);
        assertThat(
                        completions.chunks().stream()
                                .filter(sent -> Reply.has(sent, "prompt_progress"))
                                .map(sent -> Json.write(Reply.find(sent, "choices[0].index"))))
                .containsExactlyInAnyOrder("0", "1");
        assertThat(harness.chat(HI + ", \"return_progress\": true").status()).isEqualTo(200);
    }

    @Test
    void tellsHowLongItTook() throws Exception {
        for (Reply reply :
                List.of(
                        harness.chat(HI + ", \"timings_per_token\": true"),
                        harness.complete("\"prompt\": \"x\", \"timings_per_token\": true"))) {
            assertThat(((JsonObject) Reply.find(reply.json(), "timings")).members().keySet())
                    .containsExactly(
                            "cache_n",
                            "prompt_n",
                            "prompt_ms",
                            "prompt_per_token_ms",
                            "prompt_per_second",
                            "predicted_n",
                            "predicted_ms",
                            "predicted_per_token_ms",
                            "predicted_per_second");
            assertThat(reply.at("timings.predicted_n")).isEqualTo("3");
        }
        List<JsonObject> chunks =
                harness.chat(HI + ", \"stream\": true, \"timings_per_token\": true").chunks();
        assertThat(
                        chunks.stream()
                                .map(chunk -> Json.write(Reply.find(chunk, "timings.predicted_n"))))
                .containsExactly("0", "1", "2", "3");
    }

    @Test
    void theClientChoosesHowLongTheLineMayBeSilent() throws Exception {
        harness.backend.silentAfter = 1;
        RawClient client = new RawClient(harness.server.port());
        client.post(
                "/v1/completions",
                Harness.body("\"prompt\": \"x\", \"stream\": true, \"sse_ping_interval\": 1"));
        client.readUntil(": ping\n\n");
        client.close();
    }

    @Test
    void answersMayBeginWithTheMessageTheyContinue() throws Exception {
        String talk =
                "\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}, {\"role\":"
                        + " \"assistant\", \"content\": \"It is \"}], \"echo\": true";
        String continued = talk + ", \"continue_final_message\": true";
        assertThat(harness.chat(continued).text("choices[0].message.content"))
                .isEqualTo("It is ok");
        assertThat(
                        harness.chat(continued + ", \"stream\": true, \"n\": 2").chunks().stream()
                                .limit(4)
                                .map(chunk ->
                                        Json.write(Reply.find(chunk, "choices[0].delta.content"))))
                .containsExactly("\"\"", "\"It is \"", "\"\"", "\"It is \"");
        Reply refused = harness.chat(talk);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text("error.param")).isEqualTo("echo");
        assertThat(refused.text("error.message"))
                .isEqualTo("'echo' is only allowed when 'continue_final_message' is true");
    }

    @Test
    void metadataComesBack() throws Exception {
        assertThat(harness.chat(HI + ", \"metadata\": {\"run\": \"7\"}").at("metadata"))
                .isEqualTo("{\"run\":\"7\"}");
        assertThat(Reply.has(harness.chat(HI).json(), "metadata")).isFalse();
    }

    @Test
    void metadataIsBounded() throws Exception {
        StringBuilder many = new StringBuilder("\"0\": \"\"");
        for (int i = 1; i <= 16; i++) {
            many.append(", \"").append(i).append("\": \"\"");
        }
        assertThat(harness.chat(HI + ", \"metadata\": {" + many + "}").text("error.message"))
                .isEqualTo("'metadata' must have at most 16 entries, got 17");
        assertThat(
                        harness.chat(HI + ", \"metadata\": {\"a\": \"" + "x".repeat(513) + "\"}")
                                .text("error.message"))
                .isEqualTo("the value in 'metadata' must have at most 512 characters, got 513");
        assertThat(
                        harness.chat(HI + ", \"metadata\": {\"" + "x".repeat(65) + "\": \"\"}")
                                .text("error.message"))
                .isEqualTo("the name in 'metadata' must have at most 64 characters, got 65");
    }

    @Test
    void theOperatorChoosesTheRulesForRequests() throws Exception {
        try (Harness strict = startWith(Harness.OPTIONS.withRequests(30, -1, true))) {
            Reply unknown = strict.complete("\"prompt\": \"x\", \"unheard_of\": 1");
            assertThat(unknown.status()).isEqualTo(400);
            assertThat(unknown.text("error.param")).isEqualTo("unheard_of");
            assertThat(unknown.text("error.code")).isEqualTo("unknown_parameter");
            assertThat(unknown.text("error.message"))
                    .isEqualTo("Unrecognized request argument supplied: 'unheard_of'");
            Reply inOptions =
                    strict.chat(HI + ", \"stream\": true, \"stream_options\": {\"x\": 1}");
            assertThat(inOptions.text("error.param")).isEqualTo("stream_options.x");

            assertThat(strict.complete("\"prompt\": \"x\", \"logprobs\": 30").status())
                    .isEqualTo(200);
            strict.post("/v1/completions", Harness.body("\"prompt\": \"x\""));
            assertThat(strict.backend.requests.getLast().maxTokens())
                    .isEqualTo(Harness.CONTEXT - 2);
        }
        assertThat(harness.complete("\"prompt\": \"x\", \"unheard_of\": 1").status())
                .isEqualTo(200);
    }

    @Test
    void noEffortMeansNoThinking() throws Exception {
        FakeBackend backend = new FakeBackend();
        String template = "{{ enable_thinking }} {{ reasoning_effort }}";
        try (Harness thinking =
                Harness.start(
                        Harness.OPTIONS,
                        backend,
                        Harness.model(backend, new ByteTokenizer(), template))) {
            thinking.chat(HI + ", \"reasoning_effort\": \"none\"");
            thinking.chat(HI + ", \"reasoning_effort\": \"none\", \"enable_thinking\": true");
            thinking.chat(HI + ", \"reasoning_effort\": \"low\"");
        }
        assertThat(
                        backend.requests.stream()
                                .map(request ->
                                        new ByteTokenizer().decode(request.promptTokens(), true)))
                .containsExactly("False none", "True none", " low");
    }

    @Test
    void verbosityIsALineForTheModel() throws Exception {
        harness.chat(HI + ", \"verbosity\": \"low\"");
        assertThat(new ByteTokenizer().decode(lastWork().promptTokens(), true))
                .startsWith("<s>system:Keep your answers short and to the point.</s><s>user:Hi");
    }
}
