package dev.parlance.engine.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The requests with sequences that have not started, and what {@link AdmissionOrder} must know to
 * say whose turn it is. Threads: the engine thread.
 */
final class AdmissionQueue {
    private final int tenantSequences;

    /** Oldest first. */
    private final List<ActiveRequest> waiting = new ArrayList<>();

    private final TenantLedger tenants = new TenantLedger();
    private long starts;

    /**
     * @param tenantSequences most running sequences of one tenant
     */
    AdmissionQueue(int tenantSequences) {
        this.tenantSequences = tenantSequences;
    }

    void add(ActiveRequest request) {
        waiting.add(request);
        tenants.opened(request.tenant());
    }

    /**
     * The sequence that is to start next; it goes on waiting until it is {@link #started}.
     *
     * @param passedOver requests that cannot start yet
     */
    Optional<Sequence> next(long now, Set<ActiveRequest> passedOver) {
        List<AdmissionOrder.Candidate> candidates =
                waiting.stream()
                        .map(request -> candidate(request, now, passedOver.contains(request)))
                        .toList();
        OptionalInt next = AdmissionOrder.next(candidates, starts);
        return next.isEmpty() ? Optional.empty() : waiting.get(next.getAsInt()).nextWaiting();
    }

    private AdmissionOrder.Candidate candidate(
            ActiveRequest request, long now, boolean passedOver) {
        return new AdmissionOrder.Candidate(
                request.request().terms().priority(),
                tenants.virtualTime(request.tenant()),
                !passedOver && tenants.runningSequences(request.tenant()) < tenantSequences,
                now - request.acceptedAt());
    }

    /** A sequence runs from now on. */
    void started(Sequence sequence) {
        starts++;
        tenants.started(sequence.owner().tenant(), sequence.promptTokensLeft());
        removeIfNoneWaits(sequence.owner());
    }

    /** A running sequence has generated a token. */
    void generated(Sequence sequence) {
        tenants.generated(sequence.owner().tenant());
    }

    /** A sequence has ended, whether it ran or waited. */
    void left(Sequence sequence, boolean ran) {
        if (ran) {
            tenants.stopped(sequence.owner().tenant());
        }
        removeIfNoneWaits(sequence.owner());
    }

    private void removeIfNoneWaits(ActiveRequest request) {
        if (request.nextWaiting().isEmpty()) {
            waiting.remove(request);
        }
    }

    /** All sequences of a request have left, and it has ended. */
    void ended(ActiveRequest request) {
        tenants.closed(request.tenant());
    }

    /** How many sequences have been started. */
    long starts() {
        return starts;
    }
}
