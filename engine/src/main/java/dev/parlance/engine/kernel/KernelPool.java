package dev.parlance.engine.kernel;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The threads that share the arithmetic of a forward pass: the caller and {@code size - 1} daemon
 * threads.
 *
 * <p>Threads: any thread may call; callers take turns. A call from inside a body runs on the spot.
 * While others that share the {@link ThreadBudget} compute, fewer threads than there are take part.
 * Cost: idle threads spin for some tens of microseconds after work, since a forward pass is a row
 * of short parallel regions, then park. A call allocates nothing.
 */
public final class KernelPool implements AutoCloseable {
    /*
     * A region is published by one write of the ticket: the region's number in the upper half, the
     * next task nobody has claimed in the lower half. Claiming is a compare-and-set of the whole
     * ticket, so a thread that comes late cannot claim a task of another region. Between regions
     * the lower half is CLOSED: a thread that still holds the number of the last region finds
     * nothing to claim while body and task count are being changed. The caller returns when every
     * task is counted as done; it never waits for a thread that did not take part.
     */

    /** What is run for every task. */
    @FunctionalInterface
    public interface Body {
        /**
         * @param worker 0 … size - 1; no two threads have the same number in one region, so it can
         *     choose scratch memory
         * @param task 0 … tasks - 1
         */
        void run(int worker, int task);
    }

    private static final int CLOSED = Integer.MAX_VALUE;
    private static final long SPIN_NANOS = 50_000;
    private static final Body NOTHING = (_, _) -> {};

    private final ReentrantLock callers = new ReentrantLock();
    private final ThreadBudget budget;
    private final Worker[] workers;
    private final AtomicLong ticket = new AtomicLong(CLOSED);
    private final AtomicInteger unfinished = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile Body body = NOTHING;
    private volatile int tasks;

    /** Workers beside the caller that take part in the region: those of the lowest numbers. */
    private volatile int helpers;

    private volatile boolean closed;

    /**
     * A pool that need not heed any other.
     *
     * @param size how many threads work, the caller included; at least 1
     */
    public KernelPool(int size) {
        this(size, new ThreadBudget());
    }

    /**
     * @param size most threads that work, the caller included; at least 1
     * @param budget shared with other pools
     */
    public KernelPool(int size, ThreadBudget budget) {
        this.budget = budget;
        if (size < 1) {
            throw new IllegalArgumentException("a pool has at least 1 thread, got " + size);
        }
        workers = new Worker[size - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(this, i + 1);
        }
        for (Worker worker : workers) {
            worker.start();
        }
    }

    /** Most threads that work, the caller included. */
    public int size() {
        return workers.length + 1;
    }

    /**
     * Runs {@code body} for every task and returns when all are done.
     *
     * <p>Errors: what a body throws reaches the caller after the region has ended; tasks not begun
     * by then are left out. {@link IllegalStateException} after {@link #close()}.
     */
    public void run(int taskCount, Body taskBody) {
        if (taskCount < 0 || taskCount == CLOSED) {
            throw new IllegalArgumentException(
                    "tasks must be between 0 and " + (CLOSED - 1) + ", got " + taskCount);
        }
        if (Thread.currentThread() instanceof Worker worker && worker.pool == this) {
            runAlone(worker.index, taskCount, taskBody);
            return;
        }
        boolean nested = callers.isHeldByCurrentThread();
        callers.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the kernel pool is closed");
            }
            int threads = Math.min(budget.part(size()), taskCount);
            if (nested || threads <= 1) {
                runAlone(0, taskCount, taskBody);
            } else {
                runTogether(taskCount, taskBody, threads - 1);
            }
        } finally {
            callers.unlock();
        }
    }

    private static void runAlone(int worker, int taskCount, Body taskBody) {
        for (int task = 0; task < taskCount; task++) {
            taskBody.run(worker, task);
        }
    }

    private void runTogether(int taskCount, Body taskBody, int helperCount) {
        long region = (ticket.get() >>> 32) + 1 & 0xFFFF_FFFFL;
        body = taskBody;
        tasks = taskCount;
        helpers = helperCount;
        unfinished.set(taskCount);
        ticket.set(region << 32);
        for (int i = 0; i < helperCount; i++) {
            workers[i].wake();
        }
        work(0, region);
        awaitTheOthers();
        ticket.set(region << 32 | CLOSED);
        body = NOTHING;
        Throwable thrown = failure.getAndSet(null);
        switch (thrown) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException("a kernel failed", thrown);
        }
    }

    /** Claims and runs tasks of a region until none is left. */
    private void work(int worker, long region) {
        while (true) {
            long current = ticket.get();
            int first = (int) current;
            int count = tasks;
            if (current >>> 32 != region || first >= count) {
                return;
            }
            Body claimed = body;
            int share = Math.max(1, (count - first) / (2 * size()));
            if (ticket.compareAndSet(current, current + share)) {
                runClaimed(worker, first, share, claimed);
            }
        }
    }

    private void runClaimed(int worker, int first, int share, Body claimed) {
        try {
            for (int task = first; task < first + share && failure.get() == null; task++) {
                claimed.run(worker, task);
            }
        } catch (Throwable t) { // errors too: the caller waits for the count below
            failure.compareAndSet(null, t);
        } finally {
            unfinished.addAndGet(-share);
        }
    }

    private void awaitTheOthers() {
        long start = System.nanoTime();
        while (unfinished.get() > 0) {
            if (System.nanoTime() - start < SPIN_NANOS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    /** Ends the threads, after a region that is running. */
    @Override
    public void close() {
        callers.lock();
        try {
            closed = true;
            for (Worker worker : workers) {
                LockSupport.unpark(worker);
            }
        } finally {
            callers.unlock();
        }
        for (Worker worker : workers) {
            joinUninterruptibly(worker);
        }
    }

    static void joinUninterruptibly(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Worker extends Thread {
        private final KernelPool pool;
        private final int index;
        private final AtomicBoolean parked = new AtomicBoolean();

        Worker(KernelPool pool, int index) {
            super("kernel-" + index);
            this.pool = pool;
            this.index = index;
            setDaemon(true);
        }

        void wake() {
            if (parked.get() && parked.compareAndSet(true, false)) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            long done = 0;
            long idleSince = System.nanoTime();
            while (!pool.closed) {
                long current = pool.ticket.get();
                long region = current >>> 32;
                boolean open = region != done && (int) current != CLOSED;
                if (open && index <= pool.helpers) {
                    pool.work(index, region);
                    done = region;
                    idleSince = System.nanoTime();
                } else if (System.nanoTime() - idleSince < SPIN_NANOS) {
                    Thread.onSpinWait();
                } else {
                    park(current);
                    idleSince = System.nanoTime();
                }
            }
        }

        /** Parks unless something was published since the ticket was read. */
        private void park(long seen) {
            parked.set(true);
            if (pool.ticket.get() == seen && !pool.closed) {
                LockSupport.park(pool);
            }
            parked.set(false);
        }
    }
}
