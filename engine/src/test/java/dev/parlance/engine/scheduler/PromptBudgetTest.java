package dev.parlance.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PromptBudgetTest {
    /** A step takes as long as reading the weights and computing its rows. */
    private static long nanos(int tokens, long base, long perToken) {
        return base + tokens * perToken;
    }

    @Test
    void stepsComeToTakeAsLongAsWanted() {
        PromptBudget budget = new PromptBudget(512);
        for (int i = 0; i < 30; i++) {
            budget.learn(budget.tokens(), nanos(budget.tokens(), 40_000_000, 1_000_000));
        }
        assertThat(budget.tokens()).isCloseTo(110, within(2));
    }

    @Test
    void aFastModelMayUseTheWholeStepAndASlowOneTheLeast() {
        PromptBudget fast = new PromptBudget(512);
        PromptBudget slow = new PromptBudget(512);
        for (int i = 0; i < 30; i++) {
            fast.learn(fast.tokens(), nanos(fast.tokens(), 1_000_000, 10_000));
            slow.learn(slow.tokens(), nanos(slow.tokens(), 900_000_000, 90_000_000));
        }
        assertThat(fast.tokens()).isEqualTo(512);
        assertThat(slow.tokens()).isEqualTo(PromptBudget.LEAST);
    }

    @Test
    void itFallsAtOnceAndRisesByAndBy() {
        PromptBudget budget = new PromptBudget(512);
        budget.learn(100, 600_000_000);
        assertThat(budget.tokens()).isEqualTo(25);
        budget.learn(25, 37_500_000);
        assertThat(budget.tokens()).isEqualTo(62);
        budget.learn(62, 93_000_000);
        assertThat(budget.tokens()).isEqualTo(81);
    }

    @Test
    void smallStepsAndClocksThatStandStillTeachNothing() {
        PromptBudget budget = new PromptBudget(512);
        budget.learn(PromptBudget.LEAST - 1, 1);
        budget.learn(100, 0);
        assertThat(budget.tokens()).isEqualTo(128);
        assertThat(new PromptBudget(4).tokens()).isEqualTo(4);
    }
}
