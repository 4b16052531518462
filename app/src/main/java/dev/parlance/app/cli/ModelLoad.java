package dev.parlance.app.cli;

import dev.parlance.engine.LoadedModel;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A model that is being loaded on a thread of its own.
 *
 * <p>Threads: {@link #await} and {@link #close} belong to the thread that started it.
 */
final class ModelLoad implements AutoCloseable {
    private final FutureTask<LoadedModel> task;

    private ModelLoad(FutureTask<LoadedModel> task) {
        this.task = task;
    }

    static ModelLoad start(Callable<LoadedModel> loader) {
        FutureTask<LoadedModel> task = new FutureTask<>(loader);
        Thread.ofPlatform().daemon().name("model-load").start(task);
        return new ModelLoad(task);
    }

    /**
     * The model, when it has been loaded.
     *
     * @throws IOException what the loader threw, as with every other exception of it
     */
    LoadedModel await() throws IOException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("stopped while the model was being loaded");
        }
    }

    private static IOException rethrown(@Nullable Throwable failure) {
        return switch (failure) {
            case IOException e -> e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default ->
                    throw new IllegalStateException("loading a model failed", failure);
        };
    }

    /** Closes the model, once it is there; nobody may have asked for it. */
    @Override
    public void close() {
        // An interrupt ends the program's work, but not before this.
        boolean interrupted = Thread.interrupted();
        try {
            await().close();
        } catch (IOException | RuntimeException failed) {
            // Then there is nothing to close, and whoever awaited it has been told why.
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
