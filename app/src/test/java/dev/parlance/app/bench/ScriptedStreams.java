package dev.parlance.app.bench;

import dev.parlance.engine.generation.GenerationBackend;
import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.GenerationStream;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/** A backend whose every request has the same events; keeps requests, and what was not read. */
final class ScriptedStreams implements GenerationBackend {
    private final List<GenerationEvent> events;
    private final List<GenerationRequest> requests = new ArrayList<>();
    private Queue<GenerationEvent> unread = new ArrayDeque<>();

    ScriptedStreams(GenerationEvent... events) {
        this.events = Arrays.asList(events);
    }

    List<GenerationRequest> requests() {
        return requests;
    }

    /** Events of the last request that nobody asked for. */
    Queue<GenerationEvent> unread() {
        return unread;
    }

    @Override
    public GenerationStream submit(GenerationRequest request) {
        requests.add(request);
        Queue<GenerationEvent> left = new ArrayDeque<>(events);
        unread = left;
        return new GenerationStream() {
            @Override
            public GenerationEvent next() {
                return left.remove();
            }

            @Override
            public void cancelChoice(int choice) {}

            @Override
            public void close() {}
        };
    }
}
