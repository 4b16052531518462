package dev.parlance.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.Headers;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.models.Model;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

/** OpenAI's official Java SDK. It does not ask without a key. */
class OpenAiJavaClientTest extends ClientContract {
    private OpenAIClient client;

    @Override
    Client connect(Access access) {
        return new OpenAiJavaClient(openAi(access));
    }

    static OpenAIClient openAi(Access access) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(access.baseUrl())
                .apiKey(access.key())
                .maxRetries(access.retries())
                .timeout(access.timeout())
                .build();
    }

    @Override
    Exceptions exceptions() {
        return new Exceptions(
                BadRequestException.class,
                UnauthorizedException.class,
                NotFoundException.class,
                RateLimitException.class,
                InternalServerException.class);
    }

    @Override
    Optional<String> headerOfError(Throwable error, String name) {
        return Optional.of(header(((OpenAIServiceException) error).headers(), name));
    }

    @Override
    boolean asksWithoutAKey() {
        return false;
    }

    @Override
    boolean triesAgainAsToldTo() {
        return true;
    }

    static String header(Headers headers, String name) {
        return String.join("", headers.values(name));
    }

    @BeforeEach
    void connect() {
        client = openAi(Access.to(program()));
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    private static CompletionCreateParams.Builder completion() {
        return CompletionCreateParams.builder()
                .model(MODEL)
                .prompt("Once upon a time")
                .maxTokens(8)
                .temperature(0.0)
                .putAdditionalBodyProperty("ignore_eos", JsonValue.from(true));
    }

    private static ChatCompletionCreateParams.Builder chat() {
        return ChatCompletionCreateParams.builder()
                .model(MODEL)
                .addSystemMessage("You are a pirate.")
                .addUserMessage(GREETING)
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
    void asksForSeveralAnswersWithLogProbabilities() {
        ChatCompletion answer =
                client.chat()
                        .completions()
                        .create(chat().logprobs(true).topLogprobs(3).n(2).build());

        answer.validate();
        assertThat(answer.choices())
                .hasSize(2)
                .allSatisfy(choice ->
                        assertThat(choice.logprobs().orElseThrow().content().orElseThrow())
                                .hasSize(8)
                                .allSatisfy(token -> assertThat(token.topLogprobs()).hasSize(3)));
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(16);
    }

    @Test
    void retrievesAModel() {
        assertThat(client.models().retrieve(MODEL).id()).isEqualTo(MODEL);
    }

    @Test
    void anErrorNamesItsParamTypeAndCode() {
        assertThatThrownBy(
                        () -> client.chat().completions().create(chat().temperature(3.0).build()))
                .isInstanceOfSatisfying(
                        BadRequestException.class,
                        error -> {
                            assertThat(error.param()).contains("temperature");
                            assertThat(error.type()).contains("invalid_request_error");
                        });
        assertThatThrownBy(() ->
                        client.chat()
                                .completions()
                                .create(chat().addUserMessage("tea ".repeat(3000)).build()))
                .isInstanceOfSatisfying(
                        BadRequestException.class,
                        error -> assertThat(error.code()).contains("context_length_exceeded"));
    }

    private record OpenAiJavaClient(OpenAIClient client) implements Client {
        @Override
        public Answer ask(Question question) {
            return answer(client.chat().completions().create(params(question).build()));
        }

        @Override
        public Answer stream(Question question) {
            ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
            ChatCompletionCreateParams params =
                    params(question)
                            .streamOptions(
                                    ChatCompletionStreamOptions.builder()
                                            .includeUsage(true)
                                            .build())
                            .build();
            try (StreamResponse<ChatCompletionChunk> stream =
                    client.chat().completions().createStreaming(params)) {
                stream.stream()
                        .peek(ChatCompletionChunk::validate)
                        .forEach(accumulator::accumulate);
            }
            return answer(accumulator.chatCompletion());
        }

        @Override
        public void leaveAfterTheFirstPiece(Question question) {
            ChatCompletionCreateParams params =
                    params(question)
                            .maxCompletionTokens(WITHOUT_END)
                            .putAdditionalBodyProperty("ignore_eos", JsonValue.from(true))
                            .build();
            try (StreamResponse<ChatCompletionChunk> stream =
                    client.chat().completions().createStreaming(params)) {
                assertThat(stream.stream().findFirst()).isPresent();
            }
        }

        @Override
        public void askWithoutEnd(Question question) {
            client.chat()
                    .completions()
                    .create(
                            params(question)
                                    .n(CHOICES)
                                    .maxCompletionTokens(WITHOUT_END)
                                    .putAdditionalBodyProperty("ignore_eos", JsonValue.from(true))
                                    .build());
        }

        @Override
        public Optional<String> headerOfAnswer(Question question, String name) {
            var answer =
                    client.chat().completions().withRawResponse().create(params(question).build());
            return Optional.of(header(answer.headers(), name));
        }

        @Override
        public Optional<List<String>> models() {
            return Optional.of(client.models().list().data().stream().map(Model::id).toList());
        }

        @Override
        public void close() {
            client.close();
        }

        private static ChatCompletionCreateParams.Builder params(Question question) {
            ChatCompletionCreateParams.Builder params =
                    ChatCompletionCreateParams.builder()
                            .model(question.model())
                            .addUserMessage(question.text())
                            .temperature(question.temperature())
                            .maxCompletionTokens(MAX_TOKENS);
            question.stop().ifPresent(params::stop);
            return params;
        }

        private static Answer answer(ChatCompletion completion) {
            completion.validate();
            ChatCompletion.Choice choice = completion.choices().getFirst();
            return new Answer(
                    choice.message().content().orElseThrow(),
                    choice.finishReason().asString(),
                    completion.usage().orElseThrow().promptTokens(),
                    completion.usage().orElseThrow().completionTokens());
        }
    }
}
