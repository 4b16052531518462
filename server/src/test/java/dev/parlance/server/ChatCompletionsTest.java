package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.generation.KvSharing;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonArray;
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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

class ChatCompletionsTest {
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

    private Harness saying(String text) {
        harness.backend.says(text);
        return harness;
    }

    @Test
    void handsTheCacheSaltToTheEngine() throws Exception {
        saying("x").chat(HI + ", \"cache_salt\": \"secret\", \"prompt_cache_key\": \"k\"");
        assertThat(harness.backend.requests.getLast().sharing())
                .isEqualTo(KvSharing.within("secret"));
    }

    private String lastPrompt() {
        int[] tokens = harness.backend.requests.getLast().promptTokens();
        return new ByteTokenizer().decode(tokens, true);
    }

    @Test
    void answersWithTheShapeOfTheSpecification() throws Exception {
        Reply reply = saying("Hello").chat(HI);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text("id")).startsWith("chatcmpl-");
        assertThat(reply.text("object")).isEqualTo("chat.completion");
        assertThat(reply.text("service_tier")).isEqualTo("default");
        assertThat(reply.at("choices"))
                .isEqualTo(
                        "[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hello\","
                                + "\"refusal\":null,\"annotations\":[]},\"logprobs\":null,"
                                + "\"finish_reason\":\"stop\"}]");
        assertThat(reply.at("usage"))
                .isEqualTo(
                        "{\"prompt_tokens\":20,\"completion_tokens\":6,\"total_tokens\":26,"
                                + "\"prompt_tokens_details\":{\"cached_tokens\":1,"
                                + "\"audio_tokens\":0},\"completion_tokens_details\":"
                                + "{\"reasoning_tokens\":0,\"audio_tokens\":0,"
                                + "\"accepted_prediction_tokens\":0,"
                                + "\"rejected_prediction_tokens\":0}}");
        assertThat(lastPrompt()).isEqualTo("<s>user:Hi</s><s>assistant:");
    }

    @Test
    void aPredictionIsHandedOverAndCounted() throws Exception {
        String hint = "\"prediction\": {\"type\": \"content\", \"content\": %s}";
        saying("Hello, World");
        Reply text = harness.chat(HI + ", " + hint.formatted("\"Hello, Wxxx</s>\""));
        Reply parts =
                harness.chat(
                        HI
                                + ", \"n\": 2, \"logprobs\": true, "
                                + hint.formatted(
                                        "[{\"type\": \"text\", \"text\": \"Hel\"},"
                                                + " {\"type\": \"text\", \"text\": \"lo\"}]"));

        assertThat(text.text("choices[0].message.content")).isEqualTo("Hello, World");
        // 8 of 15 tokens: nothing in a prediction is special.
        assertThat(text.number("usage.completion_tokens")).isEqualTo(13);
        String details = "usage.completion_tokens_details.";
        assertThat(text.number(details + "accepted_prediction_tokens")).isEqualTo(8);
        assertThat(text.number(details + "rejected_prediction_tokens")).isEqualTo(7);
        assertThat(parts.number(details + "accepted_prediction_tokens")).isEqualTo(10);
        assertThat(parts.number(details + "rejected_prediction_tokens")).isZero();
        assertThat(harness.backend.requests.getLast().prediction())
                .containsExactly('H', 'e', 'l', 'l', 'o');
    }

    @Test
    void userTextCannotForgeSpecialTokens() throws Exception {
        harness.chat("\"messages\": [{\"role\": \"user\", \"content\": \"</s>\"}]");
        int[] tokens = harness.backend.requests.getLast().promptTokens();
        assertThat(tokens).startsWith(256, 'u', 's', 'e', 'r', ':', '<', '/', 's', '>', 257);
    }

    @Test
    void readsEveryRoleAndWhatRealClientsSend() throws Exception {
        Reply reply =
                saying("ok")
                        .chat(
                                """
                                "messages": [
                                 {"role": "developer", "content": "d"},
                                 {"role": "system", "content": [{"type": "text", "text": "s"}]},
                                 {"role": "user", "content":
                                   [{"type": "text", "text": "u"}, {"type": "text", "text": "v"}],
                                  "name": "Ann"},
                                 {"role": "assistant", "tool_calls": [
                                  {"id": "call_1", "type": "function", "function":
                                   {"name": "f", "arguments": "{\\"a\\": 1}"}},
                                  {"id": "call_2", "function": {"name": "g", "arguments": {}}},
                                  {"id": "call_3", "type": "custom", "custom":
                                   {"name": "h", "input": "x = 1"}}]},
                                 {"role": "tool", "tool_call_id": "call_1", "content": "t"},
                                 {"role": "assistant", "content": null, "refusal": "no",
                                  "tool_calls": [], "reasoning_content": "hm"},
                                 {"role": "assistant", "content": "x", "reasoning": "hm",
                                  "function_call": {"name": "f", "arguments": "{}"}},
                                 {"role": "user", "content": ""}]\
                                """);

        assertThat(reply.body()).contains("\"ok\"");
        assertThat(lastPrompt())
                .isEqualTo(
                        "<s>system:d</s><s>system:s</s><s>user:u\nv</s><s>assistant:</s>"
                                + "<s>tool:t</s><s>assistant:no</s><s>assistant:x</s><s>user:</s>"
                                + "<s>assistant:");
    }

    @Test
    void continuesTheFinalMessageWhenAsked() throws Exception {
        harness.chat(
                "\"messages\": [{\"role\": \"assistant\", \"content\": \"Once\"}],"
                        + " \"continue_final_message\": true");
        assertThat(lastPrompt()).isEqualTo("<s>assistant:Once");

        harness.chat(HI + ", \"add_generation_prompt\": false");
        assertThat(lastPrompt()).isEqualTo("<s>user:Hi</s>");
    }

    @Test
    void handsVariablesToTheTemplate() throws Exception {
        harness.chat(HI + ", \"chat_template_kwargs\": {\"suffix\": \"<s>!\"}");
        assertThat(lastPrompt()).endsWith("assistant:<s>!");
        // A variable's text is not the template's: no special token in it.
        assertThat(harness.backend.requests.getLast().promptTokens()).endsWith('<', 's', '>', '!');
    }

    @Test
    void addsSpecialTokensToThePromptOnlyWhenAsked() throws Exception {
        String bare = "\"messages\": [{\"role\": \"user\", \"content\": \"A\"}]";
        harness.chat(bare);
        int[] plain = harness.backend.requests.getLast().promptTokens();
        harness.chat(bare + ", \"add_special_tokens\": true");
        // The template has written BOS, which is not doubled.
        assertThat(harness.backend.requests.getLast().promptTokens()).isEqualTo(plain);
        assertThat(plain).startsWith(ByteTokenizer.BOS, 'u');
    }

    @Test
    void prefersTheNewerNameOfTheLimit() throws Exception {
        saying("a".repeat(500));
        assertThat(choiceLength(", \"max_tokens\": 5, \"max_completion_tokens\": 3")).isEqualTo(3);
        assertThat(choiceLength(", \"max_tokens\": 5")).isEqualTo(5);
        assertThat(choiceLength("")).isEqualTo(Harness.CONTEXT - 20);
        assertThat(choiceLength(", \"max_completion_tokens\": -1")).isEqualTo(Harness.CONTEXT - 20);
    }

    private int choiceLength(String fields) throws Exception {
        Reply reply = harness.chat(HI + fields);
        assertThat(reply.text("choices[0].finish_reason")).isEqualTo("length");
        return reply.text("choices[0].message.content").length();
    }

    @Test
    void writesLogprobsWithRawBytes() throws Exception {
        Reply reply = saying("é").chat(HI + ", \"logprobs\": true, \"top_logprobs\": 1");

        assertThat(reply.at("choices[0].logprobs"))
                .isEqualTo(
                        "{\"content\":["
                                + entry("�", "-0.76171875", "195")
                                + ","
                                + entry("�", "-0.66015625", "169")
                                + ","
                                + entry("</s>", "-1.00390625", "60,47,115,62")
                                + "],\"refusal\":null}");
    }

    private static String entry(String token, String logprob, String bytes) {
        return "{\"token\":\""
                + token
                + "\",\"logprob\":"
                + logprob
                + ",\"bytes\":["
                + bytes
                + "],\"top_logprobs\":[{\"token\":\"a\",\"logprob\":-0.5,\"bytes\":[97]}]}";
    }

    @Test
    void leavesTopLogprobsEmptyUnlessAsked() throws Exception {
        Reply reply = saying("a").chat(HI + ", \"logprobs\": true");
        assertThat(reply.at("choices[0].logprobs.content[0].top_logprobs")).isEqualTo("[]");
    }

    @Test
    void returnsTokenIdsWhenAsked() throws Exception {
        Reply reply = saying("a").chat(HI + ", \"return_token_ids\": true");
        assertThat(reply.at("choices[0].token_ids")).isEqualTo("[97,257]");
        assertThat(reply.at("prompt_token_ids")).startsWith("[256,117,");
    }

    @Test
    void acceptsRefusedFieldsThatAskForNothing() throws Exception {
        Reply reply =
                harness.chat(
                        HI
                                + ", \"tools\": [], \"tool_choice\": \"none\", \"functions\": [],"
                                + " \"parallel_tool_calls\": true, \"store\": false,"
                                + " \"response_format\": {\"type\": \"text\"}, \"n\": 1,"
                                + " \"logit_bias\": {}, \"modalities\": [\"text\"],"
                                + " \"audio\": null, \"prediction\": null, \"metadata\": {},"
                                + " \"service_tier\": \"auto\", \"reasoning_effort\": \"low\","
                                + " \"top_logprobs\": 0, \"stream_options\": {},"
                                + " \"mirostat\": 0, \"user\": \"me\"");
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    }

    @Test
    void streamsRoleTextFinishAndEnd() throws Exception {
        List<JsonObject> chunks = saying("a€").chat(HI + ", \"stream\": true").chunks();

        assertThat(chunks.stream().map(chunk -> Json.write(Reply.find(chunk, "choices[0]"))))
                .containsExactly(
                        choice("{\"role\":\"assistant\",\"content\":\"\"}", "null"),
                        choice("{\"content\":\"a\"}", "null"),
                        choice("{\"content\":\"€\"}", "null"),
                        choice("{}", "\"stop\""));
        for (String same : List.of("id", "created", "model", "object", "system_fingerprint")) {
            assertThat(chunks.stream().map(chunk -> Reply.find(chunk, same)).distinct()).hasSize(1);
        }
        assertThat(chunks).noneMatch(chunk -> Reply.has(chunk, "usage"));
    }

    private static String choice(String delta, String finishReason) {
        return "{\"index\":0,\"delta\":"
                + delta
                + ",\"logprobs\":null,\"finish_reason\":"
                + finishReason
                + "}";
    }

    @Test
    void givesEachChoiceOneRoleAndOneFinish() throws Exception {
        harness.backend.script = (_, choice) -> FakeBackend.ids("answer " + choice);
        List<JsonObject> chunks = harness.chat(HI + ", \"stream\": true, \"n\": 3").chunks();

        for (int choice = 0; choice < 3; choice++) {
            String index = "\"index\":" + choice + ",";
            List<String> own =
                    chunks.stream()
                            .map(chunk -> Json.write(Reply.find(chunk, "choices[0]")))
                            .filter(text -> text.contains(index))
                            .toList();
            assertThat(own.getFirst()).contains("\"role\":\"assistant\"");
            assertThat(own.stream().filter(text -> text.contains("role"))).hasSize(1);
            assertThat(own.getLast()).contains("\"delta\":{}").contains("\"stop\"");
            assertThat(own.stream().filter(text -> text.contains("\"stop\""))).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ", \"n\": 2, \"logprobs\": true, \"top_logprobs\": 2, \"return_token_ids\": true",
                ", \"stop\": [\"n€\", \"zzz\"], \"logprobs\": true, \"return_token_ids\": true",
                ", \"stop\": \"n€\", \"include_stop_str_in_output\": true",
                ", \"max_tokens\": 6, \"logprobs\": true, \"return_token_ids\": true"
            })
    void streamedChunksJoinToTheWholeAnswer(String fields) throws Exception {
        harness.backend.script =
                (_, choice) -> FakeBackend.ids("ein €uro und noch ein€ 🎉! " + choice);
        Reply whole = harness.chat(HI + fields);
        List<JsonObject> chunks =
                harness.chat(
                                HI
                                        + fields
                                        + ", \"stream\": true, \"stream_options\":"
                                        + " {\"include_usage\": true}")
                        .chunks();

        Map<Integer, Joined> choices = new TreeMap<>();
        for (JsonObject chunk : chunks.subList(0, chunks.size() - 1)) {
            JsonObject choice = (JsonObject) Reply.find(chunk, "choices[0]");
            int index = Integer.parseInt(Json.write(Reply.find(choice, "index")));
            choices.computeIfAbsent(index, _ -> new Joined()).add(choice);
        }
        JsonArray expected = (JsonArray) Reply.find(whole.json(), "choices");
        assertThat(choices).hasSize(expected.values().size());
        for (int i = 0; i < choices.size(); i++) {
            Joined joined = new Joined();
            joined.addWhole((JsonObject) expected.values().get(i));
            assertThat(choices.get(i)).isEqualTo(joined);
        }
        assertThat(Json.write(Reply.find(chunks.getLast(), "usage"))).isEqualTo(whole.at("usage"));
        assertThat(Reply.find(chunks.getLast(), "choices")).isEqualTo(JsonArray.of());
    }

    private static final class Joined {
        private String text = "";
        private final List<JsonValue> logprobs = new ArrayList<>();
        private final List<JsonValue> tokenIds = new ArrayList<>();
        private String finishReason = "";

        void add(JsonObject choice) {
            addText((JsonObject) Reply.find(choice, "delta"));
            addRest(choice);
        }

        void addWhole(JsonObject choice) {
            addText((JsonObject) Reply.find(choice, "message"));
            addRest(choice);
        }

        private void addText(JsonObject delta) {
            delta.find("content").ifPresent(content -> text += ((JsonString) content).value());
        }

        private void addRest(JsonObject choice) {
            if (!Reply.isNull(choice, "logprobs")) {
                logprobs.addAll(((JsonArray) Reply.find(choice, "logprobs.content")).values());
            }
            choice.find("token_ids").ifPresent(ids -> tokenIds.addAll(((JsonArray) ids).values()));
            if (!Reply.isNull(choice, "finish_reason")) {
                finishReason += ((JsonString) Reply.find(choice, "finish_reason")).value();
            }
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Joined that && toString().equals(that.toString());
        }

        @Override
        public int hashCode() {
            return toString().hashCode();
        }

        @Override
        public String toString() {
            return text + "|" + logprobs + "|" + tokenIds + "|" + finishReason;
        }
    }
}
