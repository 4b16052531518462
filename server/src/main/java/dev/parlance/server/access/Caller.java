package dev.parlance.server.access;

import io.github.bucket4j.TimeMeter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The holder of a key, and what the key has used. There is one for each key.
 *
 * <p>Threads: safe.
 */
public final class Caller {
    /** Whoever needs no key: may use everything. */
    public static final Caller ANYONE =
            new Caller("", Set.of(), KeyLimits.NONE, TimeMeter.SYSTEM_NANOTIME);

    /** Answers take seconds, so something is often done by then. */
    private static final Duration SOON = Duration.ofSeconds(1);

    private final String name;
    private final Set<String> models;
    private final int mostAtATime;
    private final Optional<RateLimit> requests;
    private final Optional<RateLimit> tokens;
    private final AtomicInteger running = new AtomicInteger();

    private Caller(String name, Set<String> models, KeyLimits limits, TimeMeter clock) {
        this.name = name;
        this.models = models;
        this.mostAtATime = limits.concurrentRequests();
        this.requests = rate(Limit.REQUESTS_PER_MINUTE, limits.requestsPerMinute(), clock);
        this.tokens = rate(Limit.TOKENS_PER_MINUTE, limits.tokensPerMinute(), clock);
    }

    static Caller of(ApiKey key, TimeMeter clock) {
        return new Caller(key.name(), key.models(), key.limits(), clock);
    }

    private static Optional<RateLimit> rate(Limit limit, long perMinute, TimeMeter clock) {
        return perMinute == 0
                ? Optional.empty()
                : Optional.of(new RateLimit(limit, perMinute, clock));
    }

    /** The name of the key; empty for {@link #ANYONE}. */
    public String name() {
        return name;
    }

    public boolean mayUse(String model) {
        return models.isEmpty() || models.contains(model);
    }

    /**
     * Begins a request; to be closed when it has been answered.
     *
     * @throws LimitReachedException if too many are being answered, or came within a minute
     */
    public Grant enter() {
        if (running.incrementAndGet() > mostAtATime && mostAtATime > 0) {
            running.decrementAndGet();
            throw new LimitReachedException(
                    Limit.CONCURRENT_REQUESTS,
                    SOON,
                    "Rate limit reached: this key may have "
                            + mostAtATime
                            + " requests answered at a time; try again when one has ended");
        }
        try {
            requests.ifPresent(limit -> take(limit, Limit.REQUESTS_PER_MINUTE, 1, "requests"));
        } catch (LimitReachedException refused) {
            leave();
            throw refused;
        }
        return Grant.open(this);
    }

    void leave() {
        running.decrementAndGet();
    }

    /**
     * Takes tokens before they are used.
     *
     * @return how many were taken: what was asked for, or the whole limit if that is less
     */
    long reserveTokens(long wanted) {
        if (tokens.isEmpty()) {
            return 0;
        }
        // More than there can ever be is let in when nothing has been used, rather than never.
        long amount = Math.clamp(wanted, 1, tokens.get().perMinute());
        take(tokens.get(), Limit.TOKENS_PER_MINUTE, amount, "tokens");
        return amount;
    }

    /** Corrects what was reserved to what was used. */
    void settleTokens(long reserved, long used) {
        tokens.ifPresent(limit -> {
            if (used > reserved) {
                limit.takeAnyway(used - reserved);
            } else if (used < reserved) {
                limit.giveBack(reserved - used);
            }
        });
    }

    private static void take(RateLimit rate, Limit limit, long amount, String unit) {
        rate.tryTake(amount)
                .ifPresent(wait -> {
                    LimitState now = rate.state();
                    throw new LimitReachedException(
                            limit,
                            wait,
                            String.format(
                                    "Rate limit reached on %s per min: limit %d, remaining %d,"
                                            + " requested %d. Please try again in %ds.",
                                    unit,
                                    now.most(),
                                    now.remaining(),
                                    amount,
                                    Math.max(1, Math.ceilDiv(wait.toMillis(), 1000L))));
                });
    }

    /** Where it stands with those of its limits that are per minute. */
    public List<LimitState> limits() {
        List<LimitState> states = new ArrayList<>();
        requests.ifPresent(limit -> states.add(limit.state()));
        tokens.ifPresent(limit -> states.add(limit.state()));
        return states;
    }
}
