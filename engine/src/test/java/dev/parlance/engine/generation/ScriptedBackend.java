package dev.parlance.engine.generation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Answers every request with given events, however the reader stops or cancels. */
final class ScriptedBackend implements GenerationBackend {
    private final List<GenerationEvent> script;
    final List<Integer> cancelledChoices = new ArrayList<>();
    boolean closed;

    ScriptedBackend(List<GenerationEvent> script) {
        this.script = List.copyOf(script);
    }

    @Override
    public GenerationStream submit(GenerationRequest request) {
        ArrayDeque<GenerationEvent> events = new ArrayDeque<>(script);
        return new GenerationStream() {
            @Override
            public GenerationEvent next() {
                return events.remove();
            }

            @Override
            public void cancelChoice(int choice) {
                cancelledChoices.add(choice);
            }

            @Override
            public void close() {
                closed = true;
            }
        };
    }
}
