package dev.parlance.engine.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Measures what the machine gives at best, for comparison with what the kernels make of it.
 *
 * <p>Threads: the pool's, all of them. Cost: about two seconds of all threads and {@link
 * #MEMORY_BYTES} of memory outside the Java heap.
 */
public final class MachineProbe {
    /** More than the caches of any machine we know hold. */
    static final long MEMORY_BYTES = 512L << 20;

    /** Rounds that only get the loops compiled. */
    private static final int WARM_UP_ROUNDS = 3;

    /** The best of these counts: others may use the machine too. */
    private static final int ROUNDS = 7;

    /** Parts of a round, so that a thread that wakes late takes fewer. */
    private static final int TASKS_PER_THREAD = 16;

    private static final int CHAIN_ROUNDS = 250_000;

    private final KernelPool pool;
    private final Loops loops;

    /** The loops that reach the limits. */
    interface Loops {
        /**
         * Does float32 multiply-adds that depend on little.
         *
         * @return a number that depends on all of them
         */
        float multiplyAdds(int rounds, float factor);

        /** How many a round has. */
        int multiplyAddsPerRound();

        /** Reads all bytes, a multiple of 4096, and returns a number that depends on them. */
        long read(MemorySegment memory, long from, long to);
    }

    private MachineProbe(KernelPool pool, Loops loops) {
        this.pool = pool;
        this.loops = loops;
    }

    /** The probe for the kernels that {@link KernelSelection#best} chooses. */
    public static MachineProbe of(KernelPool pool) {
        boolean vector = KernelSelection.best(pool).problem().isEmpty();
        return new MachineProbe(pool, vector ? new VectorProbe() : new ScalarProbe());
    }

    static MachineProbe of(KernelPool pool, Loops loops) {
        return new MachineProbe(pool, loops);
    }

    /** Float32 multiply-adds per second of all threads together. */
    public double multiplyAddsPerSecond() {
        int tasks = pool.size() * TASKS_PER_THREAD;
        float[] results = new float[tasks];
        double nanos =
                bestNanos(() ->
                        pool.run(
                                tasks,
                                (_, task) ->
                                        results[task] =
                                                loops.multiplyAdds(CHAIN_ROUNDS, 1e-6f * task)));
        return 1e9 * tasks * CHAIN_ROUNDS * loops.multiplyAddsPerRound() / nanos;
    }

    /** Bytes per second that all threads together read from memory, each in order. */
    public double readBytesPerSecond() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(MEMORY_BYTES, 4096);
            // A page nobody has written may be the one page of zeros, which is in every cache.
            memory.fill((byte) 1);
            int tasks = pool.size() * TASKS_PER_THREAD;
            long share = MEMORY_BYTES / tasks / 4096 * 4096;
            long[] results = new long[tasks];
            double nanos =
                    bestNanos(() ->
                            pool.run(
                                    tasks,
                                    (_, task) ->
                                            results[task] =
                                                    loops.read(
                                                            memory,
                                                            task * share,
                                                            (task + 1) * share)));
            return 1e9 * tasks * share / nanos;
        }
    }

    private static double bestNanos(Runnable round) {
        for (int i = 0; i < WARM_UP_ROUNDS; i++) {
            round.run();
        }
        long best = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            round.run();
            best = Math.min(best, System.nanoTime() - start);
        }
        return Math.max(best, 1);
    }
}
