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
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Random arrivals, cancellations, failures and shutdowns against a model whose answers show every
 * mistake. Prompts begin as others did, and half of the engines have files behind their cache,
 * which come late, get damaged, and are there when an engine is started again. {@code
 * -Dtest.seed=N} runs one seed alone.
 */
@Timeout(120)
class EngineLoopSimulationTest {
    private static final int CONTEXT = 200;

    @Test
    void everyRequestEndsOnceAndAnswersAsIfItWereAlone(@TempDir Path folder) throws IOException {
        Long only = Long.getLong("test.seed");
        Map<String, Long> seen = new TreeMap<>();
        for (long seed = 0; seed < 150; seed++) {
            long used = only == null ? seed : only;
            Path files = folder.resolve(String.valueOf(seed));
            List<int[]> prompts = new ArrayList<>();
            new Run(used, files, prompts, seen).play();
            // With what the first has left; what it had no time to answer is not asked again.
            new Run(used, files, prompts, seen).play();
        }
        if (only == null) {
            // Or the simulation would show less than it seems to.
            assertThat(seen.keySet()).contains("finished", "CANCELLED", "SHUTDOWN", "ERROR");
            assertThat(seen.get("finished")).isGreaterThan(1500);
            assertThat(seen.get("tokens cached")).isGreaterThan(5000);
            assertThat(seen.get("blocks written")).isGreaterThan(500);
            assertThat(seen.get("blocks read")).isGreaterThan(50);
            assertThat(seen.get("files damaged")).isGreaterThan(3);
        }
    }

    private record Submitted(
            GenerationRequest request, GenerationStream stream, Set<Integer> cut) {}

    private static final class Run {
        private final long seed;
        private final Random random;
        private final FakeModel model = new FakeModel();
        private final KvCache cache;
        private final SchedulerLimits limits;
        private final List<Throwable> failures = new ArrayList<>();
        private final List<Submitted> requests = new ArrayList<>();
        private final Set<GenerationStream> closed = new HashSet<>();
        private final EngineLoop loop;
        private final Path files;
        private final List<Runnable> fileTasks = new ArrayList<>();
        private final List<int[]> prompts;
        private final Map<String, Long> seen;
        private int injected;

        /**
         * @param prompts of earlier requests
         * @param seen how often things happened
         */
        Run(long seed, Path files, List<int[]> prompts, Map<String, Long> seen) throws IOException {
            this.seed = seed;
            this.files = files;
            this.prompts = prompts;
            this.seen = seen;
            this.random = new Random(31 * seed + prompts.size());
            int sequences = 1 + random.nextInt(5);
            limits =
                    new SchedulerLimits(
                            CONTEXT,
                            sequences,
                            1 + random.nextInt(6),
                            sequences + random.nextInt(40));
            cache = model.newCache(KvStorage.F32, KvCache.blocksFor(CONTEXT) + random.nextInt(20));
            if (seed % 2 == 0) {
                // A file takes a page.
                long maxBytes = 4096L * (1 + random.nextInt(random.nextInt(3) == 0 ? 5 : 200));
                cache.keepIn(files, "0".repeat(32), maxBytes, fileTasks::add);
            }
            loop = new EngineLoop(model, cache, limits, () -> seed, failures::add);
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

        void play() throws IOException {
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
                if (random.nextInt(10) == 0 && seed % 2 == 0) {
                    damageAFile();
                }
                step();
            }
            boolean shutdown = random.nextInt(3) == 0;
            if (shutdown) {
                loop.close();
            }
            int steps = 0;
            while (step() || !fileTasks.isEmpty()) {
                assertThat(++steps).as("steps, seed %d", seed).isLessThan(20_000);
            }
            assertThat(cache.freeBlocks()).as("seed %d", seed).isEqualTo(cache.blockCount());
            assertThat(failures).as("seed %d", seed).hasSize(injected);
            requests.forEach(request -> check(request, shutdown));
            loop.close();
            cache.fileCounts()
                    .ifPresent(counts -> {
                        count("blocks written", counts.written());
                        count("blocks read", counts.read());
                        count("files damaged", counts.damaged());
                    });
            cache.close();
        }

        private boolean step() {
            if (!fileTasks.isEmpty() && random.nextBoolean()) {
                fileTasks.remove(random.nextInt(fileTasks.size())).run();
            }
            boolean worked = loop.step();
            cache.checkIntegrity();
            if (random.nextInt(8) == 0) {
                cache.checkFiles();
            }
            return worked;
        }

        private void damageAFile() throws IOException {
            List<Path> all;
            try (Stream<Path> found = Files.list(files.resolve("0".repeat(32)))) {
                all = found.filter(file -> file.toString().endsWith(".kv")).sorted().toList();
            }
            if (!all.isEmpty()) {
                Path file = all.get(random.nextInt(all.size()));
                byte[] bytes = Files.readAllBytes(file);
                if (bytes.length > 0) {
                    bytes[random.nextInt(bytes.length)] ^= 4;
                }
                Files.write(
                        file,
                        random.nextBoolean()
                                ? bytes
                                : Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
            }
        }

        private void count(String what, long times) {
            seen.merge(what, times, Long::sum);
        }

        private Submitted any() {
            return requests.get(random.nextInt(requests.size()));
        }

        private void submit() {
            int[] prompt = prompt(1 + random.nextInt(random.nextBoolean() ? 5 : 100));
            int maxTokens = random.nextInt(CONTEXT - prompt.length);
            maxTokens = random.nextInt(3) == 0 ? maxTokens : Math.min(maxTokens, random.nextInt(9));
            int topLogprobs = random.nextInt(4) - 1;
            boolean scored = topLogprobs >= 0 && random.nextInt(3) == 0;
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
                            prompt,
                            maxTokens,
                            random.nextInt(maxTokens + 1) / 2,
                            Set.copyOf(IntStream.range(0, random.nextInt(3)).boxed().toList()),
                            1 + random.nextInt(random.nextInt(4) == 0 ? 6 : 1),
                            sampling,
                            topLogprobs,
                            scored,
                            random.nextInt(4) == 0 ? "salt" : "");
            try {
                requests.add(new Submitted(request, loop.submit(request), new HashSet<>()));
            } catch (QueueFullException e) {
                assertThat(e).hasMessageContaining(limits.maxWaitingRequests() + " requests");
            }
        }

        /** Mostly one that begins as an earlier one, or is that with a few more tokens. */
        private int[] prompt(int length) {
            int[] earlier =
                    prompts.isEmpty() || random.nextInt(4) == 0
                            ? new int[0]
                            : prompts.get(random.nextInt(prompts.size()));
            int kept = random.nextInt(3) == 0 ? random.nextInt(earlier.length + 1) : earlier.length;
            int[] prompt = Arrays.copyOf(earlier, Math.min(CONTEXT - 1, Math.max(kept, length)));
            for (int i = kept; i < prompt.length; i++) {
                prompt[i] = random.nextInt(FakeModel.VOCABULARY);
            }
            prompts.add(prompt);
            return prompt;
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
                            count("finished", 1);
                            count("tokens cached", finished.usage().cachedTokens());
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
                            count(failed.cause().name(), 1);
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
