package dev.parlance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;

import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;

import reactor.core.publisher.Flux;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * Spring AI's chat model, built by hand; OpenAI's Java SDK is inside. It asks for log probabilities
 * but does not show them, nor the headers of an answer, and lists no models.
 */
class SpringAiClientTest extends ClientContract {
    @Override
    Client connect(Access access) {
        return new SpringAiClient(access);
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
        return Optional.of(
                OpenAiJavaClientTest.header(((OpenAIServiceException) error).headers(), name));
    }

    @Override
    boolean asksWithoutAKey() {
        return true;
    }

    @Override
    boolean triesAgainAsToldTo() {
        return true;
    }

    @Test
    void asksForSeveralAnswersWithLogProbabilities() {
        OpenAiChatOptions options =
                SpringAiClient.options(Access.to(program()))
                        .model(MODEL)
                        .temperature(0.0)
                        .n(2)
                        .logprobs(true)
                        .topLogprobs(3)
                        .build();

        ChatResponse response =
                OpenAiChatModel.builder()
                        .options(options)
                        .build()
                        .call(new Prompt(GREETING, options));

        assertThat(response.getResults())
                .hasSize(2)
                .allSatisfy(
                        result -> assertThat(result.getOutput().getText()).contains("Parlance"));
    }

    private static final class SpringAiClient implements Client {
        private final Access access;
        private final OpenAiChatModel model;

        SpringAiClient(Access access) {
            this.access = access;
            model = OpenAiChatModel.builder().options(options(access).build()).build();
        }

        @Override
        public Answer ask(Question question) {
            return answer(List.of(model.call(prompt(question, MAX_TOKENS, Map.of()))));
        }

        @Override
        public Answer stream(Question question) throws Exception {
            Flux<ChatResponse> stream = model.stream(prompt(question, MAX_TOKENS, Map.of()));
            try {
                return answer(stream.toStream().toList());
            } catch (CompletionException e) {
                throw (Exception) e.getCause();
            }
        }

        @Override
        public void leaveAfterTheFirstPiece(Question question) {
            Flux<ChatResponse> stream =
                    model.stream(prompt(question, WITHOUT_END, Map.of("ignore_eos", true)));
            assertThat(stream.blockFirst()).isNotNull();
        }

        @Override
        public void askWithoutEnd(Question question) {
            model.call(prompt(question, WITHOUT_END, Map.of("ignore_eos", true, "n", CHOICES)));
        }

        @Override
        public Optional<String> headerOfAnswer(Question question, String name) {
            return Optional.empty();
        }

        @Override
        public Optional<List<String>> models() {
            return Optional.empty();
        }

        @Override
        public void close() {
            // Spring AI's clients have no end.
        }

        private Prompt prompt(Question question, int maxTokens, Map<String, Object> more) {
            OpenAiChatOptions.Builder options = options(access);
            options.model(question.model())
                    .temperature(question.temperature())
                    .maxCompletionTokens(maxTokens)
                    .extraBody(more)
                    .streamUsage(true);
            question.stop().ifPresent(stop -> options.stop(List.of(stop)));
            return new Prompt(new UserMessage(question.text()), options.build());
        }

        private static OpenAiChatOptions.Builder options(Access access) {
            OpenAiChatOptions.Builder options = OpenAiChatOptions.builder();
            options.baseUrl(access.baseUrl())
                    .apiKey(access.key())
                    .maxRetries(access.retries())
                    .timeout(access.timeout());
            return options;
        }

        /** Usage comes with the last piece, the reason to finish with one of the last. */
        private static Answer answer(List<ChatResponse> pieces) {
            StringBuilder text = new StringBuilder();
            String finishReason = "";
            for (ChatResponse piece : pieces) {
                for (Generation result : piece.getResults()) {
                    text.append(Objects.requireNonNullElse(result.getOutput().getText(), ""));
                    String reason = result.getMetadata().getFinishReason();
                    if (reason != null && !reason.isEmpty()) {
                        finishReason = reason;
                    }
                }
            }
            var usage = pieces.getLast().getMetadata().getUsage();
            return new Answer(
                    text.toString(),
                    finishReason,
                    usage.getPromptTokens(),
                    usage.getCompletionTokens());
        }
    }
}
