package dev.parlance.server.catalog;

import dev.parlance.engine.LoadProgress;
import dev.parlance.engine.LoadedModel;

import java.io.IOException;

/** Loads a model; may be asked again after it was unloaded or has failed. */
@FunctionalInterface
public interface ModelLoader {
    /**
     * Loads it on the calling thread, which may take minutes.
     *
     * @param progress to be told how far it is
     * @throws IOException if it cannot be loaded, as with any other exception
     */
    LoadedModel load(LoadProgress progress) throws IOException;
}
