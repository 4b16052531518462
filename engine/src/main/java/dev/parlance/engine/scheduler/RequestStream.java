package dev.parlance.engine.scheduler;

import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationStream;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Where the engine thread and the thread of one request meet: events one way, wishes to stop the
 * other.
 *
 * <p>The queue has no bound of its own, because the engine thread must never wait for a reader;
 * what it can hold is bounded by the request's tokens. Threads: safe.
 */
final class RequestStream implements GenerationStream {
    private final LinkedBlockingQueue<GenerationEvent> events = new LinkedBlockingQueue<>();
    private final int choices;
    private final Runnable wakeEngine;
    private final Set<Integer> cancelledChoices = ConcurrentHashMap.newKeySet();
    private volatile boolean cancelled;

    /** The engine thread's mark that the terminal event is in the queue. */
    private boolean terminated;

    /** The reader's mark that the terminal event is out of the queue. */
    private boolean ended;

    RequestStream(int choices, Runnable wakeEngine) {
        this.choices = choices;
        this.wakeEngine = wakeEngine;
    }

    @Override
    public GenerationEvent next() throws InterruptedException {
        if (ended) {
            throw new IllegalStateException("no event follows Finished or Failed");
        }
        GenerationEvent event = events.take();
        ended = isTerminal(event);
        return event;
    }

    /** Whether {@link #next} would not wait; for tests. */
    boolean hasNext() {
        return !events.isEmpty();
    }

    @Override
    public void cancelChoice(int choice) {
        if (choice < 0 || choice >= choices) {
            throw new IllegalArgumentException(
                    "choice must be between 0 and " + (choices - 1) + ", got " + choice);
        }
        if (cancelledChoices.add(choice)) {
            wakeEngine.run();
        }
    }

    @Override
    public void close() {
        if (!cancelled) {
            cancelled = true;
            wakeEngine.run();
        }
    }

    /** Hands over an event; the engine thread calls it. */
    void emit(GenerationEvent event) {
        if (terminated) {
            throw new IllegalStateException("nothing may follow the terminal event: " + event);
        }
        terminated = isTerminal(event);
        events.add(event);
    }

    private static boolean isTerminal(GenerationEvent event) {
        return event instanceof GenerationEvent.Finished || event instanceof GenerationEvent.Failed;
    }

    boolean isCancelled() {
        return cancelled;
    }

    boolean isCancelled(int choice) {
        return cancelledChoices.contains(choice);
    }
}
