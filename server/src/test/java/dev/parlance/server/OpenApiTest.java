package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.server.api.ApiField;
import dev.parlance.server.api.FieldTable;
import dev.parlance.server.api.StreamFields;
import dev.parlance.server.api.chatcompletions.ChatCompletionFields;
import dev.parlance.server.api.completions.CompletionFields;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Answers and field tables against OpenAI's own description. */
class OpenApiTest {
    private static final String HI = "\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]";

    private static OpenApi api;
    private static Harness harness;

    @BeforeAll
    static void start() throws IOException {
        api = OpenApi.load();
        harness = Harness.start(new FakeBackend().says("a€b"));
    }

    @AfterAll
    static void stop() {
        if (harness != null) {
            harness.close();
        }
    }

    private static Set<String> openAiNames(FieldTable table) {
        return table.fields().stream()
                .filter(field -> field.origin() == ApiField.Origin.OPENAI)
                .map(ApiField::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void theTablesHaveEveryFieldOfTheDescriptionAndNoOther() {
        assertThat(openAiNames(CompletionFields.TABLE))
                .isEqualTo(api.propertyNames("CreateCompletionRequest"));
        assertThat(openAiNames(ChatCompletionFields.TABLE))
                .isEqualTo(api.propertyNames("CreateChatCompletionRequest"));
        Set<String> streamOptions = new TreeSet<>(openAiNames(StreamFields.OPTIONS));
        assertThat(streamOptions).containsExactly("include_obfuscation", "include_usage");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"prompt\": \"A\"",
                "\"prompt\": [\"A\", \"B\"], \"n\": 2, \"logprobs\": 3, \"stop\": \"€\"",
                "\"prompt\": \"A\", \"max_tokens\": 0, \"return_token_ids\": true"
            })
    void completionsFitTheDescription(String fields) throws Exception {
        Reply reply = harness.complete(fields);
        assertThat(api.problems(reply.json(), "CreateCompletionResponse")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ", \"logprobs\": true, \"top_logprobs\": 2, \"n\": 2",
                ", \"max_tokens\": 1, \"return_token_ids\": true"
            })
    void chatCompletionsAndTheirChunksFitTheDescription(String fields) throws Exception {
        Reply whole = harness.chat(HI + fields);
        assertThat(api.problems(whole.json(), "CreateChatCompletionResponse")).isEmpty();

        Reply streamed =
                harness.chat(
                        HI
                                + fields
                                + ", \"stream\": true, \"stream_options\":"
                                + " {\"include_usage\": true, \"include_obfuscation\": true}");
        for (JsonObject chunk : streamed.chunks()) {
            assertThat(api.problems(chunk, "CreateChatCompletionStreamResponse")).isEmpty();
        }
    }

    @Test
    void modelsAndErrorsFitTheDescription() throws Exception {
        Reply list = harness.get("/v1/models");
        Reply error = harness.get("/v1/models/none");
        assertThat(api.problems(list.json(), "ListModelsResponse")).isEmpty();
        assertThat(api.problems(error.json(), "ErrorResponse")).isEmpty();
    }

    @Test
    void theCheckItselfFindsProblems() {
        assertThat(
                        api.problems(
                                Json.parse(
                                        "{\"id\": 1, \"choices\": [{\"finish_reason\": \"eos\"}],"
                                                + " \"created\": 1.5, \"model\": \"m\"}"),
                                "CreateChatCompletionResponse"))
                .anyMatch(problem -> problem.startsWith("/id: integer found, string expected"))
                .anyMatch(problem -> problem.startsWith("/choices/0/finish_reason: does not"))
                .anyMatch(problem -> problem.contains("'logprobs' not found"))
                .anyMatch(problem -> problem.startsWith("/created: number found, integer"))
                .anyMatch(problem -> problem.contains("'object' not found"));
    }
}
