package dev.parlance.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.generation.AdmissionLimits;
import dev.parlance.engine.generation.BackendStatistics;
import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationEvent.Finished;
import dev.parlance.engine.generation.GenerationEvent.TokenGenerated;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.GenerationStream;
import dev.parlance.engine.generation.TokenUsage;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvStorage;
import dev.parlance.engine.sampling.SamplingParams;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Guessing ahead changes how many steps an answer takes, and nothing of the answer. */
@Timeout(60)
class SpeculationTest {
    private static final SamplingParams SAMPLED = SamplingParams.DEFAULT.withSeed(5);
    private static final SamplingParams PENALISED =
            new SamplingParams(
                    0.8, 12, 0.9, 0.02, 0.9, 1, 0.5, 1.3, Map.of(2, 3.0), SAMPLED.seed());

    private final FakeModel model = new FakeModel();
    private final KvCache cache = model.newCache(KvStorage.F32, 60);
    private final List<Throwable> failures = new ArrayList<>();
    private long now;

    @Test
    void aRightPredictionIsTakenInFewSteps() {
        for (SamplingParams sampling : List.of(SamplingParams.GREEDY.withSeed(1), PENALISED)) {
            GenerationRequest request = request(15, 60, 1, sampling);
            EngineLoop loop = warmLoop();
            List<GenerationEvent> events = run(loop, request.withPrediction(answer(request)));
            assertThat(Expected.ofChoice(events, 0)).isEqualTo(Expected.choice(request, 0));
            assertThat(events.getLast()).isEqualTo(new Finished(new TokenUsage(15, 0, 60, 60, 0)));
            // The prompt, then 9 tokens a step; with room for what is left in the last.
            assertThat(model.batches).hasSize(1 + 7);
        }
    }

    @Test
    void aWrongPredictionChangesNothing() {
        GenerationRequest request = request(20, 60, 1, SAMPLED);
        int[] wrong = answer(request);
        for (int i = 0; i < wrong.length; i += 5) {
            wrong[i] = (wrong[i] + 1) % FakeModel.VOCABULARY;
        }
        List<GenerationEvent> events = run(warmLoop(), request.withPrediction(wrong));
        assertThat(Expected.ofChoice(events, 0)).isEqualTo(Expected.choice(request, 0));
        assertThat(model.batches).hasSizeBetween(20, 50);
        TokenUsage usage = ((Finished) events.getLast()).usage();
        assertThat(usage.completionTokens()).isEqualTo(60);
        assertThat(usage.acceptedPredictionTokens()).isBetween(40, 48);
        assertThat(usage.acceptedPredictionTokens() + usage.rejectedPredictionTokens())
                .isEqualTo(60);
    }

    @Test
    void logprobsMinimumAndEndAreThoseOfTokenByToken() {
        GenerationRequest free = request(20, 60, 1, SAMPLED);
        int end = answer(free)[30];
        GenerationRequest request =
                new GenerationRequest(
                        free.promptTokens(), 60, 13, Set.of(end), 1, SAMPLED, 3, true);
        int[] answer = answer(request);
        // The prediction goes on behind the end, as a longer one would.
        int[] prediction = Arrays.copyOf(answer, answer.length + 10);
        List<GenerationEvent> events = run(warmLoop(), request.withPrediction(prediction));
        assertThat(Expected.ofChoice(events, 0)).isEqualTo(Expected.choice(request, 0));
        assertThat(((Finished) events.getLast()).usage().completionTokens())
                .isEqualTo(answer.length)
                .isGreaterThan(13);
        assertThat(model.batches.size()).isLessThan(answer.length);
    }

    @Test
    void textThatRepeatsItselfIsFoundInPromptAndContinuation() {
        model.memory = 2;
        GenerationRequest request = request(20, 300, 1, SamplingParams.GREEDY.withSeed(1));
        EngineLoop plain = loop(Speculator.none());
        List<GenerationEvent> expected = Expected.ofChoice(run(plain, request), 0);
        int steps = model.batches.size();
        assertThat(steps).isEqualTo(300);
        assertThat(Expected.ofChoice(run(warmLoop(), request), 0)).isEqualTo(expected);
        assertThat(model.batches).hasSizeLessThan(80);
    }

    @Test
    void onlyVerifiedTokensAreLeftForOthers() {
        GenerationRequest first = request(30, 40, 1, SAMPLED);
        int[] wrong = new int[60];
        Arrays.fill(wrong, 3);
        EngineLoop loop = warmLoop();
        run(loop, first.withPrediction(wrong));
        int[] answer = answer(first);
        int[] prompt = Arrays.copyOf(first.promptTokens(), 30 + answer.length);
        System.arraycopy(answer, 0, prompt, 30, answer.length);
        GenerationRequest second =
                new GenerationRequest(prompt, 20, 0, Set.of(), 1, SAMPLED, 2, false);
        List<GenerationEvent> events = run(loop, second);
        assertThat(events.getFirst()).isEqualTo(new GenerationEvent.PromptComputed(64, List.of()));
        assertThat(Expected.ofChoice(events, 0)).isEqualTo(Expected.choice(second, 0));
    }

    @Test
    void choicesOfOneRequestGuessEachForItself() {
        GenerationRequest request = request(40, 30, 3, SAMPLED);
        List<GenerationEvent> events = run(warmLoop(), request.withPrediction(answer(request)));
        for (int choice = 0; choice < 3; choice++) {
            assertThat(Expected.ofChoice(events, choice))
                    .isEqualTo(Expected.choice(request, choice));
        }
    }

    @Test
    void besideAPromptAndAmongManyThereAreNoDrafts() {
        EngineLoop loop = warmLoop();
        GenerationRequest quick = request(5, 60, 1, SAMPLED);
        GenerationStream stream = loop.submit(quick.withPrediction(answer(quick)));
        loop.step();
        loop.submit(request(200, 1, 1, SAMPLED));
        while (model.batches.getLast().runs().size() < 2) {
            loop.step();
        }
        assertThat(model.batches.getLast().runs().getFirst().tokens()).hasSize(1);
        GenerationRequest many = request(5, 60, Speculator.MOST_SEQUENCES + 1, SAMPLED);
        stream.close();
        while (loop.step()) {
            cache.checkIntegrity();
        }
        model.batches.clear();
        run(loop, many.withPrediction(answer(many)));
        assertThat(model.batches)
                .allSatisfy(batch ->
                        assertThat(batch.rowCount())
                                .isLessThanOrEqualTo(Speculator.MOST_SEQUENCES + 1));
    }

    @Test
    void draftsAreCounted() {
        EngineLoop loop = warmLoop();
        BackendStatistics before = loop.statistics().orElseThrow();
        GenerationRequest request = request(20, 20, 1, SAMPLED);
        run(loop, request.withPrediction(answer(request)));
        BackendStatistics after = loop.statistics().orElseThrow();
        // 1 token from the prompt, 9, 9, and the last alone.
        assertThat(after.draftedTokens() - before.draftedTokens()).isEqualTo(16);
        assertThat(after.acceptedTokens() - before.acceptedTokens()).isEqualTo(16);
        assertThat(after.generatedTokens() - before.generatedTokens()).isEqualTo(20);
        assertThat(after.betweenTokens().count() - before.betweenTokens().count()).isEqualTo(19);
    }

    @Test
    void withoutSpeculationAPredictionIsOnlyCounted() {
        GenerationRequest request = request(20, 20, 1, SAMPLED);
        List<GenerationEvent> events =
                run(loop(Speculator.none()), request.withPrediction(answer(request)));
        assertThat(events.getLast()).isEqualTo(new Finished(new TokenUsage(20, 0, 20, 20, 0)));
        assertThat(model.batches).hasSize(20);
    }

    @Test
    void aDraftModelSavesSteps() {
        FakeModel small = new FakeModel();
        KvCache smallCache = small.newCache(KvStorage.F32, 40);
        GenerationRequest request = request(15, 60, 2, SamplingParams.GREEDY.withSeed(1));
        EngineLoop loop = warmLoop(drafting(small, smallCache));
        small.batches.clear();
        List<GenerationEvent> events = run(loop, request);
        for (int choice = 0; choice < 2; choice++) {
            assertThat(Expected.ofChoice(events, choice))
                    .isEqualTo(Expected.choice(request, choice));
        }
        // As small as the large one it is always right: prompt, a copy, then 9 tokens a step.
        assertThat(model.batches).hasSizeLessThan(12);
        // Both choices are computed together.
        assertThat(small.batches).anyMatch(batch -> batch.runs().size() == 2);
        smallCache.checkIntegrity();
        assertThat(smallCache.freeBlocks()).isEqualTo(40);
    }

    @Test
    void aDraftModelThatIsOftenWrongChangesNothing() {
        FakeModel small = new FakeModel();
        small.memory = 3;
        KvCache smallCache = small.newCache(KvStorage.F32, 40);
        model.memory = 3;
        GenerationRequest request = request(15, 200, 1, SAMPLED);
        List<GenerationEvent> expected =
                Expected.ofChoice(run(loop(Speculator.none()), request), 0);
        EngineLoop loop = loop(drafting(small, smallCache));
        assertThat(Expected.ofChoice(run(loop, request), 0)).isEqualTo(expected);
        BackendStatistics statistics = loop.statistics().orElseThrow();
        assertThat(statistics.acceptedTokens()).isPositive();
        assertThat(statistics.draftedTokens()).isGreaterThan(statistics.acceptedTokens());
    }

    @Test
    void aDraftModelReadsALongPromptInParts() {
        FakeModel small = new FakeModel();
        EngineLoop loop = warmLoop(drafting(small, small.newCache(KvStorage.F32, 40)));
        small.batches.clear();
        GenerationRequest request = request(400, 60, 1, SamplingParams.GREEDY.withSeed(1));
        assertThat(Expected.ofChoice(run(loop, request), 0)).isEqualTo(Expected.choice(request, 0));
        assertThat(small.batches.getFirst().rowCount()).isEqualTo(DraftModel.MOST_READ);
        assertThat(small.batches)
                .allSatisfy(batch ->
                        assertThat(batch.rowCount()).isLessThanOrEqualTo(DraftModel.MOST_READ));
        assertThat(loop.statistics().orElseThrow().acceptedTokens()).isGreaterThan(40);
    }

    @Test
    void withoutRoomForItsKeysADraftModelMakesNothing() {
        FakeModel small = new FakeModel();
        EngineLoop loop = warmLoop(drafting(small, small.newCache(KvStorage.F32, 3)));
        small.batches.clear();
        GenerationRequest request = request(15, 60, 1, SamplingParams.GREEDY.withSeed(1));
        assertThat(Expected.ofChoice(run(loop, request), 0)).isEqualTo(Expected.choice(request, 0));
        assertThat(small.batches).isEmpty();
    }

    private Speculator drafting(FakeModel small, KvCache smallCache) {
        // Drafts cost nothing here.
        return Speculator.withDraftModel(small, smallCache, () -> 0);
    }

    private EngineLoop warmLoop() {
        return warmLoop(Speculator.promptLookup());
    }

    /** One that has seen that a step takes the same time, whatever its rows. */
    private EngineLoop warmLoop(Speculator speculator) {
        EngineLoop loop = loop(speculator);
        for (int i = 0; i < 3; i++) {
            GenerationRequest request = request(1, 12, 1, SAMPLED);
            run(loop, request.withPrediction(answer(request)));
        }
        model.batches.clear();
        return loop;
    }

    private EngineLoop loop(Speculator speculator) {
        model.batches.clear();
        return new EngineLoop(
                model,
                cache,
                new SchedulerLimits(640, 8, 128, AdmissionLimits.DEFAULT),
                () -> 1,
                failures::add,
                speculator,
                () -> now += 1_000_000);
    }

    private List<GenerationEvent> run(EngineLoop loop, GenerationRequest request) {
        GenerationStream stream = loop.submit(request);
        while (loop.step()) {
            cache.checkIntegrity();
        }
        assertThat(failures).isEmpty();
        return Expected.drain(stream);
    }

    private static int[] answer(GenerationRequest request) {
        return Expected.choice(request, 0).stream()
                .filter(TokenGenerated.class::isInstance)
                .mapToInt(event -> ((TokenGenerated) event).tokenId())
                .toArray();
    }

    private static GenerationRequest request(
            int promptLength, int maxTokens, int choices, SamplingParams sampling) {
        int[] prompt = new int[promptLength];
        Arrays.setAll(prompt, i -> (7 * i + promptLength) % FakeModel.VOCABULARY);
        return new GenerationRequest(prompt, maxTokens, 0, Set.of(), choices, sampling, -1, false);
    }
}
