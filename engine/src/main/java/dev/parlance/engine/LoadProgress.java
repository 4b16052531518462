package dev.parlance.engine;

/** Is told how far the loading of a model is. */
@FunctionalInterface
public interface LoadProgress {
    /** Tells nobody. */
    LoadProgress NONE = (_, _) -> {};

    /**
     * Called after each tensor, on the thread that loads; what it throws ends the loading.
     *
     * @param bytes of the weights that have been read
     * @param total bytes of all weights, more than 0
     */
    void read(long bytes, long total);
}
