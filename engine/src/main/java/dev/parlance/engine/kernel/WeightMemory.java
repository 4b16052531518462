package dev.parlance.engine.kernel;

import java.lang.foreign.Arena;

/**
 * The memory of a model's packed weights, outside the Java heap.
 *
 * <p>Threads: any may allocate; {@link #close} when no kernel of the model is used any more, after
 * which theirs throw {@link IllegalStateException}.
 */
public final class WeightMemory implements AutoCloseable {
    private final Arena arena = Arena.ofShared();

    /** Empty memory. */
    public WeightMemory() {}

    Arena arena() {
        return arena;
    }

    /** Frees all of it; once. */
    @Override
    public void close() {
        arena.close();
    }
}
