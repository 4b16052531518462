package dev.parlance.server.catalog;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The models that are served. Starts empty and not ready, so that the server can listen while
 * models load.
 *
 * <p>Threads: safe.
 */
public final class ModelCatalog {
    private final boolean acceptAnyName;
    private final Map<String, ModelTarget> targets = new LinkedHashMap<>();
    private boolean ready;

    /**
     * @param acceptAnyName whether a name that no model has means the first model, for clients that
     *     cannot be told a name
     */
    public ModelCatalog(boolean acceptAnyName) {
        this.acceptAnyName = acceptAnyName;
    }

    /** A catalog that is complete. */
    public static ModelCatalog of(ModelTarget... targets) {
        ModelCatalog catalog = new ModelCatalog(false);
        for (ModelTarget target : targets) {
            catalog.add(target);
        }
        catalog.markReady();
        return catalog;
    }

    /**
     * @throws IllegalArgumentException if another model has the name
     */
    public synchronized void add(ModelTarget target) {
        if (targets.putIfAbsent(target.id(), target) != null) {
            throw new IllegalArgumentException(
                    "two models are named '" + target.id() + "'; give one another name");
        }
    }

    /** Says that every model has been loaded. */
    public synchronized void markReady() {
        ready = true;
    }

    /** Whether every model has been loaded, and there is one. */
    public synchronized boolean isReady() {
        return ready && !targets.isEmpty();
    }

    /** The model of this name, or the one that stands in for unknown names. */
    public synchronized Optional<ModelTarget> find(String id) {
        ModelTarget exact = targets.get(id);
        if (exact == null && acceptAnyName) {
            return targets.values().stream().findFirst();
        }
        return Optional.ofNullable(exact);
    }

    /** All models, in the order they were added. */
    public synchronized List<ModelTarget> all() {
        return List.copyOf(targets.values());
    }
}
