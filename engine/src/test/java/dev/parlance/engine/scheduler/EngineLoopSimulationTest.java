package dev.parlance.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationEvent.Failed;
import dev.parlance.engine.generation.GenerationEvent.Finished;
import dev.parlance.engine.generation.GenerationEvent.PromptComputed;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.GenerationStream;
import dev.parlance.engine.generation.QueueFullException;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvStorage;
import dev.parlance.engine.sampling.SamplingParams;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Random arrivals, cancellations, failures and shutdowns against a model whose answers show every
 * mistake. {@code -Dtest.seed=N} runs one seed alone.
 */
@Timeout(120)
class EngineLoopSimulationTest {
    private static final int CONTEXT = 200;

    @Test
    void everyRequestEndsOnceAndAnswersAsIfItWereAlone() {
        Long only = Long.getLong("test.seed");
        Map<String, Integer> ends = new TreeMap<>();
        for (long seed = 0; seed < 300; seed++) {
            new Run(only == null ? seed : only, ends).play();
        }
        if (only == null) {
            // Or the simulation would show less than it seems to.
            assertThat(ends.keySet()).contains("finished", "CANCELLED", "SHUTDOWN", "ERROR");
            assertThat(ends.get("finished")).isGreaterThan(1000);
            assertThat(ends.get("drafts accepted")).isGreaterThan(1000);
        }
    }

    private record Submitted(
            GenerationRequest request, GenerationStream stream, Set<Integer> cut) {}

    private static final class Run {
        private final long seed;
        private final Random random;
        private final FakeModel model = new FakeModel();
        private final KvCache cache;
        private final KvCache draftCache;
        private final SchedulerLimits limits;
        private final List<Throwable> failures = new ArrayList<>();
        private final List<Submitted> requests = new ArrayList<>();
        private final Set<GenerationStream> closed = new HashSet<>();
        private final EngineLoop loop;
        private final Map<String, Integer> ends;
        private int injected;
        private long now;

        Run(long seed, Map<String, Integer> ends) {
            this.ends = ends;
            this.seed = seed;
            this.random = new Random(seed);
            int sequences = 1 + random.nextInt(5);
            limits =
                    new SchedulerLimits(
                            CONTEXT,
                            sequences,
                            1 + random.nextInt(6),
                            sequences + random.nextInt(40));
            cache = model.newCache(KvStorage.F32, KvCache.blocksFor(CONTEXT) + random.nextInt(20));
            draftCache = model.newCache(KvStorage.F32, random.nextInt(40));
            // All steps seem to take as long, so that drafts always pay.
            loop =
                    new EngineLoop(
                            model,
                            cache,
                            limits,
                            () -> seed,
                            failures::add,
                            speculator(),
                            () -> now += 1_000_000);
            boolean fails = random.nextInt(3) == 0;
            model.beforeForward =
                    batch -> {
                        assertThat(batch.rowCount()).isLessThanOrEqualTo(limits.maxBatchTokens());
                        if (fails && random.nextInt(25) == 0) {
                            injected++;
                            FakeModelFailure.raise(
                                    random.nextBoolean()
                                            ? new IllegalStateException("injected")
                                            : new OutOfMemoryError("injected"));
                        }
                    };
        }

        private Speculator speculator() {
            return switch (random.nextInt(3)) {
                case 0 -> Speculator.none();
                case 1 -> Speculator.promptLookup();
                default -> Speculator.withDraftModel(new FakeModel(), draftCache, () -> 0);
            };
        }

        void play() {
            int arrivals = 3 + random.nextInt(20);
            while (arrivals > 0) {
                if (random.nextInt(3) == 0) {
                    submit();
                    arrivals--;
                }
                if (random.nextInt(15) == 0 && !requests.isEmpty()) {
                    GenerationStream stream = any().stream();
                    stream.close();
                    closed.add(stream);
                }
                if (random.nextInt(10) == 0 && !requests.isEmpty()) {
                    Submitted request = any();
                    int choice = random.nextInt(request.request().choices());
                    request.stream().cancelChoice(choice);
                    request.cut().add(choice);
                }
                step();
            }
            boolean shutdown = random.nextInt(3) == 0;
            if (shutdown) {
                loop.close();
            }
            int steps = 0;
            while (step()) {
                assertThat(++steps).as("steps, seed %d", seed).isLessThan(20_000);
            }
            assertThat(cache.freeBlocks()).as("seed %d", seed).isEqualTo(cache.blockCount());
            assertThat(draftCache.freeBlocks()).isEqualTo(draftCache.blockCount());
            assertThat(failures).as("seed %d", seed).hasSize(injected);
            requests.forEach(request -> check(request, shutdown));
            long accepted = loop.statistics().orElseThrow().acceptedTokens();
            ends.merge("drafts accepted", (int) accepted, Integer::sum);
            loop.close();
        }

        private boolean step() {
            boolean worked = loop.step();
            cache.checkIntegrity();
            draftCache.checkIntegrity();
            return worked;
        }

        private Submitted any() {
            return requests.get(random.nextInt(requests.size()));
        }

        private void submit() {
            int promptLength = 1 + random.nextInt(random.nextBoolean() ? 5 : 100);
            int maxTokens = random.nextInt(CONTEXT - promptLength);
            maxTokens = random.nextInt(3) == 0 ? maxTokens : Math.min(maxTokens, random.nextInt(9));
            int topLogprobs = random.nextInt(4) - 1;
            SamplingParams sampling =
                    new SamplingParams(
                            random.nextInt(3) == 0 ? 0 : 2 * random.nextDouble(),
                            random.nextInt(30),
                            1 - random.nextDouble() / 2,
                            random.nextDouble() / 4,
                            1 - random.nextDouble() / 4,
                            random.nextInt(3) - 1,
                            random.nextInt(3) - 1,
                            0.8 + random.nextDouble(),
                            random.nextBoolean() ? Map.of() : Map.of(random.nextInt(23), 3.0),
                            OptionalLong.of(random.nextLong()));
            GenerationRequest request =
                    new GenerationRequest(
                            random.ints(promptLength, 0, FakeModel.VOCABULARY).toArray(),
                            maxTokens,
                            random.nextInt(maxTokens + 1) / 2,
                            Set.copyOf(IntStream.range(0, random.nextInt(3)).boxed().toList()),
                            1 + random.nextInt(random.nextInt(4) == 0 ? 6 : 1),
                            sampling,
                            topLogprobs,
                            topLogprobs >= 0 && random.nextBoolean());
            GenerationRequest predicted = request.withPrediction(prediction(request));
            try {
                requests.add(new Submitted(request, loop.submit(predicted), new HashSet<>()));
            } catch (QueueFullException e) {
                assertThat(e).hasMessageContaining(limits.maxWaitingRequests() + " requests");
            }
        }

        /** What a choice says, more or less. */
        private int[] prediction(GenerationRequest request) {
            if (random.nextInt(3) == 0) {
                return new int[0];
            }
            int choice = random.nextInt(request.choices());
            double wrong = random.nextInt(3) * 0.15;
            return Expected.choice(request, choice).stream()
                    .filter(GenerationEvent.TokenGenerated.class::isInstance)
                    .mapToInt(event -> ((GenerationEvent.TokenGenerated) event).tokenId())
                    .map(id ->
                            random.nextDouble() < wrong ? random.nextInt(FakeModel.VOCABULARY) : id)
                    .toArray();
        }

        private void check(Submitted submitted, boolean shutdown) {
            GenerationRequest request = submitted.request();
            // Nothing can follow the terminal event: the stream refuses it, which would show among
            // the failures.
            List<GenerationEvent> events = Expected.drain(submitted.stream());
            boolean complete =
                    switch (events.getLast()) {
                        case Finished finished -> {
                            assertThat(finished.usage().promptTokens())
                                    .isEqualTo(request.promptTokens().length);
                            assertThat(finished.usage().completionTokens())
                                    .isEqualTo(
                                            events.stream()
                                                    .filter(
                                                            GenerationEvent.TokenGenerated.class
                                                                    ::isInstance)
                                                    .count());
                            ends.merge("finished", 1, Integer::sum);
                            yield true;
                        }
                        case Failed failed -> {
                            boolean expected =
                                    switch (failed.cause()) {
                                        case CANCELLED -> closed.contains(submitted.stream());
                                        case SHUTDOWN -> shutdown;
                                        case ERROR -> injected > 0;
                                    };
                            assertThat(expected).as("seed %d: %s", seed, failed).isTrue();
                            ends.merge(failed.cause().name(), 1, Integer::sum);
                            yield false;
                        }
                        default -> throw new AssertionError("not terminal");
                    };
            for (GenerationEvent event : events) {
                if (event instanceof PromptComputed prompt) {
                    assertThat(prompt.logprobs())
                            .as("seed %d", seed)
                            .isEqualTo(Expected.promptLogprobs(request));
                }
            }
            for (int choice = 0; choice < request.choices(); choice++) {
                List<GenerationEvent> actual = Expected.ofChoice(events, choice);
                List<GenerationEvent> alone = Expected.choice(request, choice);
                if (complete && submitted.cut().isEmpty()) {
                    assertThat(actual).as("seed %d", seed).isEqualTo(alone);
                } else {
                    List<GenerationEvent> tokens =
                            actual.stream()
                                    .filter(GenerationEvent.TokenGenerated.class::isInstance)
                                    .toList();
                    assertThat(tokens)
                            .as("seed %d", seed)
                            .isEqualTo(alone.subList(0, tokens.size()));
                }
            }
        }
    }
}
