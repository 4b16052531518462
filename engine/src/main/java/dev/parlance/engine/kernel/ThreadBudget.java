package dev.parlance.engine.kernel;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Divides a machine's processors among pools whose callers compute at the same time, so that
 * together they have no more threads at work than one of them would have alone. Threads that spin
 * while others need their processor would make both slow.
 *
 * <p>Parts are equal and change from one region to the next. Threads: safe.
 */
public final class ThreadBudget {
    private final AtomicInteger busy = new AtomicInteger();

    /** The time in which somebody computes. */
    public interface Busy extends AutoCloseable {
        @Override
        void close();
    }

    /** Somebody begins to compute, and takes a part until it is closed: once, by whoever began. */
    public Busy begin() {
        busy.incrementAndGet();
        return busy::decrementAndGet;
    }

    /** How many of its threads a pool may use now, the caller included; at least 1. */
    int part(int threads) {
        return Math.max(1, threads / Math.max(1, busy.get()));
    }
}
