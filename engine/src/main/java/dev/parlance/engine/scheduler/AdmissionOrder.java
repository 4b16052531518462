package dev.parlance.engine.scheduler;

import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * Decides which of the waiting requests runs next: a pure function.
 *
 * <p>First those of the lowest priority number, among them those of the tenant that has had the
 * least work, among them the oldest. So that nobody starves, every {@link #AGED_TURN}th start goes
 * to the request that has waited longest, once that is longer than {@link #AGED_NANOS}: a request
 * begins at the latest with the {@code AGED_TURN * (w + 1)}th start after it has aged, where {@code
 * w} is how many sequences of older requests wait.
 *
 * <p>A request whose tenant has all it may have, or whose prompt is being read from files, is
 * passed over. One for which there is not enough memory is not: what is chosen waits for its
 * memory, and nothing overtakes it.
 */
final class AdmissionOrder {
    static final long AGED_NANOS = TimeUnit.SECONDS.toNanos(30);
    static final int AGED_TURN = 4;

    private AdmissionOrder() {}

    /**
     * A request that waits.
     *
     * @param priority lower runs first
     * @param virtualTime work that its tenant has had
     * @param mayStart whether its tenant may have one more sequence running, and its prompt waits
     *     for no file
     * @param waitedNanos since it was accepted
     */
    record Candidate(int priority, long virtualTime, boolean mayStart, long waitedNanos) {}

    /**
     * @param waiting oldest first
     * @param starts how many have been started before
     * @return the index of the one to start next; absent if none may
     */
    static OptionalInt next(List<Candidate> waiting, long starts) {
        int first = -1;
        for (int i = 0; i < waiting.size(); i++) {
            Candidate candidate = waiting.get(i);
            if (!candidate.mayStart()) {
                continue;
            }
            if (first < 0) {
                if (starts % AGED_TURN == 0 && candidate.waitedNanos() >= AGED_NANOS) {
                    return OptionalInt.of(i);
                }
                first = i;
            } else if (isBefore(candidate, waiting.get(first))) {
                first = i;
            }
        }
        return first < 0 ? OptionalInt.empty() : OptionalInt.of(first);
    }

    private static boolean isBefore(Candidate one, Candidate older) {
        return one.priority() != older.priority()
                ? one.priority() < older.priority()
                : one.virtualTime() < older.virtualTime();
    }
}
