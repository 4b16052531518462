package dev.parlance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.models.Model;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;

/** The packaged program, started without a model: a first minute without a download. */
class EmbeddedModelTest {
    private static final String MODEL = "parlance-tiny";

    private static Program program;
    private static OpenAIClient client;

    @BeforeAll
    static void startTheProgram() throws IOException {
        program = Program.serve();
        client = OpenAiJavaClientTest.openAi(Access.to(program));
    }

    @AfterAll
    static void stopTheProgram() {
        client.close();
        program.close();
    }

    @Test
    void itIsListed() {
        List<Model> models = client.models().list().data();

        assertThat(models).extracting(Model::id).containsExactly(MODEL);
        assertThat(models.getFirst().ownedBy()).isEqualTo("parlance");
    }

    @Test
    void itAnswers() {
        ChatCompletion answer =
                client.chat()
                        .completions()
                        .create(chat().addUserMessage("Hello").maxCompletionTokens(16).build());

        answer.validate();
        assertThat(answer.model()).isEqualTo(MODEL);
        assertThat(answer.choices().getFirst().message().content()).isPresent();
        assertThat(answer.usage().orElseThrow().completionTokens()).isPositive();
    }

    @Test
    void itRemembersAName() {
        ChatCompletion answer =
                client.chat()
                        .completions()
                        .create(
                                chat().addUserMessage("Hello, my name is Quillon.")
                                        .addAssistantMessage("Nice to meet you, Quillon!")
                                        .addUserMessage("What is my name?")
                                        .maxCompletionTokens(40)
                                        .build());

        assertThat(answer.choices().getFirst().message().content().orElseThrow())
                .contains("Quillon");
    }

    private static ChatCompletionCreateParams.Builder chat() {
        return ChatCompletionCreateParams.builder().model(MODEL).temperature(0.0);
    }
}
