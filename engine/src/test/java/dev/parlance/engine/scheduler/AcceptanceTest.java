package dev.parlance.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AcceptanceTest {
    private final Acceptance acceptance = new Acceptance();

    @Test
    void theProbabilityComesToBeWhatIsSeen() {
        for (int i = 0; i < 40; i++) {
            // One wrong draft after three right ones, again and again.
            acceptance.learn(8, 3);
        }
        assertThat(acceptance.probability()).isCloseTo(0.75, within(0.01));
        for (int i = 0; i < 40; i++) {
            acceptance.learn(8, 8);
        }
        assertThat(acceptance.probability()).isCloseTo(1, within(0.01));
    }

    @Test
    void whileDraftsAreRarelyRightThereAreNoneAndThenAnotherTry() {
        int steps = 0;
        while (acceptance.allowsDrafts()) {
            acceptance.learn(4, 0);
            steps++;
        }
        assertThat(steps).isBetween(2, 4);
        // The question above was the first of the pause.
        for (int i = 1; i < Acceptance.PAUSE; i++) {
            assertThat(acceptance.allowsDrafts()).isFalse();
            acceptance.learn(0, 0);
        }
        assertThat(acceptance.allowsDrafts()).isTrue();
        assertThat(acceptance.probability()).isEqualTo(new Acceptance().probability());
    }

    @Test
    void stepsWithoutDraftsTeachNothing() {
        double before = acceptance.probability();
        acceptance.learn(0, 0);
        assertThat(acceptance.probability()).isEqualTo(before);
    }
}
