package dev.parlance.server.catalog;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.ModelDescription;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A model at one moment.
 *
 * @param created when this program began to serve it
 * @param progress 0 to 1 while it is being loaded, else 0
 * @param failed whether the last try to load it failed
 * @param description known since it was loaded for the first time
 * @param model present while it is loaded; may be closed at any moment, so only for statistics
 * @param loads how often it was loaded
 * @param failures how often that failed
 * @param unloads how often its memory was given back
 */
public record ModelStatus(
        String id,
        List<String> aliases,
        Instant created,
        State state,
        double progress,
        boolean failed,
        Optional<ModelDescription> description,
        Optional<LoadedModel> model,
        long loads,
        long failures,
        long unloads) {

    /** Whether requests find it in memory. */
    public enum State {
        UNLOADED,
        /** Being loaded, or about to be as soon as there is room. */
        LOADING,
        LOADED
    }
}
