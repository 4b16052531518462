package dev.parlance.server.http;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What a request holds until it has been answered, however that ends. Threads: the request's, which
 * hands it from handler to event source.
 */
public final class RequestScope {
    private final Deque<Runnable> releases = new ArrayDeque<>();

    /** Runs when the last byte of the answer has been made; the last added first. */
    public void onEnd(Runnable release) {
        releases.push(release);
    }

    /** Releases everything. */
    void end() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
