package dev.parlance.engine.generation;

/** Something that continues prompts: an engine, or a fake in a test. Threads: safe. */
public interface GenerationBackend {
    /**
     * Takes a request into the queue; returns at once.
     *
     * @throws QueueFullException if no more requests can wait
     * @throws IllegalArgumentException if the request goes beyond the context or the vocabulary
     */
    GenerationStream submit(GenerationRequest request);
}
