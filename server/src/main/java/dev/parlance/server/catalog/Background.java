package dev.parlance.server.catalog;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Time, threads for what takes long, and the log; in a test all of them are the test's. */
interface Background {
    System.Logger LOG = System.getLogger(ModelCatalog.class.getName());

    /** As {@link System#nanoTime()}. */
    long nanoTime();

    /** Runs a task soon, on another thread. */
    void run(Runnable task);

    /**
     * Runs a short task after a while.
     *
     * @return what gives it up
     */
    Runnable after(Duration delay, Runnable task);

    /** Tells the operator. */
    void log(Level level, String message);

    /** Forgets what was to be run later. */
    void close();

    /** The real ones. */
    static Background threads() {
        ScheduledThreadPoolExecutor timer =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("model-timer").factory());
        timer.setRemoveOnCancelPolicy(true);
        timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        return new Background() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public void run(Runnable task) {
                Thread.ofPlatform().daemon().name("model-load").start(task);
            }

            @Override
            public Runnable after(Duration delay, Runnable task) {
                Future<?> later = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                return () -> later.cancel(false);
            }

            @Override
            public void log(Level level, String message) {
                LOG.log(level, message);
            }

            @Override
            public void close() {
                timer.shutdownNow();
            }
        };
    }
}
