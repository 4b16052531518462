package dev.parlance.app.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.app.bench.Workload.Decode;
import dev.parlance.app.bench.Workload.Prefill;
import dev.parlance.engine.generation.FinishReason;
import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationEvent.ChoiceFinished;
import dev.parlance.engine.generation.GenerationEvent.Failed;
import dev.parlance.engine.generation.GenerationEvent.Finished;
import dev.parlance.engine.generation.GenerationEvent.PromptComputed;
import dev.parlance.engine.generation.GenerationEvent.TokenGenerated;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.TokenUsage;
import dev.parlance.engine.sampling.SamplingParams;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

class StopwatchTest {
    private static final GenerationEvent PROMPT = new PromptComputed(0, List.of());
    private static final GenerationEvent FINISHED = new Finished(new TokenUsage(1, 0, 1));
    private static final GenerationEvent CANCELLED = new Failed(Failed.Cause.CANCELLED, "closed");

    @Test
    void aPromptIsMeasuredWithTheOneTokenAfterIt() throws InterruptedException {
        ScriptedStreams backend = new ScriptedStreams(PROMPT, token(0), end(0), FINISHED);
        assertThat(new Stopwatch(backend, 300).tokensPerSecond(new Prefill(50))).isPositive();
        GenerationRequest request = backend.requests().getFirst();
        assertThat(request.promptTokens()).hasSize(50);
        assertThat(IntStream.of(request.promptTokens())).allMatch(id -> id >= 0 && id < 300);
        assertThat(request.maxTokens()).isEqualTo(1);
        assertThat(request.endTokens()).isEmpty();
        assertThat(request.sampling()).isEqualTo(SamplingParams.GREEDY);
        assertThat(backend.unread()).isEmpty();
    }

    @Test
    void noPromptIsMeasuredTwice() throws InterruptedException {
        ScriptedStreams backend = new ScriptedStreams(PROMPT, token(0), end(0), FINISHED);
        Stopwatch stopwatch = new Stopwatch(backend, 300);
        stopwatch.tokensPerSecond(new Prefill(50));
        stopwatch.tokensPerSecond(new Prefill(50));
        assertThat(backend.requests().get(0).promptTokens())
                .isNotEqualTo(backend.requests().get(1).promptTokens());
    }

    @Test
    void streamsAreChoicesThatGoOnUntilTheLastOneHasItsTokens() throws InterruptedException {
        // Two tokens of each: stream 1 begins a step after stream 0.
        ScriptedStreams backend =
                new ScriptedStreams(
                        PROMPT, token(0), token(0), token(1), token(0), token(1), token(0),
                        token(1), token(0), CANCELLED);
        assertThat(new Stopwatch(backend, 300).tokensPerSecond(new Decode(2, 7, 2))).isPositive();
        GenerationRequest request = backend.requests().getFirst();
        assertThat(request.promptTokens()).hasSize(7);
        assertThat(request.choices()).isEqualTo(2);
        assertThat(request.maxTokens()).isEqualTo(2 + 1 + 2);
        assertThat(request.endTokens()).isEmpty();
        // Read to its end, so that the next measurement finds the engine idle.
        assertThat(backend.unread()).isEmpty();
    }

    @Test
    void streamsThatDoNotRunTogetherAreNotMeasured() {
        ScriptedStreams backend = new ScriptedStreams(PROMPT, token(0), end(0), CANCELLED);
        assertThatThrownBy(() -> new Stopwatch(backend, 300).tokensPerSecond(new Decode(1, 0, 2)))
                .isInstanceOf(BenchmarkException.class)
                .hasMessageStartingWith("tg1 x2: a stream ended before the last one had its tokens")
                .hasMessageContaining("-Xmx8g");
    }

    @Test
    void aReusedPromptIsNotMeasured() {
        ScriptedStreams backend = new ScriptedStreams(new PromptComputed(16, List.of()));
        assertThatThrownBy(() -> new Stopwatch(backend, 300).tokensPerSecond(new Prefill(17)))
                .isInstanceOf(BenchmarkException.class)
                .hasMessage("16 tokens of the prompt were not computed but reused");
    }

    @Test
    void aFailureOfTheEngineIsTold() {
        ScriptedStreams backend =
                new ScriptedStreams(new Failed(Failed.Cause.ERROR, "not enough memory"));
        Stopwatch stopwatch = new Stopwatch(backend, 300);
        for (Workload workload : List.of(new Prefill(1), new Decode(1, 0, 1))) {
            assertThatThrownBy(() -> stopwatch.tokensPerSecond(workload))
                    .isInstanceOf(BenchmarkException.class)
                    .hasMessage("the engine ended a request: not enough memory");
        }
    }

    private static GenerationEvent token(int choice) {
        return new TokenGenerated(choice, 5, Optional.empty());
    }

    private static GenerationEvent end(int choice) {
        return new ChoiceFinished(choice, FinishReason.LENGTH);
    }
}
