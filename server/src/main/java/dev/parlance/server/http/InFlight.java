package dev.parlance.server.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The exchanges that are running, and whether more may start. Threads: safe. */
final class InFlight {
    private final Set<Exchange> running = new HashSet<>();
    private boolean closed;

    /** Counts an exchange in, unless no more may start. */
    synchronized boolean enter(Exchange exchange) {
        if (closed) {
            return false;
        }
        running.add(exchange);
        return true;
    }

    /** Counts an exchange out; doing so twice is harmless. */
    synchronized void leave(Exchange exchange) {
        running.remove(exchange);
        notifyAll();
    }

    /** Lets no more exchanges start. */
    synchronized void close() {
        closed = true;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    synchronized List<Exchange> all() {
        return new ArrayList<>(running);
    }

    /** Waits until nothing runs; false if that took longer than the time given. */
    synchronized boolean awaitNone(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!running.isEmpty()) {
            long millis = (deadline - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                return false;
            }
            wait(millis);
        }
        return true;
    }
}
