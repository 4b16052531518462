package dev.parlance.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.engine.generation.AdmissionLimits;
import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationEvent.Failed;
import dev.parlance.engine.generation.GenerationEvent.Failed.Cause;
import dev.parlance.engine.generation.GenerationEvent.Finished;
import dev.parlance.engine.generation.GenerationEvent.Started;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.GenerationStream;
import dev.parlance.engine.generation.KvSharing;
import dev.parlance.engine.generation.QueueFullException;
import dev.parlance.engine.generation.ServiceTerms;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvStorage;
import dev.parlance.engine.sampling.LogprobParams;
import dev.parlance.engine.sampling.SamplingParams;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** When requests run: order, fair shares, limits, deadlines, and how long a step may take. */
@Timeout(60)
class EngineLoopServiceTest {
    private static final long MILLI = 1_000_000;
    private static final int CONTEXT = 4096;

    private final FakeModel model = new FakeModel();
    private final List<Throwable> failures = new ArrayList<>();
    private final KvCache cache = model.newCache(KvStorage.F32, 400);
    private final Random random = new Random(7);
    private long now;
    private AdmissionLimits admission = AdmissionLimits.DEFAULT;

    private EngineLoop loop(int sequences, int batchTokens) {
        return new EngineLoop(
                model,
                cache,
                new SchedulerLimits(CONTEXT, sequences, batchTokens, admission),
                () -> 1,
                failures::add,
                Speculator.none(),
                () -> now);
    }

    private GenerationRequest request(int promptLength, int maxTokens, ServiceTerms terms) {
        // No two prompts begin alike, so that none is taken from the cache.
        return new GenerationRequest(
                random.ints(promptLength, 0, FakeModel.VOCABULARY).toArray(),
                maxTokens,
                0,
                Set.of(),
                1,
                SamplingParams.GREEDY,
                LogprobParams.NONE,
                KvSharing.WITH_ALL,
                terms,
                new int[0]);
    }

    private static ServiceTerms of(String tenant) {
        return new ServiceTerms(tenant, 0, Duration.ZERO);
    }

    private static ServiceTerms priority(int priority) {
        return new ServiceTerms("", priority, Duration.ZERO);
    }

    private static ServiceTerms within(Duration timeout) {
        return new ServiceTerms("", 0, timeout);
    }

    private static boolean isOver(GenerationStream stream) {
        RequestStream pending = (RequestStream) stream;
        boolean over = false;
        while (pending.hasNext()) {
            over = Expected.isTerminal(Expected.next(stream));
        }
        return over;
    }

    /** Steps until all are over; the indices in the order in which they ended. */
    private List<Integer> finishOrder(EngineLoop loop, List<GenerationStream> streams) {
        List<Integer> order = new ArrayList<>();
        boolean[] over = new boolean[streams.size()];
        boolean working = true;
        while (working) {
            working = loop.step();
            cache.checkIntegrity();
            for (int i = 0; i < streams.size(); i++) {
                if (!over[i] && isOver(streams.get(i))) {
                    over[i] = true;
                    order.add(i);
                }
            }
        }
        assertThat(failures).isEmpty();
        assertThat(cache.freeBlocks()).isEqualTo(cache.blockCount());
        return order;
    }

    @Test
    void lowerPriorityNumbersRunFirstAndEqualOnesInOrderOfArrival() {
        EngineLoop loop = loop(1, 32);
        List<GenerationStream> streams = new ArrayList<>();
        for (int priority : new int[] {0, 5, -2, 5, 0, -2}) {
            streams.add(loop.submit(request(3, 2, priority(priority))));
        }
        assertThat(finishOrder(loop, streams)).containsExactly(2, 5, 0, 4, 1, 3);
    }

    @Test
    void whatRunsIsNotPutOffForABetterPriority() {
        EngineLoop loop = loop(1, 32);
        GenerationStream running = loop.submit(request(3, 5, priority(9)));
        loop.step();
        GenerationStream urgent = loop.submit(request(3, 1, priority(-9)));
        assertThat(finishOrder(loop, List.of(running, urgent))).containsExactly(0, 1);
    }

    @Test
    void aWaitingRequestHasItsTurnWhateverComes() {
        EngineLoop loop = loop(1, 32);
        GenerationStream unimportant = loop.submit(request(3, 2, priority(1000)));
        List<GenerationStream> important = new ArrayList<>();
        int steps = 0;
        while (!isOver(unimportant)) {
            important.add(loop.submit(request(3, 2, priority(-1000))));
            loop.step();
            now += 1000 * MILLI;
            assertThat(++steps).as("steps").isLessThan(60);
        }
        assertThat(now).isGreaterThan(AdmissionOrder.AGED_NANOS);
        important.forEach(GenerationStream::close);
        finishOrder(loop, important);
    }

    @Test
    void tenantsShareTheWorkWhateverTheyAskFor() {
        EngineLoop loop = loop(2, 32);
        List<GenerationStream> streams = new ArrayList<>();
        // One asks for much at once, each a large piece; the other later, in small pieces.
        for (int i = 0; i < 10; i++) {
            streams.add(loop.submit(request(60, 40, of("much"))));
        }
        loop.step();
        for (int i = 0; i < 10; i++) {
            streams.add(loop.submit(request(6, 4, of("little"))));
        }
        List<Integer> order = finishOrder(loop, streams);
        // Ten small pieces are less work than one large.
        assertThat(order.indexOf(10)).isLessThan(3);
        assertThat(order.subList(0, 13)).contains(10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
    }

    @Test
    void aTenantAtItsLimitLetsOthersPass() {
        admission = AdmissionLimits.DEFAULT.withTenantRunningSequences(1);
        EngineLoop loop = loop(3, 32);
        GenerationStream first = loop.submit(request(3, 9, of("a")));
        GenerationStream second = loop.submit(request(3, 2, of("a")));
        GenerationStream other = loop.submit(request(3, 2, of("b")));
        loop.step();
        assertThat(loop.statistics().orElseThrow().running()).isEqualTo(2);
        assertThat(finishOrder(loop, List.of(first, second, other))).containsExactly(2, 0, 1);
    }

    @Test
    void whatWouldWaitTooLongIsRefusedAndCounted() {
        admission = AdmissionLimits.DEFAULT.withWaitingTokens(100);
        EngineLoop loop = loop(1, 32);
        GenerationStream accepted = loop.submit(request(100, 1, ServiceTerms.DEFAULT));
        assertThatThrownBy(() -> loop.submit(request(1, 1, ServiceTerms.DEFAULT)))
                .isInstanceOf(QueueFullException.class)
                .hasMessageContaining("100 tokens are waiting already");
        assertThat(loop.statistics().orElseThrow().rejected()).isEqualTo(1);
        assertThat(loop.statistics().orElseThrow().waitingTokens()).isEqualTo(100);
        finishOrder(loop, List.of(accepted));
    }

    @Test
    void theStartSaysHowLongTheRequestWaited() {
        EngineLoop loop = loop(1, 32);
        GenerationStream first = loop.submit(request(3, 2, ServiceTerms.DEFAULT));
        GenerationStream second = loop.submit(request(3, 2, ServiceTerms.DEFAULT));
        model.beforeForward = _ -> now += 40 * MILLI;
        assertThat(loop.step()).isTrue();
        assertThat(loop.step()).isTrue();
        assertThat(loop.step()).isTrue();
        assertThat(Expected.next(first)).isEqualTo(new Started(Duration.ZERO));
        assertThat(Expected.next(second)).isEqualTo(new Started(Duration.ofMillis(80)));
        finishOrder(loop, List.of(first, second));
    }

    @Test
    void aDeadlineEndsWhatRunsAndWhatWaits() {
        EngineLoop loop = loop(1, 32);
        GenerationStream running = loop.submit(request(3, 50, within(Duration.ofMillis(1500))));
        GenerationStream waiting = loop.submit(request(3, 50, within(Duration.ofSeconds(1))));
        GenerationStream patient = loop.submit(request(3, 2, ServiceTerms.DEFAULT));
        model.beforeForward = _ -> now += 400 * MILLI;
        assertThat(finishOrder(loop, List.of())).isEmpty();
        List<GenerationEvent> begun = Expected.drain(running);
        assertThat(begun).hasSize(1 + 4 + 1);
        assertThat(begun.getLast())
                .isEqualTo(new Failed(Cause.TIMEOUT, "the request did not finish within 1.5 s"));
        assertThat(Expected.drain(waiting))
                .containsExactly(
                        new Failed(
                                Cause.TIMEOUT,
                                "the request did not finish within 1.0 s; it was still waiting to"
                                        + " begin"));
        assertThat(Expected.drain(patient).getLast()).isInstanceOf(Finished.class);
        assertThat(loop.statistics().orElseThrow().timedOut()).isEqualTo(2);
        assertThat(loop.statistics().orElseThrow().waiting()).isZero();
    }

    /**
     * Eight streams decode when a prompt of 4,000 tokens joins: the model computes a token of a
     * prompt in so many milliseconds, becomes four times slower on the way, and fast again.
     */
    @Test
    void aLongPromptThatJoinsHardlyStretchesTheGapsOfOthers() {
        EngineLoop loop = loop(9, 512);
        double[] millisPerToken = {1};
        model.beforeForward =
                batch -> now += (long) ((30 + batch.rowCount() * millisPerToken[0]) * MILLI);
        List<GenerationStream> streams = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            streams.add(loop.submit(request(3, 200, ServiceTerms.DEFAULT)));
        }
        loop.step();
        loop.step();
        GenerationStream joining = loop.submit(request(4000, 1, ServiceTerms.DEFAULT));
        List<Long> gaps = new ArrayList<>();
        List<Integer> promptRows = new ArrayList<>();
        while (!isOver(joining)) {
            millisPerToken[0] = gaps.size() >= 10 && gaps.size() < 60 ? 4 : 1;
            long before = now;
            loop.step();
            gaps.add((now - before) / MILLI);
            promptRows.add(model.batches.getLast().rowCount() - 8);
        }
        // The one step in which the model became slow cannot be helped.
        assertThat(gaps.stream().filter(gap -> gap > 250)).hasSizeLessThanOrEqualTo(1);
        assertThat(gaps.subList(11, 60)).allMatch(gap -> gap <= 200);
        // And yet the time is used: 112 tokens at 1 ms, 22 at 4 ms beside 30 ms for the weights.
        assertThat(promptRows.get(9)).isBetween(90, 130);
        assertThat(promptRows.get(50)).isBetween(18, 32);
        assertThat(promptRows.get(70)).isBetween(90, 130);
        streams.add(joining);
        streams.forEach(GenerationStream::close);
        loop.step();
    }

    /**
     * Eight streams decode when prompts join, in steps that take a time for the weights and one for
     * each row: no gap is longer than wanted, from the first on, if eight tokens of a prompt fit;
     * if not, it is longer by these eight.
     */
    @ParameterizedTest
    @CsvSource({
        "20, 1, 148",
        "100, 1, 150",
        "50, 6, 150",
        "5, 9, 150",
        "60, 8, 188",
        "130, 2, 162",
        "100, 19, 404"
    })
    void noGapIsLongerThanWantedIfThatCanBe(int weights, int row, int longest) {
        EngineLoop loop = loop(10, 128);
        model.beforeForward = batch -> now += (weights + (long) batch.rowCount() * row) * MILLI;
        List<GenerationStream> streams = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            streams.add(loop.submit(request(100, 500, ServiceTerms.DEFAULT)));
        }
        for (int i = 0; i < 130; i++) {
            loop.step();
        }
        streams.add(loop.submit(request(1000, 1, ServiceTerms.DEFAULT)));
        streams.add(loop.submit(request(300, 1, ServiceTerms.DEFAULT)));
        List<Long> gaps = new ArrayList<>();
        while (!isOver(streams.getLast())) {
            long before = now;
            loop.step();
            gaps.add((now - before) / MILLI);
        }
        assertThat(gaps).allMatch(gap -> gap <= longest);
        // And the time is used.
        assertThat(gaps.stream().filter(gap -> gap < longest - row)).hasSizeLessThan(10);
        streams.forEach(GenerationStream::close);
        loop.step();
    }

    @Test
    void atMostTwoPromptsAreComputedAtOnceOldestFirst() {
        EngineLoop loop = loop(5, 40);
        List<GenerationStream> streams = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            streams.add(loop.submit(request(60, 1, ServiceTerms.DEFAULT)));
        }
        int[] computing = new int[20];
        model.beforeForward = batch -> computing[model.batches.size() - 1] = batch.runs().size();
        assertThat(finishOrder(loop, streams)).containsExactly(0, 1, 2, 3, 4);
        // 300 tokens in steps of 40, of which each but the last is full.
        assertThat(Arrays.stream(computing, 0, 8)).allMatch(prompts -> prompts <= 2);
        assertThat(model.batches).hasSize(8);
    }
}
