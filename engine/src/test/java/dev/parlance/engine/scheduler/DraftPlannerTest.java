package dev.parlance.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.scheduler.DraftPlanner.Offer;

import org.junit.jupiter.api.Test;

import java.util.List;

class DraftPlannerTest {
    private static final Offer SURE = new Offer(8, 0.95, 0);
    private static final Offer UNSURE = new Offer(8, 0.4, 0);
    private static final Offer NOTHING = new Offer(0, 0.7, 0);

    @Test
    void whereRowsCostNothingAllAreTaken() {
        assertThat(plan(100, 1, 0, UNSURE, NOTHING)).containsExactly(8, 0);
        assertThat(plan(11, 1, 0, SURE, SURE)).containsExactly(6, 5);
        assertThat(plan(0, 1, 0, SURE)).containsExactly(0);
    }

    @Test
    void whereARowCostsAStepThereAreNone() {
        assertThat(plan(100, 0, 1, SURE)).containsExactly(0);
    }

    @Test
    void theSurerTheMore() {
        // A row costs a third of a step.
        assertThat(plan(100, 2, 1, UNSURE)).containsExactly(1);
        assertThat(plan(100, 2, 1, new Offer(8, 0.7, 0))[0]).isBetween(2, 4);
        assertThat(plan(100, 2, 1, SURE)[0]).isBetween(6, 8);
        assertThat(plan(100, 2, 1, new Offer(8, 0.3, 0))).containsExactly(0);
    }

    @Test
    void whatItTakesToMakeADraftCounts() {
        assertThat(plan(100, 1, 0, new Offer(8, 0.7, 1_200_000))).containsExactly(0);
        assertThat(plan(100, 1, 0, new Offer(8, 0.7, 200_000))[0]).isBetween(1, 5);
    }

    @Test
    void othersAreNotHeldUpForOne() {
        // Alone it takes more than this; the three get nothing of it.
        assertThat(plan(100, 2, 1, SURE, NOTHING, NOTHING, NOTHING)[0]).isBetween(1, 4);
    }

    private static int[] plan(int room, int base, int perRow, Offer... offers) {
        StepTimes times = new StepTimes();
        for (int i = 0; i < 400; i++) {
            int rows = 1 + i % 20;
            times.learn(rows, 1_000_000L * (base + rows * perRow));
        }
        return DraftPlanner.plan(List.of(offers), room, times);
    }
}
