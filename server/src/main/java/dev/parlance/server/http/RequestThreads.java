package dev.parlance.server.http;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Runs the parts of one request side by side, on virtual threads. */
public final class RequestThreads {
    /** One part of a request. */
    @FunctionalInterface
    public interface Task {
        void run() throws InterruptedException;
    }

    private RequestThreads() {}

    /**
     * Runs all tasks and waits for all of them. A single task runs on the calling thread.
     *
     * @param onFailure called once when the first task fails; must make the others end soon
     * @throws RuntimeException what the first task to fail threw
     */
    public static void runAll(List<Task> tasks, Runnable onFailure) throws InterruptedException {
        AtomicReference<@Nullable Throwable> first = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (Task task : tasks.subList(1, tasks.size())) {
            threads.add(Thread.ofVirtual().start(() -> run(task, first, onFailure)));
        }
        run(tasks.getFirst(), first, onFailure);
        for (Thread thread : threads) {
            thread.join();
        }
        Throwable failure = first.get();
        if (failure instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof InterruptedException stopped) {
            throw stopped;
        }
    }

    private static void run(
            Task task, AtomicReference<@Nullable Throwable> first, Runnable onFailure) {
        try {
            task.run();
        } catch (RuntimeException | Error | InterruptedException failure) {
            if (first.compareAndSet(null, failure)) {
                onFailure.run();
            }
        }
    }
}
