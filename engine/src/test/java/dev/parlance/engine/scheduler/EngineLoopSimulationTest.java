package dev.parlance.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.generation.AdmissionLimits;
import dev.parlance.engine.generation.BackendStatistics;
import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationEvent.Failed;
import dev.parlance.engine.generation.GenerationEvent.Finished;
import dev.parlance.engine.generation.GenerationEvent.PromptComputed;
import dev.parlance.engine.generation.GenerationEvent.Started;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.KvSharing;
import dev.parlance.engine.generation.QueueFullException;
import dev.parlance.engine.generation.ServiceTerms;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvStorage;
import dev.parlance.engine.sampling.LogprobParams;
import dev.parlance.engine.sampling.SamplingParams;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
 * Random arrivals, cancellations, deadlines, priorities, tenants, failures and shutdowns against a
 * model whose answers show every mistake. After every step the blocks are all accounted for, and
 * nobody has been left waiting beyond the bound of {@link AdmissionOrder}; in the end every request
 * has ended once and, if it was not cut short, has answered as if it were alone. Prompts begin as
 * others did, most models have layers that see a window only, and half of the engines have files
 * behind their cache, which come late, get damaged, and are there when an engine is started again.
 * {@code -Dtest.seed=N} runs one seed alone; a failure names the seed.
 */
@Timeout(120)
class EngineLoopSimulationTest {
    private static final int CONTEXT = 200;
    private static final long SECOND = 1_000_000_000;

    @Test
    void everyRequestEndsOnceAndAnswersAsIfItWereAlone(@TempDir Path folder) {
        Long only = Long.getLong("test.seed");
        Map<String, Long> seen = new TreeMap<>();
        if (only != null) {
            play(only, folder, seen);
            return;
        }
        int steps = 0;
        for (long seed = 0; steps < 100_000; seed++) {
            steps += play(seed, folder, seen);
        }
        // Or the simulation would show less than it seems to.
        assertThat(seen.keySet())
                .contains(
                        "finished", "aged", "refused", "CANCELLED", "TIMEOUT", "SHUTDOWN", "ERROR");
        assertThat(seen.get("finished")).isGreaterThan(1500);
        assertThat(seen.get("drafts accepted")).isGreaterThan(1000);
        assertThat(seen.get("tokens cached")).isGreaterThan(5000);
        assertThat(seen.get("blocks written")).isGreaterThan(500);
        assertThat(seen.get("blocks read")).isGreaterThan(50);
        assertThat(seen.get("files damaged")).isGreaterThan(3);
    }

    private static int play(long seed, Path folder, Map<String, Long> seen) {
        Path files = folder.resolve(String.valueOf(seed));
        List<int[]> prompts = new ArrayList<>();
        try {
            int steps = new Run(seed, files, prompts, seen).play();
            // With what the first has left; what it had no time to answer is not asked again.
            return steps + new Run(seed, files, prompts, seen).play();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (RuntimeException | AssertionError failure) {
            throw new AssertionError("seed " + seed + " (-Dtest.seed=" + seed + ")", failure);
        }
    }

    /** A request and what has been seen of it. */
    private static final class Submitted {
        final GenerationRequest request;
        final RequestStream stream;
        final long acceptedAt;
        final Set<Integer> cut = new HashSet<>();
        final List<GenerationEvent> events = new ArrayList<>();

        /** With which start it must begin at the latest, once it has aged. */
        long lastStart = Long.MAX_VALUE;

        boolean closed;

        Submitted(GenerationRequest request, RequestStream stream, long acceptedAt) {
            this.request = request;
            this.stream = stream;
            this.acceptedAt = acceptedAt;
        }

        boolean isAged() {
            return lastStart < Long.MAX_VALUE;
        }

        boolean isWaiting() {
            return !isOver() && events.stream().noneMatch(Started.class::isInstance);
        }

        boolean isOver() {
            return !events.isEmpty() && Expected.isTerminal(events.getLast());
        }
    }

    private static final class Run {
        private final Random random;
        private final FakeModel model;
        private final KvCache cache;
        private final FakeModel draftModel;
        private final KvCache draftCache;
        private final SchedulerLimits limits;
        private final List<Throwable> failures = new ArrayList<>();
        private final List<Submitted> requests = new ArrayList<>();
        private final EngineLoop loop;
        private final boolean withFiles;
        private final Path files;
        private final List<Runnable> fileTasks = new ArrayList<>();
        private final List<int[]> prompts;
        private final Map<String, Long> seen;
        private long now;
        private int injected;
        private int refused;

        /**
         * @param prompts of earlier requests
         * @param seen how often things happened
         */
        Run(long seed, Path files, List<int[]> prompts, Map<String, Long> seen) throws IOException {
            this.withFiles = seed % 2 == 0;
            this.files = files;
            this.prompts = prompts;
            this.seen = seen;
            this.random = new Random(31 * seed + prompts.size());
            this.model = model(new Random(seed));
            int sequences = 1 + random.nextInt(5);
            limits =
                    new SchedulerLimits(
                            CONTEXT,
                            sequences,
                            sequences + random.nextInt(40),
                            new AdmissionLimits(
                                    1 + random.nextInt(8),
                                    50 + random.nextInt(400),
                                    random.nextBoolean() ? 3 : Integer.MAX_VALUE,
                                    random.nextBoolean() ? 2 : Integer.MAX_VALUE));
            int ahead = SchedulerLimits.ahead(limits.maxBatchTokens());
            int blocks = model.kvShape().blocksFor(CONTEXT, ahead) + random.nextInt(20);
            cache = model.newCache(KvStorage.F32, blocks);
            if (withFiles) {
                // A file takes a page.
                long maxBytes = 4096L * (1 + random.nextInt(random.nextInt(3) == 0 ? 5 : 200));
                cache.keepIn(files, "0".repeat(32), maxBytes, fileTasks::add, () -> 0);
            }
            draftModel = model(random);
            draftCache = draftModel.newCache(KvStorage.F32, random.nextInt(80));
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
                default -> Speculator.withDraftModel(draftModel, draftCache, () -> 0);
            };
        }

        /** Of one layer that sees everything and, mostly, some that see a window. */
        private static FakeModel model(Random random) {
            FakeModel model = new FakeModel();
            model.windows = new ArrayList<>(List.of(0));
            int window = 1 + random.nextInt(60);
            for (int layers = random.nextInt(4); layers > 0; layers--) {
                model.windows.add(window);
            }
            return model;
        }

        /** Returns how many steps it took. */
        int play() throws IOException {
            int steps = 0;
            int arrivals = 3 + random.nextInt(20);
            while (arrivals > 0) {
                if (random.nextInt(3) == 0) {
                    submit();
                    arrivals--;
                }
                if (random.nextInt(15) == 0 && !requests.isEmpty()) {
                    Submitted request = any();
                    request.stream.close();
                    request.closed = true;
                }
                if (random.nextInt(10) == 0 && !requests.isEmpty()) {
                    Submitted request = any();
                    int choice = random.nextInt(request.request.choices());
                    request.stream.cancelChoice(choice);
                    request.cut.add(choice);
                }
                if (random.nextInt(10) == 0 && withFiles) {
                    damageAFile();
                }
                step();
                steps++;
            }
            boolean shutdown = random.nextInt(3) == 0;
            if (shutdown) {
                loop.close();
            }
            while (step() || !fileTasks.isEmpty()) {
                assertThat(++steps).isLessThan(20_000);
            }
            assertThat(cache.freeBlocks()).isEqualTo(cache.blockCount());
            assertThat(draftCache.freeBlocks()).isEqualTo(draftCache.blockCount());
            assertThat(failures).hasSize(injected);
            requests.forEach(request -> check(request, shutdown));
            checkCounts();
            count("drafts accepted", loop.statistics().orElseThrow().acceptedTokens());
            loop.close();
            cache.fileCounts()
                    .ifPresent(counts -> {
                        count("blocks written", counts.written());
                        count("blocks read", counts.read());
                        count("files damaged", counts.damaged());
                    });
            cache.close();
            return steps;
        }

        private boolean step() {
            if (!fileTasks.isEmpty() && random.nextBoolean()) {
                fileTasks.remove(random.nextInt(fileTasks.size())).run();
            }
            noteAged();
            boolean worked = loop.step();
            now += random.nextLong(2 * SECOND);
            cache.checkIntegrity();
            draftCache.checkIntegrity();
            if (withFiles && random.nextInt(8) == 0) {
                cache.checkFiles();
            }
            int waiting = 0;
            for (Submitted request : requests) {
                while (request.stream.hasNext()) {
                    request.events.add(Expected.next(request.stream));
                }
                if (request.isWaiting()) {
                    waiting++;
                    assertThat(loop.starts()).isLessThan(request.lastStart);
                }
            }
            assertThat(loop.statistics().orElseThrow().waiting()).isEqualTo(waiting);
            return worked;
        }

        /** Notes with which start those who have waited for long must begin. */
        private void noteAged() {
            // A tenant at its limit waits for itself, and a prompt that is being read for its file.
            boolean anyoneMayStart =
                    limits.admission().tenantRunningSequences() == Integer.MAX_VALUE && !withFiles;
            int olderSequences = 0;
            for (Submitted request : requests) {
                boolean aged = now - request.acceptedAt >= AdmissionOrder.AGED_NANOS;
                if (request.isWaiting() && aged && !request.isAged() && anyoneMayStart) {
                    request.lastStart =
                            loop.starts() + AdmissionOrder.AGED_TURN * (olderSequences + 1);
                    count("aged", 1);
                }
                if (!request.isOver()) {
                    olderSequences += request.request.choices();
                }
            }
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
                            logprobs(),
                            random.nextInt(6) == 0
                                    ? KvSharing.NONE
                                    : KvSharing.within(random.nextInt(4) == 0 ? "salt" : ""),
                            terms(),
                            new int[0]);
            GenerationRequest predicted = request.withPrediction(prediction(request));
            try {
                RequestStream stream = (RequestStream) loop.submit(predicted);
                requests.add(new Submitted(request, stream, now));
            } catch (QueueFullException e) {
                assertThat(e.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(60));
                refused++;
                count("refused", 1);
            }
        }

        private LogprobParams logprobs() {
            return new LogprobParams(
                    random.nextInt(4) - 1,
                    random.nextInt(4) == 0 ? List.of(random.nextInt(23)) : List.of(),
                    random.nextInt(3) == 0,
                    random.nextInt(3) == 0 ? random.nextInt(3) : -1);
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

        private ServiceTerms terms() {
            return new ServiceTerms(
                    "tenant " + random.nextInt(4),
                    random.nextInt(4) - 2,
                    random.nextInt(4) == 0
                            ? Duration.ofSeconds(1 + random.nextInt(200))
                            : Duration.ZERO);
        }

        private void checkCounts() {
            BackendStatistics statistics = loop.statistics().orElseThrow();
            assertThat(statistics.rejected()).isEqualTo(refused);
            assertThat(statistics.waitingTokens()).isZero();
            assertThat(
                            statistics.finished()
                                    + statistics.failed()
                                    + statistics.cancelled()
                                    + statistics.timedOut())
                    .isEqualTo(requests.size());
        }

        private void check(Submitted submitted, boolean shutdown) {
            GenerationRequest request = submitted.request;
            // Nothing can follow the terminal event: the stream refuses it, which would show among
            // the failures.
            List<GenerationEvent> events = submitted.events;
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
                                        case CANCELLED -> submitted.closed;
                                        case TIMEOUT -> request.terms().timeout().isPositive();
                                        case SHUTDOWN -> shutdown;
                                        case ERROR -> injected > 0;
                                    };
                            assertThat(expected).as("%s", failed).isTrue();
                            count(failed.cause().name(), 1);
                            yield false;
                        }
                        default -> throw new AssertionError("not terminal");
                    };
            for (GenerationEvent event : events) {
                if (event instanceof PromptComputed prompt) {
                    assertThat(prompt.logprobs()).isEqualTo(Expected.promptLogprobs(request));
                }
            }
            for (int choice = 0; choice < request.choices(); choice++) {
                List<GenerationEvent> actual = Expected.ofChoice(events, choice);
                List<GenerationEvent> alone = Expected.choice(request, choice);
                if (complete && submitted.cut.isEmpty()) {
                    assertThat(actual).isEqualTo(alone);
                } else {
                    List<GenerationEvent> tokens =
                            actual.stream()
                                    .filter(GenerationEvent.TokenGenerated.class::isInstance)
                                    .toList();
                    assertThat(tokens).isEqualTo(alone.subList(0, tokens.size()));
                }
            }
        }
    }
}
