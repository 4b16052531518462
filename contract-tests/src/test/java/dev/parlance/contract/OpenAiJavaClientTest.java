package dev.parlance.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.models.Model;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** OpenAI's official Java SDK against the packaged program, on a tiny random model. */
class OpenAiJavaClientTest {
    private static final String MODEL = "tiny";

    private static Program program;
    private static OpenAIClient client;

    @BeforeAll
    static void startTheProgram(@TempDir Path folder) throws IOException {
        program = Program.serve(TinyModel.write(folder.resolve("tiny.gguf")), "--name", MODEL);
        client = program.client();
    }

    @AfterAll
    static void stopTheProgram() {
        client.close();
        program.close();
    }

    private static CompletionCreateParams.Builder completion() {
        return CompletionCreateParams.builder()
                .model(MODEL)
                .prompt("the tea")
                .maxTokens(8)
                .temperature(0.0)
                .putAdditionalBodyProperty("ignore_eos", JsonValue.from(true));
    }

    private static ChatCompletionCreateParams.Builder chat() {
        return ChatCompletionCreateParams.builder()
                .model(MODEL)
                .addSystemMessage("Be brief.")
                .addUserMessage("the tea")
                .maxCompletionTokens(8)
                .temperature(0.0)
                .putAdditionalBodyProperty("ignore_eos", JsonValue.from(true));
    }

    @Test
    void completes() {
        Completion answer = client.completions().create(completion().logprobs(2).build());

        assertThat(answer.choices()).hasSize(1);
        assertThat(answer.choices().getFirst().finishReason().asString()).isEqualTo("length");
        assertThat(answer.choices().getFirst().logprobs().orElseThrow().tokens().orElseThrow())
                .hasSize(8);
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(8);
    }

    @Test
    void streamsACompletionToTheSameText() {
        String whole =
                client.completions().create(completion().build()).choices().getFirst().text();

        StringBuilder streamed = new StringBuilder();
        try (StreamResponse<Completion> stream =
                client.completions().createStreaming(completion().build())) {
            stream.stream()
                    .flatMap(chunk -> chunk.choices().stream())
                    .forEach(choice -> streamed.append(choice.text()));
        }
        assertThat(streamed.toString()).isEqualTo(whole);
    }

    @Test
    void chats() {
        ChatCompletion answer =
                client.chat()
                        .completions()
                        .create(chat().logprobs(true).topLogprobs(3).n(2).build());

        answer.validate();
        assertThat(answer.choices()).hasSize(2);
        assertThat(answer.choices().getFirst().finishReason().asString()).isEqualTo("length");
        assertThat(answer.choices().getFirst().message().content()).isPresent();
        assertThat(answer.choices().getFirst().logprobs().orElseThrow().content().orElseThrow())
                .hasSize(8)
                .allSatisfy(token -> assertThat(token.topLogprobs()).hasSize(3));
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(16);
    }

    @Test
    void streamsAChatToTheSameAnswer() {
        ChatCompletion whole = client.chat().completions().create(chat().build());

        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        ChatCompletionCreateParams params =
                chat().streamOptions(
                                ChatCompletionStreamOptions.builder().includeUsage(true).build())
                        .build();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(params)) {
            stream.stream().peek(ChatCompletionChunk::validate).forEach(accumulator::accumulate);
        }
        ChatCompletion streamed = accumulator.chatCompletion();
        assertThat(streamed.choices().getFirst().message().content())
                .isEqualTo(whole.choices().getFirst().message().content());
        assertThat(streamed.choices().getFirst().finishReason())
                .isEqualTo(whole.choices().getFirst().finishReason());
        assertThat(streamed.usage().orElseThrow().totalTokens())
                .isEqualTo(whole.usage().orElseThrow().totalTokens());
    }

    @Test
    void listsTheModel() {
        List<Model> models = client.models().list().data();

        assertThat(models).extracting(Model::id).containsExactly(MODEL);
        assertThat(client.models().retrieve(MODEL).id()).isEqualTo(MODEL);
    }

    @Test
    void anUnknownModelIsNotFound() {
        assertThatThrownBy(() -> client.completions().create(completion().model("other").build()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("other");
    }

    @Test
    void aBadValueIsABadRequestWithItsParam() {
        assertThatThrownBy(
                        () -> client.chat().completions().create(chat().temperature(3.0).build()))
                .isInstanceOfSatisfying(
                        BadRequestException.class,
                        error -> {
                            assertThat(error.param()).contains("temperature");
                            assertThat(error.type()).contains("invalid_request_error");
                        });
    }

    @Test
    void aPromptBeyondTheContextIsABadRequest() {
        assertThatThrownBy(() ->
                        client.chat()
                                .completions()
                                .create(chat().addUserMessage("tea ".repeat(2000)).build()))
                .isInstanceOfSatisfying(
                        BadRequestException.class,
                        error -> assertThat(error.code()).contains("context_length_exceeded"));
    }
}
