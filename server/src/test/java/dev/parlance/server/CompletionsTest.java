package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.KvSharing;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNull;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

class CompletionsTest {
    private Harness harness;

    @BeforeEach
    void start() throws IOException {
        harness = Harness.start(new FakeBackend());
    }

    private Harness saying(String text) {
        harness.backend.says(text);
        return harness;
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    @Test
    void answersWithTheShapeOfTheSpecification() throws Exception {
        Reply reply = saying("Hello").complete("\"prompt\": \"Hi\"");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("content-type")).isEqualTo("application/json");
        assertThat(reply.text("id")).startsWith("cmpl-");
        assertThat(reply.text("object")).isEqualTo("text_completion");
        assertThat(reply.text("model")).isEqualTo(Harness.MODEL);
        assertThat(reply.text("system_fingerprint")).matches("fp_[0-9a-f]{10}");
        assertThat(reply.at("choices"))
                .isEqualTo(
                        "[{\"index\":0,\"text\":\"Hello\",\"logprobs\":null,"
                                + "\"finish_reason\":\"stop\"}]");
        // BOS and two bytes in; five bytes and an end token out.
        assertThat(reply.number("usage.prompt_tokens")).isEqualTo(3);
        assertThat(reply.number("usage.completion_tokens")).isEqualTo(6);
        assertThat(reply.number("usage.total_tokens")).isEqualTo(9);
        assertThat(reply.number("usage.prompt_tokens_details.cached_tokens")).isEqualTo(1);
    }

    @Test
    void readsAllShapesOfPrompts() throws Exception {
        saying("x");
        harness.complete("\"prompt\": \"A\"");
        harness.complete("\"prompt\": [\"A\", \"<s>B</s>\"]");
        harness.complete("\"prompt\": [65, 66.0]");
        harness.complete("\"prompt\": [[65], [66, 67]]");
        harness.complete("\"prompt\": \"A\", \"add_special_tokens\": false");
        harness.complete("\"prompt\": null");
        harness.complete("\"prompt\": \"\"");

        assertThat(harness.backend.requests.stream().map(r -> r.promptTokens()))
                .containsExactly(
                        new int[] {256, 65},
                        new int[] {256, 65},
                        new int[] {256, 66, 257},
                        new int[] {65, 66},
                        new int[] {65},
                        new int[] {66, 67},
                        new int[] {65},
                        new int[] {256},
                        new int[] {256});
    }

    @Test
    void numbersChoicesByPromptThenByChoice() throws Exception {
        harness.backend.script =
                (request, choice) ->
                        FakeBackend.ids(Character.toString(request.promptTokens()[1]) + choice);
        Reply reply = harness.complete("\"prompt\": [\"a\", \"b\"], \"n\": 2");

        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            assertThat(reply.number("choices[" + i + "].index")).isEqualTo(i);
            texts.add(reply.text("choices[" + i + "].text"));
        }
        assertThat(texts).containsExactly("a0", "a1", "b0", "b1");
        assertThat(reply.number("usage.prompt_tokens")).isEqualTo(4);
        assertThat(reply.number("usage.completion_tokens")).isEqualTo(12);
    }

    @Test
    void returnsTheLikeliestOfSeveralCandidatesBestFirst() throws Exception {
        // The fake's log probabilities fall with the letters.
        harness.backend.script =
                (request, choice) ->
                        FakeBackend.ids(
                                Character.toString(request.promptTokens()[1])
                                        + List.of("zz", "c", "a", "", "c").get(choice));
        Reply reply = harness.complete("\"prompt\": [\"a\", \"b\"], \"n\": 3, \"best_of\": 5");

        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            assertThat(reply.number("choices[" + i + "].index")).isEqualTo(i);
            assertThat(reply.at("choices[" + i + "].logprobs")).isEqualTo("null");
            texts.add(reply.text("choices[" + i + "].text"));
        }
        // Means count the end token, so that short texts have less to hide it behind.
        assertThat(texts).containsExactly("azz", "aa", "ac", "bzz", "ba", "bc");
        assertThat(reply.number("usage.completion_tokens")).isEqualTo(2 * (4 + 3 + 3 + 2 + 3));
        assertThat(harness.backend.requests)
                .allSatisfy(request -> assertThat(request.choices()).isEqualTo(5));
    }

    @Test
    void candidatesMayHaveLogprobsAndNoText() throws Exception {
        harness.backend.script = (_, choice) -> FakeBackend.ids(choice == 0 ? "" : "k" + choice);
        Reply reply =
                harness.complete(
                        "\"prompt\": \"A\", \"best_of\": 3, \"logprobs\": 1, \"stop\": \"2\"");
        assertThat(reply.text("choices[0].text")).isEqualTo("k");
        assertThat(reply.at("choices[0].logprobs.token_logprobs")).isEqualTo("[-0.41796875]");
        assertThat(reply.at("choices")).doesNotContain("\"index\":1");
        Reply nothing =
                harness.complete(
                        "\"prompt\": \"A\", \"best_of\": 2, \"stop\": \"k\", \"max_tokens\": 2");
        assertThat(nothing.text("choices[0].text")).isEmpty();
        assertThat(nothing.text("choices[0].finish_reason")).isEqualTo("stop");
    }

    @Test
    void asManyCandidatesAsChoicesMayBeStreamed() throws Exception {
        saying("ab");
        assertThat(
                        harness.complete(
                                        "\"prompt\": \"A\", \"best_of\": 2, \"n\": 2, \"stream\":"
                                                + " true")
                                .status())
                .isEqualTo(200);
        assertThat(harness.complete("\"prompt\": \"A\", \"best_of\": 0, \"n\": 2").status())
                .isEqualTo(200);
    }

    @Test
    void generates16TokensUnlessAskedOtherwise() throws Exception {
        saying("a".repeat(500));
        Reply byDefault = harness.post("/v1/completions", Harness.body("\"prompt\": \"A\""));
        Reply none = harness.complete("\"prompt\": \"A\", \"max_tokens\": 0");
        Reply all = harness.complete("\"prompt\": \"A\", \"max_tokens\": -1");

        assertThat(byDefault.text("choices[0].text")).hasSize(16);
        assertThat(byDefault.text("choices[0].finish_reason")).isEqualTo("length");
        assertThat(none.text("choices[0].text")).isEmpty();
        assertThat(none.text("choices[0].finish_reason")).isEqualTo("length");
        assertThat(none.number("usage.completion_tokens")).isZero();
        assertThat(all.text("choices[0].text")).hasSize(Harness.CONTEXT - 2);
    }

    @Test
    void cutsTheDefaultToWhatFitsTheContext() throws Exception {
        String prompt = "p".repeat(Harness.CONTEXT - 4);
        Reply reply =
                saying("a".repeat(50))
                        .post("/v1/completions", Harness.body("\"prompt\": \"" + prompt + "\""));
        assertThat(reply.text("choices[0].text")).hasSize(3);
    }

    @Test
    void stopsBeforeAStopSequenceAndSaysSo() throws Exception {
        saying("one two END three");
        Reply one = harness.complete("\"prompt\": \"A\", \"stop\": \" END\"");
        Reply several =
                harness.complete(
                        "\"prompt\": \"A\", \"stop\": [\"three\", \"wo\"], \"return_token_ids\":"
                                + " true, \"logprobs\": 0");
        Reply kept =
                harness.complete(
                        "\"prompt\": \"A\", \"stop\": \" END\", \"include_stop_str_in_output\":"
                                + " true");

        assertThat(one.text("choices[0].text")).isEqualTo("one two");
        assertThat(one.text("choices[0].finish_reason")).isEqualTo("stop");
        assertThat(one.number("usage.completion_tokens")).isEqualTo(11);
        assertThat(several.text("choices[0].text")).isEqualTo("one t");
        assertThat(several.at("choices[0].logprobs.tokens"))
                .isEqualTo("[\"o\",\"n\",\"e\",\" \",\"t\"]");
        assertThat(several.at("choices[0].token_ids")).isEqualTo("[111,110,101,32,116,119,111]");
        assertThat(kept.text("choices[0].text")).isEqualTo("one two END");
    }

    @Test
    void writesLogprobsAsFourArrays() throws Exception {
        Reply reply = saying("é!").complete("\"prompt\": \"A\", \"logprobs\": 2");

        assertThat(reply.at("choices[0].logprobs"))
                .isEqualTo(
                        "{\"tokens\":[\"bytes:\\\\xc3\",\"bytes:\\\\xa9\",\"!\",\"</s>\"],"
                                + "\"token_logprobs\":[-0.76171875,-0.66015625,-9999.0,"
                                + "-1.00390625],"
                                + "\"top_logprobs\":["
                                + "{\"a\":-0.5,\"b\":-1.5,\"bytes:\\\\xc3\":-0.76171875},"
                                + "{\"a\":-0.5,\"b\":-1.5,\"bytes:\\\\xa9\":-0.66015625},"
                                + "{\"a\":-0.5,\"b\":-1.5,\"!\":-9999.0},"
                                + "{\"a\":-0.5,\"b\":-1.5,\"</s>\":-1.00390625}],"
                                + "\"text_offset\":[0,0,1,2]}");
    }

    @Test
    void takesZeroLogprobsAsARequest() throws Exception {
        Reply reply = saying("a").complete("\"prompt\": \"A\", \"logprobs\": 0");
        assertThat(reply.at("choices[0].logprobs.top_logprobs[0]"))
                .isEqualTo("{\"a\":-0.37890625}");
    }

    @Test
    void echoesThePromptWithItsLogprobs() throws Exception {
        Reply reply = saying("x").complete("\"prompt\": \"né\", \"echo\": true, \"logprobs\": 1");

        assertThat(reply.text("choices[0].text")).isEqualTo("néx");
        assertThat(reply.at("choices[0].logprobs.tokens"))
                .isEqualTo("[\"<s>\",\"n\",\"bytes:\\\\xc3\",\"bytes:\\\\xa9\",\"x\",\"</s>\"]");
        assertThat(reply.at("choices[0].logprobs.token_logprobs")).startsWith("[null,-0.4296875,");
        assertThat(reply.at("choices[0].logprobs.top_logprobs"))
                .startsWith("[null,{\"a\":-0.5,\"n\":");
        assertThat(reply.at("choices[0].logprobs.text_offset")).isEqualTo("[0,0,1,1,2,3]");
    }

    @Test
    void scoresAPromptOfIdsWithoutGenerating() throws Exception {
        Reply reply =
                saying("x")
                        .complete(
                                "\"prompt\": [256, 72, 105], \"echo\": true, \"logprobs\": 1,"
                                        + " \"max_tokens\": 0, \"return_token_ids\": true");

        assertThat(reply.text("choices[0].text")).isEqualTo("Hi");
        assertThat(reply.at("choices[0].logprobs.token_logprobs"))
                .isEqualTo("[null,-0.28125,-0.41015625]");
        assertThat(reply.at("choices[0].prompt_token_ids")).isEqualTo("[256,72,105]");
        assertThat(reply.at("choices[0].token_ids")).isEqualTo("[]");
        assertThat(harness.backend.requests.getFirst().logprobs().ofPrompt()).isTrue();
    }

    @Test
    void showsSpecialTokensOnlyWhenAsked() throws Exception {
        harness.backend.script = (_, _) -> List.of(72, 256, 105).iterator();
        Reply hidden = harness.complete("\"prompt\": \"A\"");
        Reply shown = harness.complete("\"prompt\": \"A\", \"skip_special_tokens\": false");

        assertThat(hidden.text("choices[0].text")).isEqualTo("Hi");
        assertThat(shown.text("choices[0].text")).isEqualTo("H<s>i");
    }

    @Test
    void handsSamplingFieldsToTheEngine() throws Exception {
        saying("x")
                .complete(
                        "\"prompt\": \"A\", \"temperature\": 0.5, \"top_p\": 0.9, \"top_k\": 7,"
                                + " \"min_p\": 0.1, \"typical_p\": 0.8, \"frequency_penalty\": 1,"
                                + " \"presence_penalty\": -1, \"repeat_penalty\": 1.1,"
                                + " \"logit_bias\": {\"65\": -100, \"66\": 2.5},"
                                + " \"seed\": 9223372036854775807, \"min_tokens\": 3.0,"
                                + " \"stop_token_ids\": [33]");
        var request = harness.backend.requests.getFirst();
        var sampling = request.sampling();

        assertThat(sampling.temperature()).isEqualTo(0.5);
        assertThat(sampling.topP()).isEqualTo(0.9);
        assertThat(sampling.topK()).isEqualTo(7);
        assertThat(sampling.minP()).isEqualTo(0.1);
        assertThat(sampling.typicalP()).isEqualTo(0.8);
        assertThat(sampling.frequencyPenalty()).isEqualTo(1);
        assertThat(sampling.presencePenalty()).isEqualTo(-1);
        assertThat(sampling.repetitionPenalty()).isEqualTo(1.1);
        assertThat(sampling.logitBias()).isEqualTo(Map.of(65, -100.0, 66, 2.5));
        assertThat(sampling.seed()).hasValue(Long.MAX_VALUE);
        assertThat(request.minTokens()).isEqualTo(3);
        assertThat(request.endTokens()).containsExactlyInAnyOrder(33, ByteTokenizer.EOS);
    }

    @Test
    void handsTheCacheSaltToTheEngine() throws Exception {
        saying("x").complete("\"prompt\": \"A\", \"cache_salt\": \"secret\"");
        saying("x").complete("\"prompt\": \"A\"");
        assertThat(harness.backend.requests)
                .extracting(GenerationRequest::sharing)
                .containsExactly(KvSharing.within("secret"), KvSharing.WITH_ALL);
    }

    @Test
    void takesNullAsAbsentAndUnknownFieldsAsNothing() throws Exception {
        Reply reply =
                saying("x")
                        .complete(
                                "\"prompt\": \"A\", \"temperature\": null, \"stop\": null,"
                                        + " \"logprobs\": null, \"suffix\": null, \"n\": null,"
                                        + " \"best_of\": null, \"stream\": null,"
                                        + " \"logit_bias\": null, \"user\": null,"
                                        + " \"stream_options\": null, \"unheard_of\": {},"
                                        + " \"best_of\": 1, \"stop\": [], \"seed\": -1");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(harness.backend.requests.getFirst().sampling().seed()).isEmpty();
    }

    @Test
    void goesOnBehindEndTokensWhenToldTo() throws Exception {
        Reply reply =
                saying("x")
                        .complete(
                                "\"prompt\": \"A\", \"ignore_eos\": true, \"max_tokens\": 4,"
                                        + " \"return_token_ids\": true");
        assertThat(reply.at("choices[0].token_ids")).isEqualTo("[120,257,257,257]");
        assertThat(reply.text("choices[0].finish_reason")).isEqualTo("length");
    }

    @Test
    void streamsTheExactBytesOfEvents() throws Exception {
        Reply reply = saying("Hé").complete("\"prompt\": \"A\", \"stream\": true");

        assertThat(reply.header("content-type")).isEqualTo("text/event-stream; charset=utf-8");
        String head =
                "\"object\":\"text_completion\",\"created\":N,\"model\":\"maker/small-model\","
                        + "\"system_fingerprint\":\"F\"";
        String normal =
                reply.body()
                        .replaceAll("cmpl-[0-9a-f]{32}", "ID")
                        .replaceAll("\"created\":[0-9]+", "\"created\":N")
                        .replaceAll("fp_[0-9a-f]+", "F");
        assertThat(normal)
                .isEqualTo(
                        chunk(
                                        head,
                                        "{\"index\":0,\"text\":\"H\",\"logprobs\":null,"
                                                + "\"finish_reason\":null}")
                                + chunk(
                                        head,
                                        "{\"index\":0,\"text\":\"é\",\"logprobs\":null,"
                                                + "\"finish_reason\":null}")
                                + chunk(
                                        head,
                                        "{\"index\":0,\"text\":\"\",\"logprobs\":null,"
                                                + "\"finish_reason\":\"stop\"}")
                                + "data: [DONE]\n\n");
    }

    private static String chunk(String head, String choice) {
        return "data: {\"id\":\"ID\"," + head + ",\"choices\":[" + choice + "]}\n\n";
    }

    @Test
    void sendsUsageOnlyWhenAskedAndInAChunkOfItsOwn() throws Exception {
        saying("ab");
        List<JsonObject> without = harness.complete("\"prompt\": \"A\", \"stream\": true").chunks();
        List<JsonObject> with =
                harness.complete(
                                "\"prompt\": \"A\", \"stream\": true, \"stream_options\":"
                                        + " {\"include_usage\": true}")
                        .chunks();

        assertThat(without).noneMatch(chunk -> Reply.has(chunk, "usage"));
        assertThat(without).allMatch(chunk -> !Reply.find(chunk, "choices").equals(JsonArray.of()));
        assertThat(with.subList(0, with.size() - 1))
                .allMatch(chunk -> Reply.has(chunk, "usage") && Reply.isNull(chunk, "usage"));
        JsonObject last = with.getLast();
        assertThat(Reply.find(last, "choices")).isEqualTo(JsonArray.of());
        assertThat(Json.write(Reply.find(last, "usage.completion_tokens"))).isEqualTo("3");
        assertThat(with.stream().map(chunk -> Reply.find(chunk, "id")).distinct()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"prompt\": \"A\"",
                "\"prompt\": \"A\", \"logprobs\": 3, \"return_token_ids\": true",
                "\"prompt\": \"Aé\", \"echo\": true, \"logprobs\": 1",
                "\"prompt\": [\"A\", \"B\"], \"n\": 2, \"logprobs\": 1, \"echo\": true,"
                        + " \"return_token_ids\": true",
                "\"prompt\": \"A\", \"stop\": \"n€\", \"logprobs\": 0, \"return_token_ids\": true",
                "\"prompt\": \"A\", \"stop\": \"n€\", \"include_stop_str_in_output\": true",
                "\"prompt\": \"A\", \"max_tokens\": 5, \"logprobs\": 1, \"return_token_ids\": true",
                "\"prompt\": \"A\", \"max_tokens\": 0, \"echo\": true, \"logprobs\": 1",
                "\"prompt\": \"A\", \"max_tokens\": 0, \"return_token_ids\": true"
            })
    void streamedChunksJoinToTheWholeAnswer(String fields) throws Exception {
        saying("ein €uro und noch ein€ 🎉!");
        Reply whole = harness.complete(fields);
        List<JsonObject> chunks =
                harness.complete(
                                fields
                                        + ", \"stream\": true, \"stream_options\":"
                                        + " {\"include_usage\": true}")
                        .chunks();

        Map<JsonValue, Map<String, Object>> choices = new LinkedHashMap<>();
        for (JsonObject chunk : chunks.subList(0, chunks.size() - 1)) {
            JsonObject choice = (JsonObject) Reply.find(chunk, "choices[0]");
            join(
                    choices.computeIfAbsent(
                            Reply.find(choice, "index"), _ -> new LinkedHashMap<>()),
                    choice,
                    "");
        }
        JsonArray expected = (JsonArray) Reply.find(whole.json(), "choices");
        assertThat(choices).hasSize(expected.values().size());
        for (JsonValue choice : expected.values()) {
            Map<String, Object> flat = new LinkedHashMap<>();
            join(flat, (JsonObject) choice, "");
            assertThat(choices.get(Reply.find(choice, "index"))).isEqualTo(flat);
        }
        assertThat(Json.write(Reply.find(chunks.getLast(), "usage"))).isEqualTo(whole.at("usage"));
    }

    /** Adds strings and arrays to what earlier chunks brought; other values replace it. */
    private static void join(Map<String, Object> into, JsonObject object, String path) {
        object.members()
                .forEach((name, value) -> {
                    String at = path + name;
                    switch (value) {
                        case JsonString(String text) -> into.merge(at, text, (a, b) -> "" + a + b);
                        case JsonArray(List<JsonValue> values) -> {
                            if (!values.isEmpty()) {
                                List<Object> all = new ArrayList<>();
                                into.computeIfPresent(
                                        at,
                                        (_, before) -> {
                                            all.addAll((List<?>) before);
                                            return before;
                                        });
                                all.addAll(values);
                                into.put(at, all);
                            }
                        }
                        case JsonObject nested -> join(into, nested, at + ".");
                        case JsonNull _ -> {}
                        default -> into.put(at, value);
                    }
                });
    }

    @Test
    void padsChunksWhenAskedTo() throws Exception {
        List<JsonObject> chunks =
                saying("ab")
                        .complete(
                                "\"prompt\": \"A\", \"stream\": true, \"stream_options\":"
                                        + " {\"include_obfuscation\": true}")
                        .chunks();
        assertThat(chunks).allMatch(chunk -> Reply.has(chunk, "obfuscation"));
    }
}
