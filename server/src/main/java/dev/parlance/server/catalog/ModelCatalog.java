package dev.parlance.server.catalog;

import dev.parlance.engine.LoadedModel;
import dev.parlance.server.catalog.ModelSlot.State;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The models that are served, and which of them are in memory.
 *
 * <p>Requests borrow a model; the first one has it loaded, and all that come meanwhile wait for the
 * same load. Where memory is limited, models without requests make room for one that is wanted, the
 * longest unused first. Models that are wanted and find no room are served in the order in which
 * they were asked for; one that has requests is never unloaded. After a load that failed there is a
 * pause before the next try.
 *
 * <p>Threads: safe. Loading and closing, which take long, have threads of their own.
 */
public final class ModelCatalog implements AutoCloseable {
    /**
     * Between a load that failed and the next try, so that clients' retries do not keep loading.
     */
    private static final Duration FAILURE_PAUSE = Duration.ofSeconds(10);

    private static final int RETRY_SECONDS = 5;

    private final CatalogOptions options;
    private final Background background;
    private final Map<String, ModelSlot> slots = new LinkedHashMap<>();

    /** Ids and aliases. */
    private final Map<String, ModelSlot> names = new LinkedHashMap<>();

    /** Models that wait for memory, in the order in which they were asked for. */
    private final ArrayDeque<ModelSlot> queue = new ArrayDeque<>();

    private boolean closed;

    /**
     * Loads nothing yet.
     *
     * @throws IllegalArgumentException if two models have a name in common, or the memory is too
     *     small for one of them or for those that are to be loaded at the start
     */
    public ModelCatalog(List<ServedModel> models, CatalogOptions options) {
        this(models, options, Instant.now(), Background.threads());
    }

    ModelCatalog(
            List<ServedModel> models,
            CatalogOptions options,
            Instant created,
            Background background) {
        this.options = options;
        this.background = background;
        for (ServedModel model : models) {
            ModelSlot slot = new ModelSlot(model, created);
            slots.put(model.id(), slot);
            addName(model.id(), slot);
            model.aliases().forEach(alias -> addName(alias, slot));
        }
        options.memoryBytes().ifPresent(limit -> checkMemory(models, limit));
    }

    /** A catalog of models that are loaded already; it closes them with itself. */
    public static ModelCatalog of(LocalModel... models) {
        List<ServedModel> served = new ArrayList<>();
        for (LocalModel model : models) {
            served.add(
                    new ServedModel(
                            model.id(), List.of(), 0, true, Optional.empty(), _ -> model.model()));
        }
        Instant created = models.length == 0 ? Instant.EPOCH : models[0].created();
        ModelCatalog catalog =
                new ModelCatalog(served, CatalogOptions.DEFAULT, created, Background.threads());
        catalog.preload().join();
        return catalog;
    }

    private void addName(String name, ModelSlot slot) {
        if (names.putIfAbsent(name, slot) != null) {
            throw new IllegalArgumentException(
                    "two models are named '" + name + "'; give one another name");
        }
    }

    private static void checkMemory(List<ServedModel> models, long limit) {
        long preloaded = 0;
        for (ServedModel model : models) {
            if (model.sizeBytes() > limit) {
                throw new IllegalArgumentException(
                        "model '"
                                + model.id()
                                + "' needs "
                                + mebibytes(model.sizeBytes())
                                + " MiB, more than the "
                                + mebibytes(limit)
                                + " MiB for all models");
            }
            preloaded += model.preload() ? model.sizeBytes() : 0;
        }
        if (preloaded > limit) {
            throw new IllegalArgumentException(
                    "the models to load at the start need "
                            + mebibytes(preloaded)
                            + " MiB, more than the "
                            + mebibytes(limit)
                            + " MiB for all models");
        }
    }

    private static long mebibytes(long bytes) {
        return Math.ceilDiv(bytes, 1L << 20);
    }

    /**
     * Begins to load the models that are to be loaded at the start.
     *
     * @return done when they are; fails with what the first one to fail threw
     */
    public synchronized CompletableFuture<Void> preload() {
        List<ModelSlot> wanted =
                slots.values().stream().filter(slot -> slot.model.preload()).toList();
        wanted.stream().filter(slot -> slot.state == State.UNLOADED).forEach(this::enqueue);
        return CompletableFuture.allOf(
                wanted.stream().map(slot -> slot.preloaded).toArray(CompletableFuture<?>[]::new));
    }

    /** Whether there is a model, and what was to be loaded at the start has been. */
    public boolean isReady() {
        return !slots.isEmpty()
                && slots.values().stream()
                        .filter(slot -> slot.model.preload())
                        .allMatch(
                                slot -> slot.preloaded.state() == CompletableFuture.State.SUCCESS);
    }

    /** The model of this name or alias, or the one that stands in for unknown names. */
    public Optional<String> find(String name) {
        ModelSlot slot = names.get(name);
        if (slot == null && options.acceptAnyName()) {
            return first();
        }
        return Optional.ofNullable(slot).map(found -> found.model.id());
    }

    /** The model of requests that name none. */
    public Optional<String> first() {
        return slots.keySet().stream().findFirst();
    }

    /** All models, in the order they were given. */
    public synchronized List<ModelStatus> models() {
        return slots.values().stream().map(ModelSlot::status).toList();
    }

    /**
     * Borrows a model, and has it loaded if it is not in memory.
     *
     * @param id of {@link #find}
     * @return done when the model is there; fails with {@link ModelUnavailableException} if it
     *     cannot be had within the time of the options. Who no longer wants it cancels this.
     */
    public CompletableFuture<ModelLease> acquire(String id) {
        CompletableFuture<ModelLease> lease = new CompletableFuture<>();
        ModelSlot slot = slots.get(id);
        if (slot == null) {
            throw new IllegalArgumentException("no model has the id '" + id + "'");
        }
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(shuttingDown());
            }
            if (slot.state == State.LOADED) {
                lease.complete(lend(slot));
                return lease;
            }
            Duration pause = pauseLeft(slot);
            if (pause.isPositive()) {
                return CompletableFuture.failedFuture(failed(slot, pause));
            }
            slot.waiting.add(lease);
            if (slot.state == State.UNLOADED) {
                enqueue(slot);
            }
        }
        Runnable stopTimer =
                background.after(
                        options.loadTimeout(), () -> lease.completeExceptionally(late(slot)));
        lease.whenComplete((_, _) -> {
            stopTimer.run();
            stopWaiting(slot, lease);
        });
        return lease;
    }

    /** How long it is until a model that could not be loaded may be tried again. */
    private Duration pauseLeft(ModelSlot slot) {
        if (slot.state != State.UNLOADED) {
            return Duration.ZERO;
        }
        return slot.failedAt
                .map(at -> FAILURE_PAUSE.minusNanos(background.nanoTime() - at))
                .orElse(Duration.ZERO);
    }

    private ModelLease lend(ModelSlot slot) {
        slot.leases++;
        return new ModelLease(slot.loaded(), () -> release(slot));
    }

    private synchronized void release(ModelSlot slot) {
        slot.leases--;
        if (slot.isIdle()) {
            becomeIdle(slot);
        }
    }

    private void becomeIdle(ModelSlot slot) {
        slot.idleSince = background.nanoTime();
        slot.model.idleUnload().ifPresent(limit -> startIdleTimer(slot, limit));
        startLoads();
    }

    private void startIdleTimer(ModelSlot slot, Duration delay) {
        // One timer, whatever the number of requests; it looks again if there were any.
        if (!slot.idleTimerRuns) {
            slot.idleTimerRuns = true;
            background.after(delay, () -> unloadIfIdle(slot, delay));
        }
    }

    private synchronized void unloadIfIdle(ModelSlot slot, Duration waited) {
        slot.idleTimerRuns = false;
        if (!slot.isIdle()) {
            return;
        }
        Duration limit = slot.model.idleUnload().orElse(waited);
        Duration left = limit.minusNanos(background.nanoTime() - slot.idleSince);
        if (left.isPositive()) {
            startIdleTimer(slot, left);
        } else {
            unload(slot);
        }
    }

    private synchronized void stopWaiting(ModelSlot slot, CompletableFuture<ModelLease> lease) {
        slot.waiting.remove(lease);
        boolean wanted =
                !slot.waiting.isEmpty() || slot.model.preload() && !slot.preloaded.isDone();
        if (slot.state == State.QUEUED && !wanted) {
            queue.remove(slot);
            slot.state = State.UNLOADED;
            startLoads();
        }
    }

    private void enqueue(ModelSlot slot) {
        slot.state = State.QUEUED;
        queue.add(slot);
        startLoads();
    }

    /** Loads what there is room for, strictly in turn, so that a large model gets its turn too. */
    private void startLoads() {
        while (!closed && !queue.isEmpty() && hasRoom(queue.element())) {
            ModelSlot slot = queue.remove();
            slot.begin();
            background.run(() -> load(slot));
        }
    }

    /** Whether the memory suffices now; if idle models are in the way, they are unloaded first. */
    private boolean hasRoom(ModelSlot wanted) {
        if (options.memoryBytes().isEmpty()) {
            return true;
        }
        long used = size(slots.values().stream().filter(ModelSlot::hasMemory).toList());
        long missing = used + wanted.model.sizeBytes() - options.memoryBytes().getAsLong();
        if (missing <= 0) {
            return true;
        }
        long coming =
                size(slots.values().stream().filter(s -> s.state == State.UNLOADING).toList());
        List<ModelSlot> idle =
                slots.values().stream()
                        .filter(ModelSlot::isIdle)
                        .sorted(Comparator.comparingLong(slot -> slot.idleSince))
                        .toList();
        if (coming + size(idle) < missing) {
            return false;
        }
        for (ModelSlot slot : idle) {
            if (coming < missing) {
                coming += slot.model.sizeBytes();
                unload(slot);
            }
        }
        return false;
    }

    private static long size(Collection<ModelSlot> slots) {
        return slots.stream().mapToLong(slot -> slot.model.sizeBytes()).sum();
    }

    private void load(ModelSlot slot) {
        try {
            loaded(slot, slot.model.loader().load(slot::read));
        } catch (Throwable failure) { // errors too: requests wait for an answer
            failed(slot, failure);
        }
    }

    private synchronized void loaded(ModelSlot slot, LoadedModel model) {
        slot.finish(model);
        for (CompletableFuture<ModelLease> each : List.copyOf(slot.waiting)) {
            ModelLease lease = lend(slot);
            if (!each.complete(lease)) {
                lease.close();
            }
        }
        slot.preloaded.complete(null);
        if (closed) {
            unload(slot);
        } else if (slot.isIdle()) {
            becomeIdle(slot);
        }
        notifyAll();
    }

    private synchronized void failed(ModelSlot slot, Throwable failure) {
        slot.state = State.UNLOADED;
        slot.failedAt = Optional.of(background.nanoTime());
        slot.failures++;
        // At the start somebody waits for this very failure, and tells it.
        if (!slot.model.preload() || !slot.preloaded.completeExceptionally(failure)) {
            background.log(
                    Level.ERROR, "model " + slot.model.id() + " could not be loaded: " + failure);
        }
        for (CompletableFuture<ModelLease> each : List.copyOf(slot.waiting)) {
            each.completeExceptionally(failed(slot, FAILURE_PAUSE));
        }
        startLoads();
        notifyAll();
    }

    private void unload(ModelSlot slot) {
        LoadedModel model = slot.takeOut();
        background.run(() -> {
            try {
                model.close();
            } finally {
                unloaded(slot);
            }
        });
    }

    private synchronized void unloaded(ModelSlot slot) {
        slot.state = State.UNLOADED;
        slot.unloads++;
        if (!closed) {
            background.log(Level.INFO, "unloaded model " + slot.model.id());
        }
        if (!slot.waiting.isEmpty()) {
            enqueue(slot);
        }
        startLoads();
        notifyAll();
    }

    private static ModelUnavailableException failed(ModelSlot slot, Duration pause) {
        return new ModelUnavailableException(
                "The model '"
                        + slot.model.id()
                        + "' could not be loaded; the log of the server says why",
                Math.toIntExact(pause.plusMillis(999).toSeconds()));
    }

    private synchronized ModelUnavailableException late(ModelSlot slot) {
        String why =
                slot.state == State.QUEUED
                        ? "' waits for memory that other models are using"
                        : "' is still being loaded (" + (int) (100 * slot.progress()) + " %)";
        return new ModelUnavailableException(
                "The model '" + slot.model.id() + why + "; try again later", RETRY_SECONDS);
    }

    private static ModelUnavailableException shuttingDown() {
        return new ModelUnavailableException("the server is shutting down", RETRY_SECONDS);
    }

    /**
     * Unloads all models, and waits for those that are being loaded, to unload them too. Requests
     * should have ended before; those that have not fail.
     */
    @Override
    public synchronized void close() {
        closed = true;
        queue.clear();
        for (ModelSlot slot : slots.values()) {
            for (CompletableFuture<ModelLease> each : List.copyOf(slot.waiting)) {
                each.completeExceptionally(shuttingDown());
            }
            if (slot.state == State.LOADED) {
                unload(slot);
            }
        }
        boolean interrupted = false;
        while (slots.values().stream().anyMatch(ModelSlot::hasMemory)) {
            try {
                wait();
            } catch (InterruptedException e) {
                // The program may end next, so memory and threads must be given back first.
                interrupted = true;
            }
        }
        background.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
