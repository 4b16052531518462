package dev.parlance.server.catalog;

import dev.parlance.engine.LoadedModel;
import dev.parlance.engine.ModelDescription;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What the catalog knows of one model.
 *
 * <p>Threads: guarded by the catalog's lock, but for the progress, which the loading thread writes.
 */
final class ModelSlot {
    /**
     * Where a model is on its way: unloaded, queued, loading, loaded, unloading, and again. A load
     * that fails, or that nobody waits for any more while it is queued, leads back to unloaded.
     */
    enum State {
        UNLOADED,
        /** Wanted; waits for memory. */
        QUEUED,
        LOADING,
        LOADED,
        /** Its memory is being given back. */
        UNLOADING
    }

    final ServedModel model;
    final Instant created;

    /** Done when the first load of a model that is loaded at the start is over. */
    final CompletableFuture<Void> preloaded = new CompletableFuture<>();

    /** Requests that want it; empty while it is loaded. */
    final List<CompletableFuture<ModelLease>> waiting = new ArrayList<>();

    State state = State.UNLOADED;
    int leases;

    /** When it was last loaded or its last lease ended, by the catalog's clock. */
    long idleSince;

    boolean idleTimerRuns;

    /** Since when it must not be loaded again for a while, by the catalog's clock. */
    Optional<Long> failedAt = Optional.empty();

    long loads;
    long failures;
    long unloads;

    private @Nullable LocalModel loaded;
    private Optional<ModelDescription> description = Optional.empty();
    private volatile double progress;

    ModelSlot(ServedModel model, Instant created) {
        this.model = model;
        this.created = created;
    }

    boolean isIdle() {
        return state == State.LOADED && leases == 0;
    }

    /** Whether it has memory, or has been promised it. */
    boolean hasMemory() {
        return switch (state) {
            case UNLOADED, QUEUED -> false;
            case LOADING, LOADED, UNLOADING -> true;
        };
    }

    void begin() {
        state = State.LOADING;
        progress = 0;
    }

    void read(long bytes, long total) {
        progress = (double) bytes / total;
    }

    /** How much of it has been loaded, 0 to 1. */
    double progress() {
        return state == State.LOADING ? progress : 0;
    }

    void finish(LoadedModel model) {
        state = State.LOADED;
        loaded = new LocalModel(this.model.id(), created, model);
        description = Optional.of(model.description());
        failedAt = Optional.empty();
        loads++;
    }

    LocalModel loaded() {
        if (loaded == null) {
            throw new IllegalStateException(model.id() + " is not loaded");
        }
        return loaded;
    }

    /** Takes the model out, for closing. */
    LoadedModel takeOut() {
        LoadedModel model = loaded().model();
        state = State.UNLOADING;
        loaded = null;
        return model;
    }

    ModelStatus status() {
        ModelStatus.State visible =
                switch (state) {
                    case UNLOADED, UNLOADING -> ModelStatus.State.UNLOADED;
                    case QUEUED, LOADING -> ModelStatus.State.LOADING;
                    case LOADED -> ModelStatus.State.LOADED;
                };
        return new ModelStatus(
                model.id(),
                model.aliases(),
                created,
                visible,
                progress(),
                failedAt.isPresent(),
                description,
                Optional.ofNullable(loaded).map(LocalModel::model),
                loads,
                failures,
                unloads);
    }
}
