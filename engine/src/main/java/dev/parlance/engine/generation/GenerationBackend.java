package dev.parlance.engine.generation;

import java.util.Optional;

/** Something that continues prompts: an engine, or a fake in a test. Threads: safe. */
public interface GenerationBackend {
    /**
     * Takes a request into the queue; returns at once.
     *
     * @throws QueueFullException if no more requests can wait
     * @throws IllegalArgumentException if the request goes beyond the context or the vocabulary
     */
    GenerationStream submit(GenerationRequest request);

    /** What it does now and has done; empty where nobody counts. */
    default Optional<BackendStatistics> statistics() {
        return Optional.empty();
    }
}
