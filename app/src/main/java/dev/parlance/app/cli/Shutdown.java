package dev.parlance.app.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets Ctrl-C and SIGTERM end a piece of work in good order: the work is told to stop, and the
 * process stays until it has.
 *
 * <p>Threads: the stop action runs on the JVM's shutdown thread; {@link #close()} belongs to the
 * thread that works.
 */
final class Shutdown implements AutoCloseable {
    private final CountDownLatch workIsOver = new CountDownLatch(1);
    private final Thread hook;

    private Shutdown(Runnable stop, long graceSeconds) {
        hook =
                Thread.ofPlatform()
                        .name("shutdown")
                        .unstarted(() -> {
                            stop.run();
                            await(graceSeconds);
                        });
    }

    /**
     * From now on a signal runs {@code stop} and then waits for {@link #close()}, at most {@code
     * graceSeconds}.
     */
    static Shutdown onSignal(Runnable stop, long graceSeconds) {
        Shutdown shutdown = new Shutdown(stop, graceSeconds);
        Runtime.getRuntime().addShutdownHook(shutdown.hook);
        return shutdown;
    }

    private void await(long graceSeconds) {
        try {
            workIsOver.await(graceSeconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The work is over; signals have their usual effect again. */
    @Override
    public void close() {
        workIsOver.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // Too late to remove it; it has just been let go.
        }
    }
}
