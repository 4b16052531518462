package dev.parlance.engine.scheduler;

import dev.parlance.engine.generation.AdmissionLimits;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.QueueFullException;
import dev.parlance.engine.generation.QueueFullException.Limit;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts the requests that wait for their first computation, refuses what would be too many, and
 * knows at what pace they leave. Threads: safe.
 *
 * <p>Times are of the loop's clock, in nanoseconds.
 */
final class WaitingRoom {
    private static final Duration LEAST_RETRY = Duration.ofSeconds(1);

    /** OpenAI's clients heed more than this not at all. */
    private static final Duration MOST_RETRY = Duration.ofSeconds(60);

    private final AdmissionLimits limits;
    private final Map<String, Integer> requestsByTenant = new HashMap<>();
    private int requests;
    private long tokens;
    private long lastStart = Long.MIN_VALUE;

    /** From one start to the next, while somebody waited, as it was lately; 0: not known. */
    private double startInterval;

    WaitingRoom(AdmissionLimits limits) {
        this.limits = limits;
    }

    /**
     * Lets a request wait.
     *
     * @throws QueueFullException if too much waits already
     */
    synchronized void enter(GenerationRequest request, long now) {
        String tenant = request.terms().tenant();
        int ofTenant = requestsByTenant.getOrDefault(tenant, 0);
        long promptTokens = request.promptTokens().length;
        if (requests >= limits.waitingRequests()) {
            throw full(
                    Limit.REQUESTS,
                    requests,
                    now,
                    requests
                            + " requests are waiting already, which is the most this engine takes");
        }
        if (ofTenant >= limits.tenantWaitingRequests()) {
            throw full(
                    Limit.REQUESTS,
                    ofTenant,
                    now,
                    ofTenant
                            + " requests of yours are waiting already, which is the most you may"
                            + " have");
        }
        // Alone it may be larger, or it could never run.
        if (requests > 0 && tokens + promptTokens > limits.waitingTokens()) {
            throw full(
                    Limit.TOKENS,
                    requests,
                    now,
                    "prompts of "
                            + tokens
                            + " tokens are waiting already, and with the "
                            + promptTokens
                            + " of this one they would be more than the "
                            + limits.waitingTokens()
                            + " that may wait");
        }
        requests++;
        tokens += promptTokens;
        requestsByTenant.put(tenant, ofTenant + 1);
    }

    private QueueFullException full(Limit limit, int before, long now, String message) {
        return new QueueFullException(
                limit, untilStarted(before, now), message + "; try again later");
    }

    /** How long it will be until so many have started. */
    private Duration untilStarted(int count, long now) {
        if (startInterval == 0) {
            return LEAST_RETRY;
        }
        // Nothing has started for so long already: the pace has become slower.
        double interval = Math.max(startInterval, now - lastStart);
        double nanos = Math.min(count * interval, MOST_RETRY.toNanos());
        return Duration.ofNanos(Math.max((long) nanos, LEAST_RETRY.toNanos()));
    }

    /** A request waits no more because it starts. */
    synchronized void start(GenerationRequest request, long acceptedAt, long now) {
        leave(request);
        // Times in which nobody waited tell nothing of the pace.
        if (acceptedAt < lastStart) {
            long interval = now - lastStart;
            startInterval = startInterval == 0 ? interval : 0.8 * startInterval + 0.2 * interval;
        }
        lastStart = now;
    }

    /** A request waits no more. */
    synchronized void leave(GenerationRequest request) {
        requests--;
        tokens -= request.promptTokens().length;
        requestsByTenant.computeIfPresent(
                request.terms().tenant(), (_, count) -> count == 1 ? null : count - 1);
    }

    synchronized int requests() {
        return requests;
    }

    synchronized long tokens() {
        return tokens;
    }
}
