package dev.parlance.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.scheduler.AdmissionOrder.Candidate;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class AdmissionOrderTest {
    private static final long AGED = AdmissionOrder.AGED_NANOS;

    /** A start at which age gives no right. */
    private static final long ORDINARY = 1;

    @Test
    void theLowestPriorityNumberComesFirst() {
        assertNext(2, ORDINARY, waits(0, 0), waits(5, 0), waits(-3, 9), waits(-2, 0));
    }

    @Test
    void amongEqualsTheTenantThatHadLeastWork() {
        assertNext(1, ORDINARY, waits(0, 8), waits(0, 7), waits(0, 9), waits(1, 0));
    }

    @Test
    void amongEqualTenantsTheOldest() {
        assertNext(1, ORDINARY, waits(1, 7), waits(0, 7), waits(0, 7));
    }

    @Test
    void whoseTenantHasAllItMayHaveIsPassedOver() {
        assertNext(1, ORDINARY, new Candidate(0, 0, false, 0), waits(3, 0));
        assertThat(AdmissionOrder.next(List.of(new Candidate(0, 0, false, AGED)), 0)).isEmpty();
        assertThat(AdmissionOrder.next(List.of(), 0)).isEmpty();
    }

    @Test
    void everyFourthStartGoesToTheOldestOnceItHasAged() {
        Candidate aged = new Candidate(9, 9, true, AGED);
        Candidate young = new Candidate(9, 9, true, AGED - 1);
        assertNext(0, 4, aged, waits(0, 0));
        assertNext(1, 5, aged, waits(0, 0));
        assertNext(1, 4, young, waits(0, 0));
        assertNext(1, 4, new Candidate(0, 0, false, AGED), aged, waits(0, 0));
    }

    /** Requests of better priority come without end, and yet each of the others has its turn. */
    @Test
    void nobodyStarves() {
        Random random = new Random(1);
        List<Candidate> waiting = new ArrayList<>();
        List<Integer> turns = new ArrayList<>();
        for (long starts = 0; starts < 20_000; starts++) {
            while (waiting.size() < 10 || random.nextInt(10) > 0 && waiting.size() < 50) {
                waiting.add(new Candidate(random.nextInt(1000), random.nextInt(9), true, AGED));
                turns.add(AdmissionOrder.AGED_TURN * waiting.size());
            }
            int next = AdmissionOrder.next(waiting, starts).orElseThrow();
            waiting.remove(next);
            turns.remove(next);
            turns.replaceAll(left -> left - 1);
            assertThat(turns).doesNotContain(0);
        }
    }

    private static Candidate waits(int priority, long virtualTime) {
        return new Candidate(priority, virtualTime, true, 0);
    }

    private static void assertNext(int index, long starts, Candidate... waiting) {
        assertThat(AdmissionOrder.next(List.of(waiting), starts)).hasValue(index);
    }
}
