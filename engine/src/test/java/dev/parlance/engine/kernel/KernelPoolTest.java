package dev.parlance.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

@Timeout(60)
class KernelPoolTest {
    private final List<KernelPool> pools = new ArrayList<>();

    private KernelPool pool(int size) {
        KernelPool pool = new KernelPool(size);
        pools.add(pool);
        return pool;
    }

    @AfterEach
    void closePools() {
        pools.forEach(KernelPool::close);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void everyTaskRunsOnceInEveryRegion(int size) {
        KernelPool pool = pool(size);
        for (int tasks : new int[] {0, 1, 2, 3, 7, 64, 1000}) {
            for (int region = 0; region < 50; region++) {
                AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
                pool.run(tasks, (_, task) -> runs.incrementAndGet(task));
                for (int task = 0; task < tasks; task++) {
                    assertThat(runs.get(task)).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void ofThreadsEachThatComputesGetsItsPart() {
        ThreadBudget budget = new ThreadBudget();
        KernelPool one = new KernelPool(4, budget);
        KernelPool other = new KernelPool(2, budget);
        pools.addAll(List.of(one, other));
        try (ThreadBudget.Busy _ = budget.begin()) {
            assertThat(budget.part(4)).isEqualTo(4);
            meet(one, ConcurrentHashMap.newKeySet());
            try (ThreadBudget.Busy _ = budget.begin()) {
                assertThat(budget.part(4)).isEqualTo(2);
                for (int region = 0; region < 200; region++) {
                    one.run(40, (worker, _) -> assertThat(worker).isLessThan(2));
                    other.run(40, (worker, _) -> assertThat(worker).isZero());
                }
                try (ThreadBudget.Busy _ = budget.begin()) {
                    assertThat(budget.part(4)).isEqualTo(1);
                    assertThat(budget.part(1)).isEqualTo(1);
                }
            }
            meet(other, ConcurrentHashMap.newKeySet());
        }
        assertThat(budget.part(4)).isEqualTo(4);
    }

    @Test
    void noTwoThreadsHaveTheSameWorkerNumber() {
        KernelPool pool = pool(4);
        AtomicIntegerArray busy = new AtomicIntegerArray(4);
        AtomicInteger clashes = new AtomicInteger();
        for (int region = 0; region < 500; region++) {
            pool.run(
                    40,
                    (worker, _) -> {
                        if (busy.getAndSet(worker, 1) != 0) {
                            clashes.incrementAndGet();
                        }
                        Thread.onSpinWait();
                        busy.set(worker, 0);
                    });
        }
        assertThat(clashes).hasValue(0);
    }

    /** Every body waits for another one, so this ends only if two threads work. */
    @Test
    void theThreadsWorkAtTheSameTimeAndWakeUpAfterAPause() {
        KernelPool pool = pool(2);
        for (int region = 0; region < 20; region++) {
            Set<Thread> threads = ConcurrentHashMap.newKeySet();
            meet(pool, threads);
            assertThat(threads).hasSize(2).contains(Thread.currentThread());
            Thread helper =
                    threads.stream().filter(t -> t != Thread.currentThread()).findFirst().get();
            assertThat(helper.isDaemon()).isTrue();
            while (helper.getState() != Thread.State.WAITING) {
                Thread.yield();
            }
        }
    }

    private static void meet(KernelPool pool, Set<Thread> threads) {
        CyclicBarrier barrier = new CyclicBarrier(2);
        pool.run(
                2,
                (_, _) -> {
                    threads.add(Thread.currentThread());
                    try {
                        barrier.await(30, TimeUnit.SECONDS);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    @Test
    void aRegionInsideABodyRunsOnTheSpot() {
        KernelPool pool = pool(3);
        AtomicIntegerArray runs = new AtomicIntegerArray(100);
        AtomicInteger strangers = new AtomicInteger();
        pool.run(
                10,
                (worker, task) -> {
                    Thread thread = Thread.currentThread();
                    pool.run(
                            10,
                            (innerWorker, inner) -> {
                                if (Thread.currentThread() != thread || innerWorker != worker) {
                                    strangers.incrementAndGet();
                                }
                                runs.incrementAndGet(task * 10 + inner);
                            });
                });
        assertThat(strangers).hasValue(0);
        for (int i = 0; i < 100; i++) {
            assertThat(runs.get(i)).isEqualTo(1);
        }
    }

    @Test
    void whatABodyThrowsReachesTheCallerAndThePoolWorksOn() {
        KernelPool pool = pool(3);
        for (int failing = 0; failing < 30; failing++) {
            int bad = failing;
            IllegalArgumentException mistake = new IllegalArgumentException("task " + bad);
            assertThatThrownBy(() ->
                            pool.run(
                                    30,
                                    (_, task) -> {
                                        if (task == bad) {
                                            throw mistake;
                                        }
                                    }))
                    .isSameAs(mistake);
            AtomicInteger runs = new AtomicInteger();
            pool.run(30, (_, _) -> runs.incrementAndGet());
            assertThat(runs).hasValue(30);
        }
    }

    @Test
    void errorsReachTheCallerToo() {
        for (int size : new int[] {1, 2}) {
            assertThatThrownBy(() ->
                            pool(size)
                                    .run(
                                            8,
                                            (_, _) -> {
                                                throw new StackOverflowError("deep");
                                            }))
                    .isInstanceOf(StackOverflowError.class)
                    .hasMessage("deep");
        }
    }

    @Test
    void severalCallersTakeTurns() throws InterruptedException {
        KernelPool pool = pool(3);
        int callers = 4;
        AtomicLong[] sums = new AtomicLong[callers];
        List<Thread> threads = new ArrayList<>();
        for (int c = 0; c < callers; c++) {
            AtomicLong sum = new AtomicLong();
            sums[c] = sum;
            int factor = c + 1;
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < 300; i++) {
                                    pool.run(10, (_, task) -> sum.addAndGet((long) factor * task));
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (int c = 0; c < callers; c++) {
            assertThat(sums[c]).hasValue(300L * 45 * (c + 1));
        }
    }

    @Test
    void anInterruptedCallerKeepsWorkingAndStaysInterrupted() {
        KernelPool pool = pool(2);
        AtomicInteger runs = new AtomicInteger();
        Thread.currentThread().interrupt();
        pool.run(1000, (_, _) -> runs.incrementAndGet());
        assertThat(Thread.interrupted()).isTrue();
        assertThat(runs).hasValue(1000);
    }

    @Test
    void closingEndsTheThreads() {
        KernelPool pool = pool(2);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        meet(pool, threads);
        pool.close();
        pool.close();
        threads.remove(Thread.currentThread());
        assertThat(threads).hasSize(1).noneMatch(Thread::isAlive);
        assertThatThrownBy(() -> pool.run(1, (_, _) -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the kernel pool is closed");
    }

    @Test
    void mistakesAreRefused() {
        assertThatThrownBy(() -> new KernelPool(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a pool has at least 1 thread, got 0");
        assertThatThrownBy(() -> pool(1).run(-1, (_, _) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tasks must be between 0 and 2147483646, got -1");
        assertThat(pool(5).size()).isEqualTo(5);
    }
}
