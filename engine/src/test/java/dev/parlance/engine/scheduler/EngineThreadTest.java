package dev.parlance.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.generation.AdmissionLimits;
import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationEvent.Failed;
import dev.parlance.engine.generation.GenerationEvent.Failed.Cause;
import dev.parlance.engine.generation.GenerationEvent.Finished;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.GenerationStream;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvStorage;
import dev.parlance.engine.sampling.SamplingParams;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The loop with its real thread. */
@Timeout(120)
class EngineThreadTest {
    private final FakeModel model = new FakeModel();
    private final KvCache cache = model.newCache(KvStorage.F32, 100);
    private final List<Throwable> failures = new ArrayList<>();
    private final EngineLoop loop =
            new EngineLoop(
                    model,
                    cache,
                    new SchedulerLimits(
                            200, 8, 64, AdmissionLimits.DEFAULT.withWaitingRequests(2000)),
                    () -> 1,
                    failures::add);

    @Test
    void aThousandClientsAllGetTheirAnswers() throws Exception {
        loop.start();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> answers = new ArrayList<>();
            for (int client = 0; client < 1000; client++) {
                GenerationRequest request = request(client);
                boolean leaves = client % 7 == 0;
                answers.add(clients.submit(() -> ask(request, leaves)));
            }
            for (Future<Boolean> answer : answers) {
                assertThat(answer.get()).isTrue();
            }
        }
        loop.close();
        assertThat(failures).isEmpty();
        cache.checkIntegrity();
        assertThat(cache.freeBlocks()).isEqualTo(100);
    }

    private boolean ask(GenerationRequest request, boolean leaves) throws InterruptedException {
        GenerationStream stream = loop.submit(request);
        if (leaves) {
            stream.next();
            stream.close();
            GenerationEvent last = Expected.drain(stream).getLast();
            return last instanceof Finished
                    || (last instanceof Failed failed && failed.cause() == Cause.CANCELLED);
        }
        List<GenerationEvent> events = Expected.drain(stream);
        return events.getLast() instanceof Finished
                && Expected.ofChoice(events, 0).equals(Expected.choice(request, 0));
    }

    @Test
    void closingWakesTheThreadAndEndsWhatRuns() throws Exception {
        CountDownLatch computing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        model.beforeForward =
                _ -> {
                    computing.countDown();
                    await(goOn);
                };
        loop.start();
        GenerationStream running = loop.submit(request(19));
        computing.await();
        GenerationStream waiting = loop.submit(request(2));
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> closing = executor.submit(loop::close);
            while (!loop.isClosed()) {
                Thread.onSpinWait();
            }
            goOn.countDown();
            closing.get();
        }
        for (GenerationStream stream : List.of(running, waiting)) {
            assertThat(Expected.drain(stream).getLast())
                    .isEqualTo(new Failed(Cause.SHUTDOWN, "the engine is shutting down"));
        }
        assertThat(cache.freeBlocks()).isEqualTo(100);
    }

    @Test
    void anIdleThreadWakesForARequestAndForTheEnd() throws Exception {
        loop.start();
        for (int i = 0; i < 50; i++) {
            try (GenerationStream stream = loop.submit(request(i))) {
                assertThat(Expected.drain(stream).getLast()).isInstanceOf(Finished.class);
            }
        }
        loop.close();
        assertThat(failures).isEmpty();
    }

    @Test
    void anInterruptedCallerStillWaitsForTheThread() throws Exception {
        loop.start();
        Callable<Boolean> closing =
                () -> {
                    Thread.currentThread().interrupt();
                    loop.close();
                    return Thread.interrupted();
                };
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(executor.submit(closing).get()).isTrue();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
        assertThat(Expected.drain(loop.submit(request(1))))
                .containsExactly(new Failed(Cause.SHUTDOWN, "the engine is shutting down"));
    }

    @Test
    void aListenerThatFailsDoesNotEndTheLoop() throws Exception {
        model.beforeForward =
                _ -> {
                    throw new IllegalStateException("broken model");
                };
        try (EngineLoop deaf =
                new EngineLoop(
                        model,
                        cache,
                        new SchedulerLimits(200, 8, 64, AdmissionLimits.DEFAULT),
                        () -> 1,
                        failure -> {
                            throw new IllegalStateException("broken listener", failure);
                        })) {
            deaf.start();
            for (int i = 0; i < 3; i++) {
                assertThat(Expected.drain(deaf.submit(request(i))).getLast())
                        .isInstanceOfSatisfying(
                                Failed.class,
                                failed -> assertThat(failed.cause()).isEqualTo(Cause.ERROR));
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static GenerationRequest request(int number) {
        int[] prompt = new int[1 + number % 40];
        for (int i = 0; i < prompt.length; i++) {
            prompt[i] = (i * 5 + number) % FakeModel.VOCABULARY;
        }
        return new GenerationRequest(
                prompt,
                1 + number % 20,
                0,
                Set.of(3),
                1,
                SamplingParams.DEFAULT.withSeed(number),
                -1,
                false);
    }
}
