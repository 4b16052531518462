package dev.parlance.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.scheduler.BatchPlanner.Demand;
import dev.parlance.engine.scheduler.BatchPlanner.Share;

import org.junit.jupiter.api.Test;

import java.util.List;

class BatchPlannerTest {
    private static final Demand DECODING = new Demand(1, true);
    private static final Demand WAITING = new Demand(0, false);

    @Test
    void decodingRowsComeFirstAndPromptsGetTheirPartBesideThem() {
        assertThat(BatchPlanner.plan(List.of(prompt(100), DECODING, DECODING), 32, 8))
                .containsExactly(new Share(1, 1), new Share(2, 1), new Share(0, 8));
        assertThat(BatchPlanner.plan(List.of(prompt(100), DECODING, prompt(9)), 2, 8))
                .containsExactly(new Share(1, 1), new Share(0, 1));
    }

    @Test
    void promptsGetWhatIsLeftOldestFirst() {
        assertThat(BatchPlanner.plan(List.of(prompt(5), prompt(100)), 8, 16))
                .containsExactly(new Share(0, 5), new Share(1, 3));
        assertThat(BatchPlanner.plan(List.of(prompt(8), prompt(100)), 8, 16))
                .containsExactly(new Share(0, 8));
    }

    @Test
    void atMostTwoPromptsAreInWork() {
        assertThat(BatchPlanner.plan(List.of(prompt(2), prompt(2), prompt(2)), 100, 16))
                .containsExactly(new Share(0, 2), new Share(1, 2));
    }

    @Test
    void whatWaitsGetsNothingAndTakesNoPlace() {
        assertThat(BatchPlanner.plan(List.of(WAITING, prompt(2), WAITING, prompt(2)), 100, 16))
                .containsExactly(new Share(1, 2), new Share(3, 2));
        assertThat(BatchPlanner.plan(List.of(WAITING), 100, 16)).isEmpty();
        assertThat(BatchPlanner.plan(List.of(), 100, 16)).isEmpty();
    }

    @Test
    void theBudgetIsNeverExceeded() {
        assertThat(BatchPlanner.plan(List.of(DECODING, DECODING, prompt(3)), 2, 16))
                .containsExactly(new Share(0, 1), new Share(1, 1));
    }

    private static Demand prompt(int tokens) {
        return new Demand(tokens, false);
    }
}
