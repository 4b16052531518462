package dev.parlance.app.bench.serve;

import dev.parlance.app.bench.serve.Load.ClosedLoop;
import dev.parlance.app.bench.serve.Load.OpenLoop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** Does work as a load wants it, each piece on a virtual thread, and waits for its end. */
final class LoadGenerator {
    private final LongSupplier clock;

    LoadGenerator(LongSupplier clock) {
        this.clock = clock;
    }

    /** A request, or several of which one waits for the other. */
    interface Work {
        /**
         * Does it.
         *
         * @param index 0, 1, 2, …; no two pieces of work have the same
         * @param dueNanos when it was to begin
         */
        List<Exchange> perform(int index, long dueNanos) throws InterruptedException;
    }

    /**
     * What was done.
     *
     * @param endNanos when the limit of time was reached or, if that was earlier, the last answer
     *     had ended
     */
    record Result(long startNanos, long endNanos, List<Exchange> exchanges) {}

    Result run(Load load, Limit limit, Work work, RandomGenerator random)
            throws InterruptedException {
        List<Future<List<Exchange>>> running = new ArrayList<>();
        List<Exchange> exchanges = new ArrayList<>();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        long start = clock.getAsLong();
        try {
            switch (load) {
                case ClosedLoop(int clients) -> {
                    Source source = new Source(limit, start);
                    for (int i = 0; i < clients; i++) {
                        running.add(threads.submit(() -> client(source, work)));
                    }
                }
                case OpenLoop(double perSecond) -> {
                    long[] offsets = PoissonArrivals.offsets(perSecond, limit, random).toArray();
                    for (int i = 0; i < offsets.length; i++) {
                        int index = i;
                        long due = start + offsets[i];
                        TimeUnit.NANOSECONDS.sleep(due - clock.getAsLong());
                        running.add(threads.submit(() -> work.perform(index, due)));
                    }
                }
            }
            for (Future<List<Exchange>> each : running) {
                exchanges.addAll(each.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            threads.shutdownNow();
        }
        long end = Math.min(clock.getAsLong(), start + limit.duration().toNanos());
        return new Result(start, end, exchanges);
    }

    private List<Exchange> client(Source source, Work work) throws InterruptedException {
        List<Exchange> exchanges = new ArrayList<>();
        for (int index = source.next(); index >= 0; index = source.next()) {
            exchanges.addAll(work.perform(index, clock.getAsLong()));
        }
        return exchanges;
    }

    /** Hands out work to the clients of a closed loop until the limit. Threads: safe. */
    private final class Source {
        private final AtomicInteger next = new AtomicInteger();
        private final Limit limit;
        private final long end;

        Source(Limit limit, long start) {
            this.limit = limit;
            this.end = start + limit.duration().toNanos();
        }

        /** The index of the next piece of work; negative if there is no more. */
        int next() {
            int index = next.getAndIncrement();
            return index < limit.requests() && clock.getAsLong() < end ? index : -1;
        }
    }
}
