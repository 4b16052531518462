package dev.parlance.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.engine.generation.AdmissionLimits;
import dev.parlance.engine.generation.BackendStatistics;
import dev.parlance.engine.generation.FinishReason;
import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationEvent.ChoiceFinished;
import dev.parlance.engine.generation.GenerationEvent.Failed;
import dev.parlance.engine.generation.GenerationEvent.Failed.Cause;
import dev.parlance.engine.generation.GenerationEvent.Finished;
import dev.parlance.engine.generation.GenerationEvent.PromptComputed;
import dev.parlance.engine.generation.GenerationEvent.PromptProgress;
import dev.parlance.engine.generation.GenerationEvent.TokenGenerated;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.GenerationStream;
import dev.parlance.engine.generation.KvSharing;
import dev.parlance.engine.generation.QueueFullException;
import dev.parlance.engine.generation.TokenUsage;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvStorage;
import dev.parlance.engine.sampling.LogprobParams;
import dev.parlance.engine.sampling.SamplingParams;
import dev.parlance.engine.sampling.TokenLogprobs;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

@Timeout(60)
class EngineLoopTest {
    private static final SamplingParams SAMPLED = SamplingParams.DEFAULT.withSeed(5);

    private final FakeModel model = new FakeModel();
    private final List<Throwable> failures = new ArrayList<>();
    private KvCache cache = model.newCache(KvStorage.F32, 40);

    @Test
    void aRequestGivesItsPromptItsTokensAndItsEnd() {
        EngineLoop loop = loop(limits(4, 32));
        GenerationRequest request = request(7, 5, 1, SAMPLED);
        List<GenerationEvent> events = run(loop, loop.submit(request));
        assertThat(events.getFirst()).isEqualTo(new PromptComputed(0, List.of()));
        assertThat(Expected.ofChoice(events, 0)).isEqualTo(Expected.choice(request, 0));
        assertThat(events.getLast()).isEqualTo(new Finished(new TokenUsage(7, 0, 5)));
        assertThat(cache.freeBlocks()).isEqualTo(40);
    }

    @Test
    void aPromptInChunksGivesWhatItGivesInOnePiece() {
        GenerationRequest request = request(100, 5, 1, SAMPLED);
        for (int budget : new int[] {1, 3, 16, 99, 100, 512}) {
            EngineLoop loop = loop(limits(1, budget));
            assertThat(Expected.ofChoice(run(loop, loop.submit(request)), 0))
                    .isEqualTo(Expected.choice(request, 0));
        }
        assertThat(model.batches.getFirst().rowCount()).isEqualTo(1);
    }

    @Test
    void anEndTokenEndsAndIsReported() {
        GenerationRequest free = request(4, 9, 1, SAMPLED);
        int third = ((TokenGenerated) Expected.choice(free, 0).get(2)).tokenId();
        GenerationRequest request =
                new GenerationRequest(
                        free.promptTokens(), 9, 0, Set.of(third), 1, SAMPLED, -1, false);
        EngineLoop loop = loop(limits(4, 32));
        List<GenerationEvent> events = run(loop, loop.submit(request));
        assertThat(Expected.ofChoice(events, 0)).isEqualTo(Expected.choice(request, 0));
        assertThat(events).contains(new ChoiceFinished(0, FinishReason.STOP_TOKEN));
    }

    @Test
    void endTokensDoNotComeBeforeTheMinimum() {
        Set<Integer> most = Set.copyOf(IntStream.range(0, 20).boxed().toList());
        GenerationRequest request =
                new GenerationRequest(new int[] {3}, 30, 6, most, 1, SAMPLED, -1, false);
        EngineLoop loop = loop(limits(4, 32));
        List<GenerationEvent> events = run(loop, loop.submit(request));
        List<GenerationEvent> tokens = Expected.ofChoice(events, 0);
        assertThat(tokens).isEqualTo(Expected.choice(request, 0)).hasSizeGreaterThanOrEqualTo(7);
        for (int i = 0; i < 6; i++) {
            assertThat(((TokenGenerated) tokens.get(i)).tokenId()).isGreaterThanOrEqualTo(20);
        }
    }

    @Test
    void logprobsAreThoseOfTheRawLogits() {
        GenerationRequest request =
                new GenerationRequest(prompt(9), 6, 0, Set.of(), 1, SAMPLED, 3, true);
        EngineLoop loop = loop(limits(4, 4));
        List<GenerationEvent> events = run(loop, loop.submit(request));
        assertThat(events.getFirst())
                .isEqualTo(new PromptComputed(0, Expected.promptLogprobs(request)));
        assertThat(Expected.ofChoice(events, 0)).isEqualTo(Expected.choice(request, 0));
    }

    @Test
    void scoringAloneComputesThePromptAndGeneratesNothing() {
        GenerationRequest request =
                new GenerationRequest(prompt(20), 0, 0, Set.of(), 2, SAMPLED, 0, true);
        EngineLoop loop = loop(limits(4, 8));
        assertThat(run(loop, loop.submit(request)))
                .containsExactly(
                        new PromptComputed(0, Expected.promptLogprobs(request)),
                        new ChoiceFinished(0, FinishReason.LENGTH),
                        new ChoiceFinished(1, FinishReason.LENGTH),
                        new Finished(new TokenUsage(20, 0, 0)));
    }

    @Test
    void aPromptOfOneTokenCanBeScored() {
        GenerationRequest request =
                new GenerationRequest(new int[] {1}, 0, 0, Set.of(), 1, SAMPLED, 5, true);
        EngineLoop loop = loop(limits(4, 8));
        assertThat(run(loop, loop.submit(request))).hasSize(3);
    }

    @Test
    void choicesShareOneComputationOfThePromptAndDiffer() {
        for (int promptLength : new int[] {1, 2, 16, 17, 50}) {
            model.batches.clear();
            EngineLoop loop = loop(limits(4, 64));
            GenerationRequest request = request(promptLength, 8, 3, SAMPLED);
            List<GenerationEvent> events = run(loop, loop.submit(request));
            for (int choice = 0; choice < 3; choice++) {
                assertThat(Expected.ofChoice(events, choice))
                        .isEqualTo(Expected.choice(request, choice));
            }
            assertThat(events.getLast())
                    .isEqualTo(new Finished(new TokenUsage(promptLength, 0, 24)));
            int rows = model.batches.stream().mapToInt(batch -> batch.rowCount()).sum();
            // The prompt once, its last token once more per copy, and 7 decoded tokens each.
            assertThat(rows).isEqualTo(promptLength + 2 + 3 * 7);
            // The copies start one step after the first, and then all decode together.
            assertThat(model.batches).hasSize(9);
        }
    }

    @Test
    void aPromptThatWasComputedBeforeIsNotComputedAgain() {
        EngineLoop loop = loop(limits(4, 512));
        GenerationRequest request = request(100, 5, 1, SAMPLED);
        List<GenerationEvent> cold = run(loop, loop.submit(request));
        model.batches.clear();
        List<GenerationEvent> warm = run(loop, loop.submit(request));
        assertThat(warm.getFirst()).isEqualTo(new PromptComputed(96, List.of()));
        assertThat(warm.getLast()).isEqualTo(new Finished(new TokenUsage(100, 96, 5)));
        assertThat(Expected.ofChoice(warm, 0)).isEqualTo(Expected.ofChoice(cold, 0));
        assertThat(model.batches.getFirst().rowCount()).isEqualTo(4);
        cache.checkIntegrity();
    }

    @Test
    void whatWasDoneIsCounted() {
        long[] seconds = {0};
        EngineLoop loop =
                new EngineLoop(
                        model,
                        cache,
                        limits(4, 512),
                        () -> 1,
                        failures::add,
                        Speculator.none(),
                        () -> seconds[0] * 1_000_000_000L);
        model.beforeForward = _ -> seconds[0]++;
        GenerationRequest request = request(100, 5, 1, SAMPLED);
        GenerationStream first = loop.submit(request);
        assertThat(loop.statistics().orElseThrow().waiting()).isEqualTo(1);
        assertThat(loop.statistics().orElseThrow().waitingTokens()).isEqualTo(100);
        loop.step();
        BackendStatistics during = loop.statistics().orElseThrow();
        assertThat(during.running()).isEqualTo(1);
        assertThat(during.waiting()).isZero();
        assertThat(during.waitingTokens()).isZero();
        assertThat(during.kvBlocksUsed()).isEqualTo(7);
        run(loop, first);
        run(loop, loop.submit(request));
        loop.submit(request).close();
        stepAll(loop);

        BackendStatistics after = loop.statistics().orElseThrow();
        assertThat(after.promptTokens()).isEqualTo(200);
        assertThat(after.cachedTokens()).isEqualTo(96);
        assertThat(after.generatedTokens()).isEqualTo(10);
        assertThat(after.finished()).isEqualTo(2);
        assertThat(after.failed()).isZero();
        assertThat(after.cancelled()).isEqualTo(1);
        assertThat(after.running()).isZero();
        assertThat(after.kvBlocksUsed()).isZero();
        assertThat(after.kvBlocksKept()).isEqualTo(6);
        assertThat(after.queueTime().count()).isEqualTo(2);
        assertThat(after.firstToken().count()).isEqualTo(2);
        assertThat(after.firstToken().totalSeconds()).isEqualTo(2);
        assertThat(after.betweenTokens().count()).isEqualTo(8);
        assertThat(after.betweenTokens().totalSeconds()).isEqualTo(8);
    }

    @Test
    void theLastTokenOfAPromptIsAlwaysComputed() {
        EngineLoop loop = loop(limits(4, 512));
        GenerationRequest request = request(32, 3, 1, SAMPLED);
        run(loop, loop.submit(request));
        List<GenerationEvent> warm = run(loop, loop.submit(request));
        assertThat(warm.getFirst()).isEqualTo(new PromptComputed(16, List.of()));
        assertThat(Expected.ofChoice(warm, 0)).isEqualTo(Expected.choice(request, 0));
    }

    @Test
    void aSecondTurnReusesTheAnswerOfTheFirst() {
        EngineLoop loop = loop(limits(4, 512));
        GenerationRequest first = request(30, 40, 1, SAMPLED);
        IntStream answer =
                run(loop, loop.submit(first)).stream()
                        .filter(TokenGenerated.class::isInstance)
                        .mapToInt(event -> ((TokenGenerated) event).tokenId());
        int[] prompt = IntStream.concat(IntStream.of(first.promptTokens()), answer).toArray();
        GenerationRequest second =
                new GenerationRequest(prompt, 5, 0, Set.of(), 1, SAMPLED, -1, false);
        List<GenerationEvent> events = run(loop, loop.submit(second));
        assertThat(events.getFirst()).isEqualTo(new PromptComputed(64, List.of()));
        assertThat(Expected.ofChoice(events, 0)).isEqualTo(Expected.choice(second, 0));
    }

    @Test
    void aLaterChoiceDoesNotMakeThePromptCached() {
        EngineLoop loop = loop(limits(1, 512));
        List<GenerationEvent> events = run(loop, loop.submit(request(40, 3, 2, SAMPLED)));
        assertThat(events.getFirst()).isEqualTo(new PromptComputed(0, List.of()));
        assertThat(events.getLast()).isEqualTo(new Finished(new TokenUsage(40, 0, 6)));
    }

    @Test
    void promptsOfDifferentSaltsShareNothing() {
        EngineLoop loop = loop(limits(4, 512));
        GenerationRequest request = request(40, 3, 1, SAMPLED);
        List<Integer> cached = new ArrayList<>();
        for (String salt : List.of("", "a", "b", "a", "")) {
            List<GenerationEvent> events =
                    run(loop, loop.submit(request.withSharing(KvSharing.within(salt))));
            cached.add(((PromptComputed) events.getFirst()).cachedTokens());
            assertThat(Expected.ofChoice(events, 0)).isEqualTo(Expected.choice(request, 0));
        }
        assertThat(cached).containsExactly(0, 0, 0, 32, 32);
    }

    @Test
    void aRequestThatSharesWithNoneComputesItsPromptAndLeavesNothing() {
        EngineLoop loop = loop(limits(4, 512));
        GenerationRequest request = request(40, 3, 2, SAMPLED);
        GenerationRequest alone = request.withSharing(KvSharing.NONE);
        List<Integer> cached = new ArrayList<>();
        for (GenerationRequest next : List.of(alone, request, alone, request)) {
            List<GenerationEvent> events = run(loop, loop.submit(next));
            cached.add(((PromptComputed) events.getFirst()).cachedTokens());
            assertThat(Expected.ofChoice(events, 0)).isEqualTo(Expected.choice(request, 0));
        }
        assertThat(cached).containsExactly(0, 0, 0, 32);
    }

    @Test
    void tellsHowFarThePromptIs() {
        EngineLoop loop = loop(limits(4, 16));
        assertThat(progress(loop, request(40, 1, 2, SAMPLED)))
                .containsExactly(
                        new PromptProgress(0, 0),
                        new PromptProgress(0, 16),
                        new PromptProgress(0, 32));
        assertThat(progress(loop, request(40, 1, 2, SAMPLED)))
                .containsExactly(new PromptProgress(32, 32));
    }

    private static List<PromptProgress> progress(EngineLoop loop, GenerationRequest request) {
        GenerationStream stream = loop.submit(request);
        while (loop.step()) {}
        List<PromptProgress> progress = new ArrayList<>();
        GenerationEvent event;
        do {
            event = Expected.next(stream);
            if (event instanceof PromptProgress told) {
                progress.add(told);
            }
        } while (!(event instanceof PromptComputed));
        return progress;
    }

    @Test
    void namesTheTokensThatWereAskedForAndTellsOfTheDraw() {
        EngineLoop loop = loop(limits(4, 512));
        for (boolean afterSampling : List.of(false, true)) {
            GenerationRequest request =
                    request(5, 4, 2, SAMPLED)
                            .withLogprobs(new LogprobParams(0, List.of(7, 3), afterSampling, -1));
            List<GenerationEvent> events = run(loop, loop.submit(request));
            for (int choice = 0; choice < 2; choice++) {
                assertThat(Expected.ofChoice(events, choice))
                        .isEqualTo(Expected.choice(request, choice));
            }
            assertThat(events)
                    .filteredOn(TokenGenerated.class::isInstance)
                    .allSatisfy(event ->
                            assertThat(
                                            ((TokenGenerated) event)
                                                    .logprobs()
                                                    .orElseThrow()
                                                    .candidates())
                                    .extracting(TokenLogprobs.Candidate::tokenId)
                                    .containsExactly(7, 3));
        }
    }

    @Test
    void aCacheThatSharesNothingComputesEveryPromptWhole() {
        cache.shareNothing();
        EngineLoop loop = loop(limits(4, 512));
        for (int i = 0; i < 2; i++) {
            assertThat(run(loop, loop.submit(request(40, 3, 2, SAMPLED))).getFirst())
                    .isEqualTo(new PromptComputed(0, List.of()));
            assertThat(cache.keptBlocks()).isZero();
        }
    }

    @Test
    void whileARequestWaitsForItsFilesOthersGoOn(@TempDir Path folder) throws IOException {
        GenerationRequest request = request(40, 3, 2, SAMPLED);
        cache.keepIn(folder, "0".repeat(32), 1 << 20, Runnable::run, () -> 0);
        EngineLoop before = loop(limits(4, 512));
        run(before, before.submit(request));
        before.close();
        cache.close();

        Deque<Runnable> tasks = new ArrayDeque<>();
        cache = model.newCache(KvStorage.F32, 40);
        cache.keepIn(folder, "0".repeat(32), 1 << 20, tasks::add, () -> 0);
        EngineLoop loop = loop(limits(4, 512));
        GenerationStream waits = loop.submit(request);
        GenerationStream passes = loop.submit(request(41, 3, 1, SAMPLED));
        GenerationStream gone = loop.submit(request);
        loop.step();
        assertThat(loop.statistics().orElseThrow().waiting()).isEqualTo(2);
        gone.close();
        stepAll(loop);
        assertThat(Expected.drain(passes).getLast()).isInstanceOf(Finished.class);
        assertThat(Expected.drain(gone).getLast()).isInstanceOf(Failed.class);
        List.copyOf(tasks).forEach(Runnable::run);
        List<GenerationEvent> events = run(loop, waits);
        assertThat(events.getFirst()).isEqualTo(new PromptComputed(32, List.of()));
        assertThat(events.getLast()).isEqualTo(new Finished(new TokenUsage(40, 32, 6)));
        assertThat(Expected.ofChoice(events, 1)).isEqualTo(Expected.choice(request, 1));
        cache.close();
    }

    @Test
    void aPromptThatIsScoredIsComputedWhole() {
        EngineLoop loop = loop(limits(4, 512));
        run(loop, loop.submit(request(40, 1, 1, SAMPLED)));
        GenerationRequest scored =
                new GenerationRequest(prompt(40), 1, 0, Set.of(), 1, SAMPLED, 0, true);
        assertThat(run(loop, loop.submit(scored)).getFirst())
                .isEqualTo(new PromptComputed(0, Expected.promptLogprobs(scored)));
    }

    @Test
    void moreChoicesThanPlacesRunOneAfterTheOther() {
        EngineLoop loop = loop(limits(2, 64));
        GenerationRequest request =
                new GenerationRequest(prompt(30), 5, 0, Set.of(0, 1, 2, 3), 7, SAMPLED, 2, true);
        List<GenerationEvent> events = run(loop, loop.submit(request));
        for (int choice = 0; choice < 7; choice++) {
            assertThat(Expected.ofChoice(events, choice))
                    .isEqualTo(Expected.choice(request, choice));
        }
        assertThat(events.stream().filter(event -> event instanceof PromptComputed)).hasSize(1);
    }

    @Test
    void requestsInOneBatchDoNotTouchEachOther() {
        EngineLoop loop = loop(limits(4, 16));
        List<GenerationRequest> requests = new ArrayList<>();
        List<GenerationStream> streams = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            requests.add(request(1 + 9 * i, 10, 1, SamplingParams.DEFAULT.withSeed(i)));
            streams.add(loop.submit(requests.get(i)));
        }
        stepAll(loop);
        for (int i = 0; i < 6; i++) {
            assertThat(Expected.ofChoice(Expected.drain(streams.get(i)), 0))
                    .isEqualTo(Expected.choice(requests.get(i), 0));
        }
    }

    @Test
    void blocksForTheWorstCaseAreReservedInOrderOfArrival() {
        cache = model.newCache(KvStorage.F32, 10);
        EngineLoop loop = loop(limits(160, 4, 8, 32));
        GenerationStream half = loop.submit(request(40, 40, 1, SAMPLED));
        GenerationStream large = loop.submit(request(100, 40, 1, SAMPLED));
        GenerationStream small = loop.submit(request(1, 1, 1, SAMPLED));
        loop.step();
        // 79 positions take 5 blocks; the large one needs 9 and the small one stands behind it.
        assertThat(cache.freeBlocks()).isEqualTo(5);
        half.close();
        loop.step();
        assertThat(cache.freeBlocks()).isZero();
        stepAll(loop);
        assertThat(Expected.drain(half).getLast()).isInstanceOf(Failed.class);
        assertThat(Expected.drain(large).getLast()).isInstanceOf(Finished.class);
        assertThat(Expected.drain(small).getLast()).isInstanceOf(Finished.class);
    }

    @Test
    void aFullQueueRefusesAndTakesAgainLater() {
        EngineLoop loop = loop(limits(640, 1, 2, 32));
        loop.submit(request(1, 3, 1, SAMPLED));
        loop.step();
        loop.submit(request(1, 3, 1, SAMPLED));
        GenerationStream waiting = loop.submit(request(1, 3, 1, SAMPLED));
        assertThatThrownBy(() -> loop.submit(request(1, 3, 1, SAMPLED)))
                .isInstanceOf(QueueFullException.class)
                .hasMessage(
                        "2 requests are waiting already, which is the most this engine takes; try"
                                + " again later");
        waiting.close();
        loop.step();
        GenerationStream late = loop.submit(request(1, 3, 1, SAMPLED));
        stepAll(loop);
        assertThat(Expected.drain(late).getLast()).isInstanceOf(Finished.class);
    }

    @Test
    void aClosedStreamEndsBeforeTheNextStep() {
        EngineLoop loop = loop(limits(4, 32));
        GenerationStream stream = loop.submit(request(10, 50, 2, SAMPLED));
        loop.step();
        loop.step();
        stream.close();
        stream.close();
        int steps = model.batches.size();
        assertThat(loop.step()).isFalse();
        assertThat(model.batches).hasSize(steps);
        assertThat(cache.freeBlocks()).isEqualTo(40);
        assertThat(Expected.drain(stream).getLast())
                .isEqualTo(new Failed(Cause.CANCELLED, "the request was cancelled"));
        assertThatThrownBy(stream::next)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no event follows Finished or Failed");
    }

    @Test
    void closingAfterTheEndChangesNothing() {
        EngineLoop loop = loop(limits(4, 32));
        GenerationStream stream = loop.submit(request(10, 2, 1, SAMPLED));
        stepAll(loop);
        stream.close();
        stepAll(loop);
        assertThat(Expected.drain(stream).getLast()).isInstanceOf(Finished.class);
    }

    @Test
    void aCancelledChoiceLeavesTheOthersRunning() {
        EngineLoop loop = loop(limits(4, 32));
        GenerationRequest request = request(10, 6, 2, SAMPLED);
        GenerationStream stream = loop.submit(request);
        loop.step();
        loop.step();
        stream.cancelChoice(0);
        stepAll(loop);
        List<GenerationEvent> events = Expected.drain(stream);
        assertThat(Expected.ofChoice(events, 1)).isEqualTo(Expected.choice(request, 1));
        assertThat(Expected.ofChoice(events, 0).getLast())
                .isEqualTo(new ChoiceFinished(0, FinishReason.STOP_SEQUENCE));
        assertThat(events.getLast()).isEqualTo(new Finished(new TokenUsage(10, 0, 8)));
        assertThatThrownBy(() -> stream.cancelChoice(2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("choice must be between 0 and 1, got 2");
    }

    @Test
    void whenTheChoiceWithThePromptIsCancelledAnotherComputesIt() {
        EngineLoop loop = loop(limits(4, 16));
        GenerationRequest request =
                new GenerationRequest(prompt(50), 6, 0, Set.of(), 3, SAMPLED, 1, true);
        GenerationStream stream = loop.submit(request);
        loop.step();
        stream.cancelChoice(0);
        stepAll(loop);
        List<GenerationEvent> events = Expected.drain(stream);
        assertThat(events).contains(new PromptComputed(0, Expected.promptLogprobs(request)));
        assertThat(Expected.ofChoice(events, 1)).isEqualTo(Expected.choice(request, 1));
        assertThat(Expected.ofChoice(events, 2)).isEqualTo(Expected.choice(request, 2));
    }

    @Test
    void aFailedStepEndsItsRequestsAndTheLoopGoesOn() {
        for (Throwable failure :
                new Throwable[] {
                    new IllegalArgumentException("secret"), new OutOfMemoryError("heap")
                }) {
            EngineLoop loop = loop(limits(4, 32));
            GenerationStream stream = loop.submit(request(10, 6, 2, SAMPLED));
            loop.step();
            model.beforeForward =
                    _ -> {
                        FakeModelFailure.raise(failure);
                    };
            loop.step();
            model.beforeForward = _ -> {};
            assertThat(cache.freeBlocks()).isEqualTo(40);
            assertThat(Expected.drain(stream).getLast())
                    .isEqualTo(
                            new Failed(
                                    Cause.ERROR,
                                    failure instanceof OutOfMemoryError
                                            ? "not enough memory to compute this request; give the"
                                                    + " program more, or use a smaller context or"
                                                    + " fewer parallel sequences"
                                            : "a defect of the engine ended this request"
                                                    + " (IllegalArgumentException)"));
            assertThat(failures).contains(failure);
            assertThat(run(loop, loop.submit(request(3, 2, 1, SAMPLED))).getLast())
                    .isInstanceOf(Finished.class);
        }
    }

    @Test
    void logitsThatAreNoNumbersEndTheirRequestAlone() {
        EngineLoop loop = loop(limits(4, 32));
        GenerationRequest good = request(10, 6, 1, SAMPLED);
        GenerationStream first = loop.submit(good);
        GenerationStream second = loop.submit(request(11, 6, 1, SAMPLED));
        int[] rows = {0};
        model.logitsFilter =
                logits -> {
                    if (++rows[0] == 4) {
                        logits[3] = Float.NaN;
                    }
                };
        stepAll(loop);
        assertThat(Expected.ofChoice(Expected.drain(first), 0)).isEqualTo(Expected.choice(good, 0));
        List<GenerationEvent> events = Expected.drain(second);
        assertThat(events).hasSize(3);
        assertThat(events.getLast())
                .isEqualTo(
                        new Failed(
                                Cause.ERROR,
                                "the model's logits are not finite; its weights may be damaged"));
        assertThat(cache.freeBlocks()).isEqualTo(40);
    }

    @Test
    void closingTheEngineEndsWhatRunsAndWhatWaits() {
        EngineLoop loop = loop(limits(1, 32));
        GenerationStream running = loop.submit(request(10, 6, 1, SAMPLED));
        GenerationStream waiting = loop.submit(request(10, 6, 1, SAMPLED));
        loop.step();
        GenerationStream unseen = loop.submit(request(10, 6, 1, SAMPLED));
        loop.close();
        loop.close();
        GenerationStream late = loop.submit(request(10, 6, 1, SAMPLED));
        for (GenerationStream stream : List.of(running, waiting, unseen, late)) {
            assertThat(Expected.drain(stream).getLast())
                    .isEqualTo(new Failed(Cause.SHUTDOWN, "the engine is shutting down"));
        }
        cache.checkIntegrity();
        assertThat(cache.freeBlocks()).isEqualTo(40);
    }

    @Test
    void requestsThatCannotRunAreRefused() {
        EngineLoop loop = loop(limits(100, 1, 2, 32));
        assertThatThrownBy(() -> loop.submit(request(60, 41, 1, SAMPLED)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("prompt (60 tokens) and maxTokens (41) go beyond the context of 100");
        int[] foreign = {1, 23};
        assertThatThrownBy(() ->
                        loop.submit(
                                new GenerationRequest(
                                        foreign, 1, 0, Set.of(), 1, SAMPLED, -1, false)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("prompt token 23 is not in the vocabulary, which has ids 0 to 22");
        assertThatThrownBy(() ->
                        loop.submit(
                                new GenerationRequest(
                                        prompt(1), 1, 0, Set.of(-1), 1, SAMPLED, -1, false)))
                .hasMessageStartingWith("end token -1");
        SamplingParams biased =
                new SamplingParams(1, 0, 1, 0, 1, 0, 0, 1, Map.of(99, 1.0), SAMPLED.seed());
        assertThatThrownBy(() -> loop.submit(request(1, 1, 1, biased)))
                .hasMessageStartingWith("logitBias token 99");
        assertThat(run(loop, loop.submit(request(60, 40, 1, SAMPLED))).getLast())
                .isInstanceOf(Finished.class);
    }

    @Test
    void aCacheThatCannotHoldTheContextIsRefused() {
        assertThatThrownBy(() -> loop(limits(641, 1, 1, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a context of 641 needs 41 KV blocks, got 40");
    }

    @Test
    void limitsAreChecked() {
        assertThatThrownBy(() -> limits(0, 1, 1, 1))
                .hasMessage("contextLength and maxSequences must be 1 or more, got 0 and 1");
        assertThatThrownBy(() -> limits(1, 1, 0, 1))
                .hasMessage("waitingRequests must be 1 or more, got 0");
        assertThatThrownBy(() -> limits(1, 5, 1, 4))
                .hasMessage("maxBatchTokens must be at least maxSequences (5), got 4");
    }

    @Test
    void withoutASeedRequestsDiffer() {
        EngineLoop loop = loop(limits(4, 32));
        GenerationRequest request = request(5, 20, 1, SamplingParams.DEFAULT);
        List<GenerationEvent> first = run(loop, loop.submit(request));
        assertThat(run(loop, loop.submit(request))).isNotEqualTo(first);
    }

    private EngineLoop loop(SchedulerLimits limits) {
        long[] seed = {0};
        return new EngineLoop(model, cache, limits, () -> seed[0]++, failures::add);
    }

    private static SchedulerLimits limits(int sequences, int batchTokens) {
        return limits(640, sequences, 16, batchTokens);
    }

    private static SchedulerLimits limits(
            int context, int sequences, int waitingRequests, int batchTokens) {
        return new SchedulerLimits(
                context,
                sequences,
                batchTokens,
                AdmissionLimits.DEFAULT.withWaitingRequests(waitingRequests));
    }

    private List<GenerationEvent> run(EngineLoop loop, GenerationStream stream) {
        stepAll(loop);
        return Expected.drain(stream);
    }

    private void stepAll(EngineLoop loop) {
        for (int steps = 0; loop.step(); steps++) {
            cache.checkIntegrity();
            assertThat(steps).as("steps").isLessThan(1000);
        }
        cache.checkIntegrity();
    }

    private static int[] prompt(int length) {
        int[] prompt = new int[length];
        Arrays.setAll(prompt, i -> (7 * i + length) % FakeModel.VOCABULARY);
        return prompt;
    }

    private static GenerationRequest request(
            int promptLength, int maxTokens, int choices, SamplingParams sampling) {
        return new GenerationRequest(
                prompt(promptLength), maxTokens, 0, Set.of(), choices, sampling, -1, false);
    }
}
