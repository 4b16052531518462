package dev.parlance.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PromptLookupTest {
    @Test
    void whatFollowedTheSameTokensComesNext() {
        assertThat(propose(3, 1, 2, 3, 4, 5, 6, 9, 1, 2, 3)).containsExactly(4, 5, 6);
    }

    @Test
    void threeTokensThatAgreeCountMoreThanTwoLater() {
        assertThat(propose(1, 1, 2, 3, 4, 7, 2, 3, 5, 1, 2, 3)).containsExactly(4);
        assertThat(propose(1, 1, 2, 3, 4, 7, 2, 3, 5, 8, 2, 3)).containsExactly(5);
    }

    @Test
    void theLatestPlaceWins() {
        assertThat(propose(1, 1, 2, 3, 4, 1, 2, 3, 5, 1, 2, 3)).containsExactly(5);
    }

    @Test
    void aLoopGoesOnAsLongAsWanted() {
        assertThat(propose(7, 5, 1, 2, 1, 2)).containsExactly(1, 2, 1, 2, 1, 2, 1);
        assertThat(propose(4, 6, 6, 6)).containsExactly(6, 6, 6, 6);
    }

    @Test
    void withoutRepetitionThereIsNothing() {
        assertThat(propose(4, 1, 2, 3, 4, 5)).isEmpty();
        // One token alone is no sign.
        assertThat(propose(4, 1, 2, 3, 1)).isEmpty();
        assertThat(propose(4, 1)).isEmpty();
    }

    private static int[] propose(int most, int... tokens) {
        return PromptLookup.propose(i -> tokens[i], tokens.length, most);
    }
}
