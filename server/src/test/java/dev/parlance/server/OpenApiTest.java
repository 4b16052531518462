package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.json.Json;
import dev.parlance.server.api.ApiField;
import dev.parlance.server.api.FieldTable;
import dev.parlance.server.api.StreamFields;
import dev.parlance.server.api.chatcompletions.ChatCompletionFields;
import dev.parlance.server.api.completions.CompletionFields;
import dev.parlance.server.openapi.Leniency;
import dev.parlance.server.openapi.OpenApi;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Field tables, and what is accepted besides, against OpenAI's own description. */
class OpenApiTest {
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
    @EnumSource(Leniency.class)
    void whatIsAcceptedBeyondTheDescriptionIsNotInIt(Leniency leniency) throws Exception {
        boolean chat = leniency.example().contains("messages");
        String schema = chat ? "CreateChatCompletionRequest" : "CreateCompletionRequest";
        String fields = leniency.example() + (chat ? "" : ", \"prompt\": \"A\"");

        assertThat(api.problems(Json.parse(Harness.body(fields)), schema)).isNotEmpty();
        Reply reply = chat ? harness.chat(fields) : harness.complete(fields);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    }
}
