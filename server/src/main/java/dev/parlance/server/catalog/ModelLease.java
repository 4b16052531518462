package dev.parlance.server.catalog;

import java.util.concurrent.atomic.AtomicBoolean;

/** A loaded model that stays loaded until this is closed. Threads: safe. */
public final class ModelLease implements AutoCloseable {
    private final LocalModel model;
    private final Runnable release;
    private final AtomicBoolean closed = new AtomicBoolean();

    ModelLease(LocalModel model, Runnable release) {
        this.model = model;
        this.release = release;
    }

    /** Not to be used after {@link #close}. */
    public LocalModel model() {
        return model;
    }

    /** Closing twice is harmless. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release.run();
        }
    }
}
