package dev.parlance.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PromptBudgetTest {
    private static final int STREAMS = 4;

    /** Steps of four streams and as many tokens of a prompt as they may have. */
    private static PromptBudget after(int most, long base, long perRow) {
        PromptBudget budget = new PromptBudget(most);
        for (int i = 0; i < 30; i++) {
            budget.learn(STREAMS, 0, base + STREAMS * perRow);
        }
        for (int i = 0; i < 30; i++) {
            int tokens = budget.tokens(STREAMS);
            budget.learn(STREAMS, tokens, base + (STREAMS + tokens) * perRow);
        }
        return budget;
    }

    @Test
    void stepsComeToTakeAsLongAsWanted() {
        assertThat(after(512, 40_000_000, 1_000_000).tokens(STREAMS)).isCloseTo(106, within(2));
    }

    @Test
    void aFastModelMayUseTheWholeStepAndASlowOneTheLeast() {
        assertThat(after(512, 1_000_000, 10_000).tokens(STREAMS)).isEqualTo(512);
        assertThat(after(512, 900_000_000, 90_000_000).tokens(STREAMS))
                .isEqualTo(PromptBudget.LEAST);
    }

    @Test
    void promptsGetLessBesideMoreStreams() {
        PromptBudget budget = new PromptBudget(512);
        for (int i = 0; i < 30; i++) {
            budget.learn(1, 0, 30_000_000);
            budget.learn(8, 0, 100_000_000);
            budget.learn(0, 100, 200_000_000);
        }
        assertThat(budget.tokens(1)).isCloseTo(60, within(1));
        assertThat(budget.tokens(8)).isCloseTo(25, within(1));
    }

    @Test
    void itFallsAtOnceAndRisesByAndBy() {
        PromptBudget budget = new PromptBudget(512);
        budget.learn(0, 100, 600_000_000);
        assertThat(budget.tokens(1)).isEqualTo(25);
        budget.learn(0, 25, 37_500_000);
        assertThat(budget.tokens(1)).isEqualTo(40);
        budget.learn(0, 40, 60_000_000);
        assertThat(budget.tokens(1)).isEqualTo(57);
    }

    @Test
    void smallStepsAndClocksThatStandStillTeachNothing() {
        PromptBudget budget = new PromptBudget(512);
        budget.learn(0, PromptBudget.LEAST - 1, 1);
        budget.learn(0, 100, 0);
        assertThat(budget.tokens(1)).isEqualTo(128);
        assertThat(new PromptBudget(4).tokens(1)).isEqualTo(4);
    }

    /** Streams that end make a step shorter than was thought, prompt and all. */
    @Test
    void aStepThatWasShorterThanTheStreamsAloneDoesNotMakePromptsCostNothing() {
        PromptBudget budget = new PromptBudget(1 << 20);
        budget.learn(8, 0, 100_000_000);
        budget.learn(8, 100, 50_000_000);
        assertThat(budget.tokens(8)).isEqualTo(1000);
    }
}
