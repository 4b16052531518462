package dev.parlance.app.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

@Timeout(60)
class LoadGeneratorTest {
    private final LoadGenerator generator = new LoadGenerator(System::nanoTime);

    @Test
    void aClosedLoopHasAsManyAtATimeAsClients() throws Exception {
        CyclicBarrier together = new CyclicBarrier(4);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Set<Integer> indices = ConcurrentHashMap.newKeySet();
        LoadGenerator.Result result =
                generator.run(
                        new Load.ClosedLoop(4),
                        new Limit(12, Limit.ANY_DURATION),
                        (index, due) -> {
                            indices.add(index);
                            most.accumulateAndGet(running.incrementAndGet(), Math::max);
                            await(together);
                            running.decrementAndGet();
                            return List.of(Exchanges.answered(due, due + 1));
                        },
                        new SplittableRandom(1));
        assertThat(most).hasValue(4);
        assertThat(indices).hasSize(12);
        assertThat(result.exchanges()).hasSize(12);
    }

    private static void await(CyclicBarrier barrier) throws InterruptedException {
        try {
            barrier.await();
        } catch (BrokenBarrierException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anOpenLoopWaitsForNoAnswer() throws Exception {
        CountDownLatch allBegun = new CountDownLatch(20);
        Set<Long> due = ConcurrentHashMap.newKeySet();
        LoadGenerator.Result result =
                generator.run(
                        new Load.OpenLoop(10_000),
                        new Limit(20, Limit.ANY_DURATION),
                        (_, dueNanos) -> {
                            due.add(dueNanos);
                            allBegun.countDown();
                            allBegun.await();
                            return List.of();
                        },
                        new SplittableRandom(3));
        long[] offsets =
                PoissonArrivals.offsets(
                                10_000, new Limit(20, Limit.ANY_DURATION), new SplittableRandom(3))
                        .toArray();
        assertThat(due).hasSize(20);
        for (long offset : offsets) {
            assertThat(due).contains(result.startNanos() + offset);
        }
    }

    @Test
    void whenTimeIsOverNothingBegins() throws Exception {
        AtomicLong clock = new AtomicLong();
        AtomicInteger done = new AtomicInteger();
        LoadGenerator.Result result =
                new LoadGenerator(clock::get)
                        .run(
                                new Load.ClosedLoop(1),
                                Limit.of(Duration.ofNanos(30)),
                                (_, due) -> {
                                    done.incrementAndGet();
                                    clock.addAndGet(20);
                                    return List.of(Exchanges.answered(due, due));
                                },
                                new SplittableRandom(1));
        assertThat(done).hasValue(2);
        assertThat(result.endNanos()).isEqualTo(30);
    }
}
