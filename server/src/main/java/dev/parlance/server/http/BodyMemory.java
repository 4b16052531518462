package dev.parlance.server.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that bodies of requests may take, all together. Threads: safe.
 *
 * <p>One body is bounded, and so is the number of connections; what both allow at once is more than
 * any heap.
 */
final class BodyMemory {
    private final long most;
    private final AtomicLong used = new AtomicLong();

    BodyMemory(long most) {
        this.most = most;
    }

    /**
     * Takes some.
     *
     * @throws HttpProblem if there is not so much; then nothing is taken
     */
    void take(long bytes) {
        if (used.addAndGet(bytes) > most) {
            used.addAndGet(-bytes);
            throw HttpProblem.of(
                    HttpProblem.Kind.OVERLOADED,
                    "the requests that are being answered take all "
                            + most
                            + " bytes that their bodies may take together; try again");
        }
    }

    void giveBack(long bytes) {
        used.addAndGet(-bytes);
    }

    /** What is taken now. */
    long used() {
        return used.get();
    }
}
