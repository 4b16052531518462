package dev.parlance.server.access;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One request that was let in. Tokens are reserved before they are used, so that requests side by
 * side cannot use more than their key may, and corrected when the request ends.
 *
 * <p>Threads: safe.
 */
public final class Grant implements AutoCloseable {
    /** Of a request that was not let in, or need not be. */
    public static final Grant NONE = new Grant(Caller.ANYONE, true);

    private final Caller caller;
    private final AtomicLong reserved = new AtomicLong();
    private final AtomicLong used = new AtomicLong();
    private final AtomicBoolean closed;

    private Grant(Caller caller, boolean closed) {
        this.caller = caller;
        this.closed = new AtomicBoolean(closed);
    }

    static Grant open(Caller caller) {
        return new Grant(caller, false);
    }

    public Caller caller() {
        return caller;
    }

    /**
     * Reserves the most tokens that the request may use.
     *
     * @throws LimitReachedException if the key may not use so many now
     */
    public void reserveTokens(long most) {
        reserved.addAndGet(caller.reserveTokens(most));
    }

    /** Says that so many tokens were used, in prompt and answer. */
    public void useTokens(long count) {
        used.addAndGet(count);
    }

    /** Ends the request: what was reserved and not used may be used again. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            caller.settleTokens(reserved.get(), used.get());
            caller.leave();
        }
    }
}
