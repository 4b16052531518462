package dev.parlance.server.catalog;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Time that passes, and tasks that run, when a test says so, on its own thread. Keeps what is
 * logged for people.
 */
final class ManualBackground implements Background {
    private record Later(long nanos, Runnable task) {}

    final List<String> log = new ArrayList<>();

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<Later> timers = new ArrayList<>();

    /** Near the end of the numbers: the clock of a process may begin anywhere. */
    private long now = Long.MAX_VALUE - 5;

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public void run(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Runnable after(Duration delay, Runnable task) {
        Later later = new Later(now + delay.toNanos(), task);
        timers.add(later);
        return () -> timers.remove(later);
    }

    @Override
    public void log(Level level, String message) {
        if (level.getSeverity() >= Level.INFO.getSeverity()) {
            log.add(message);
        }
    }

    @Override
    public void close() {
        timers.clear();
    }

    /** Runs the tasks that wait, and those that they start. */
    void runTasks() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    int waitingTasks() {
        return tasks.size();
    }

    int timers() {
        return timers.size();
    }

    /** Lets time pass, and timers go off at their time. */
    void pass(Duration time) {
        long end = now + time.toNanos();
        for (Optional<Later> next = next(end); next.isPresent(); next = next(end)) {
            Later due = next.get();
            timers.remove(due);
            now = due.nanos();
            due.task().run();
        }
        now = end;
    }

    private Optional<Later> next(long end) {
        return timers.stream()
                .filter(each -> each.nanos() - end <= 0)
                .min(Comparator.comparingLong(each -> each.nanos() - end));
    }
}
