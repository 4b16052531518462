package dev.parlance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.catalog.ModelDescription;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiModelCatalog;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * LangChain4j, over the JDK's HTTP client. Of several answers it shows the first, and of an error
 * no headers.
 */
class LangChain4jClientTest extends ClientContract {
    @Override
    Client connect(Access access) {
        return new LangChain4jClient(access);
    }

    @Override
    Exceptions exceptions() {
        return new Exceptions(
                InvalidRequestException.class,
                AuthenticationException.class,
                ModelNotFoundException.class,
                RateLimitException.class,
                InternalServerException.class);
    }

    @Override
    Optional<String> headerOfError(Throwable error, String name) {
        return Optional.empty();
    }

    @Override
    boolean asksWithoutAKey() {
        return true;
    }

    /** It tries again on a schedule of its own, and after every 5xx. */
    @Override
    boolean triesAgainAsToldTo() {
        return false;
    }

    @Test
    void readsLogProbabilities() {
        OpenAiChatModel model =
                OpenAiChatModel.builder()
                        .baseUrl(program().baseUrl() + "/v1")
                        .apiKey(Program.KEY)
                        .modelName(MODEL)
                        .temperature(0.0)
                        .logprobs(true)
                        .topLogprobs(3)
                        .build();

        ChatResponse answer = model.chat(UserMessage.from(GREETING));

        OpenAiChatResponseMetadata metadata = (OpenAiChatResponseMetadata) answer.metadata();
        assertThat(metadata.systemFingerprint()).startsWith("fp_");
        assertThat(metadata.logProbs())
                .hasSizeGreaterThan(2)
                .allSatisfy(token -> {
                    assertThat(token.logprob()).isNotPositive();
                    assertThat(token.topLogprobs()).hasSize(3);
                });
    }

    private static final class LangChain4jClient implements Client {
        private final OpenAiChatModel model;
        private final OpenAiStreamingChatModel streaming;
        private final OpenAiModelCatalog catalog;

        LangChain4jClient(Access access) {
            String url = access.baseUrl();
            String key = access.key();
            model =
                    OpenAiChatModel.builder()
                            .baseUrl(url)
                            .apiKey(key)
                            .maxRetries(access.retries())
                            .timeout(access.timeout())
                            .build();
            streaming = OpenAiStreamingChatModel.builder().baseUrl(url).apiKey(key).build();
            catalog = OpenAiModelCatalog.builder().baseUrl(url).apiKey(key).build();
        }

        @Override
        public Answer ask(Question question) {
            return answer(model.chat(request(question, MAX_TOKENS, Map.of())));
        }

        @Override
        public Answer stream(Question question) throws Exception {
            StringBuilder pieces = new StringBuilder();
            CompletableFuture<ChatResponse> end = new CompletableFuture<>();
            streaming.chat(
                    request(question, MAX_TOKENS, Map.of()),
                    new Handler(end) {
                        @Override
                        public void onPartialResponse(String piece) {
                            pieces.append(piece);
                        }
                    });
            Answer answer;
            try {
                answer = answer(end.get());
            } catch (ExecutionException e) {
                throw (Exception) e.getCause();
            }
            assertThat(pieces.toString()).isEqualTo(answer.text());
            return answer;
        }

        @Override
        public void leaveAfterTheFirstPiece(Question question) {
            streaming.chat(
                    request(question, WITHOUT_END, Map.of("ignore_eos", true)),
                    new Handler(new CompletableFuture<>()) {
                        @Override
                        public void onPartialResponse(
                                PartialResponse piece, PartialResponseContext context) {
                            context.streamingHandle().cancel();
                        }
                    });
        }

        @Override
        public void askWithoutEnd(Question question) {
            model.chat(request(question, WITHOUT_END, Map.of("ignore_eos", true, "n", CHOICES)));
        }

        @Override
        public Optional<String> headerOfAnswer(Question question, String name) {
            ChatResponse answer = model.chat(request(question, MAX_TOKENS, Map.of()));
            var metadata = (OpenAiChatResponseMetadata) answer.metadata();
            return metadata.rawHttpResponse().headers().get(name).stream().findFirst();
        }

        @Override
        public Optional<List<String>> models() {
            return Optional.of(catalog.listModels().stream().map(ModelDescription::name).toList());
        }

        @Override
        public void close() {
            // LangChain4j's clients have no end.
        }

        private static ChatRequest request(
                Question question, int maxTokens, Map<String, Object> more) {
            return ChatRequest.builder()
                    .messages(UserMessage.from(question.text()))
                    .parameters(
                            OpenAiChatRequestParameters.builder()
                                    .modelName(question.model())
                                    .temperature(question.temperature())
                                    .maxCompletionTokens(maxTokens)
                                    .stopSequences(question.stop().stream().toList())
                                    .customParameters(more)
                                    .build())
                    .build();
        }

        private static Answer answer(ChatResponse response) {
            return new Answer(
                    response.aiMessage().text(),
                    response.finishReason().name(),
                    response.tokenUsage().inputTokenCount(),
                    response.tokenUsage().outputTokenCount());
        }

        private abstract static class Handler implements StreamingChatResponseHandler {
            private final CompletableFuture<ChatResponse> end;

            Handler(CompletableFuture<ChatResponse> end) {
                this.end = end;
            }

            @Override
            public final void onCompleteResponse(ChatResponse response) {
                end.complete(response);
            }

            @Override
            public final void onError(Throwable error) {
                end.completeExceptionally(error);
            }
        }
    }
}
