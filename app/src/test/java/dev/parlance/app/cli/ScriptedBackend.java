package dev.parlance.app.cli;

import dev.parlance.engine.generation.FinishReason;
import dev.parlance.engine.generation.GenerationBackend;
import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.GenerationStream;
import dev.parlance.engine.generation.TokenUsage;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/** Continues every prompt with the same letters, as far as the request allows; keeps requests. */
final class ScriptedBackend implements GenerationBackend {
    private final String continuation;
    private final Optional<GenerationEvent.Failed> failure;
    private final List<GenerationRequest> requests = new ArrayList<>();

    /**
     * @param failure what happens after the last letter; absent: the model's end
     */
    ScriptedBackend(String continuation, Optional<GenerationEvent.Failed> failure) {
        this.continuation = continuation;
        this.failure = failure;
    }

    List<GenerationRequest> requests() {
        return requests;
    }

    @Override
    public GenerationStream submit(GenerationRequest request) {
        requests.add(request);
        Queue<GenerationEvent> events = new ArrayDeque<>();
        events.add(new GenerationEvent.PromptComputed(0, List.of()));
        int count = Math.min(continuation.length(), request.maxTokens());
        for (int i = 0; i < count; i++) {
            events.add(
                    new GenerationEvent.TokenGenerated(
                            0, continuation.charAt(i), Optional.empty()));
        }
        if (failure.isPresent()) {
            events.add(failure.get());
        } else {
            boolean ended = count > 0 && continuation.charAt(count - 1) == '$';
            events.add(
                    new GenerationEvent.ChoiceFinished(
                            0, ended ? FinishReason.STOP_TOKEN : FinishReason.LENGTH));
            events.add(
                    new GenerationEvent.Finished(
                            new TokenUsage(request.promptTokens().length, 0, count)));
        }
        return new GenerationStream() {
            @Override
            public GenerationEvent next() {
                return events.remove();
            }

            @Override
            public void cancelChoice(int choice) {}

            @Override
            public void close() {}
        };
    }
}
