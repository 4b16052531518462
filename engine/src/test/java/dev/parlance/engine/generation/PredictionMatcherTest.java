package dev.parlance.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Random;

class PredictionMatcherTest {
    private final PredictionMatcher matcher = new PredictionMatcher(new int[] {1, 2, 3, 4, 5, 6});

    @Test
    void asLongAsTokensAgreeItSaysWhatComesNext() {
        assertThat(matcher.next(3)).containsExactly(1, 2, 3);
        accept(1, 2, 3, 4);
        assertThat(matcher.next(9)).containsExactly(5, 6);
        accept(5, 6);
        assertThat(matcher.next(9)).isEmpty();
        assertCounts(6, 0);
    }

    @Test
    void aReplacedTokenIsPassedOnceTwoTokensAgreeAgain() {
        accept(1, 2, 9);
        assertThat(matcher.next(2)).isEmpty();
        accept(4);
        assertThat(matcher.next(2)).isEmpty();
        accept(5);
        assertThat(matcher.next(2)).containsExactly(6);
        assertCounts(4, 2);
    }

    @Test
    void addedAndLeftOutTokensArePassed() {
        accept(1, 8, 9, 2, 3);
        assertThat(matcher.next(1)).containsExactly(4);
        PredictionMatcher other = new PredictionMatcher(new int[] {1, 2, 3, 4, 5, 6});
        other.accept(4);
        other.accept(5);
        assertThat(other.next(2)).containsExactly(6);
        assertThat(other.accepted()).isEqualTo(2);
        assertThat(other.rejected()).isEqualTo(4);
    }

    @Test
    void whatWasPassedDoesNotComeAgain() {
        accept(1, 2, 3, 9, 1, 2);
        assertThat(matcher.next(1)).isEmpty();
        accept(4, 5);
        assertThat(matcher.next(1)).containsExactly(6);
    }

    @Test
    void moreThanWasPredictedIsHarmless() {
        accept(1, 2, 3, 4, 5, 6, 7, 8, 1, 2);
        assertThat(matcher.next(1)).isEmpty();
        assertCounts(6, 0);
        PredictionMatcher empty = new PredictionMatcher(new int[0]);
        empty.accept(1);
        assertThat(empty.next(1)).isEmpty();
        assertThat(empty.rejected()).isZero();
    }

    @Test
    void neverAreMoreTokensAcceptedThanThereAre() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            int[] prediction = random.ints(random.nextInt(30), 0, 4).toArray();
            PredictionMatcher followed = new PredictionMatcher(prediction);
            int length = random.nextInt(60);
            for (int i = 0; i < length; i++) {
                followed.accept(random.nextInt(4));
            }
            assertThat(followed.accepted()).isBetween(0, Math.min(length, prediction.length));
            assertThat(followed.accepted() + followed.rejected()).isEqualTo(prediction.length);
        }
    }

    private void accept(int... tokens) {
        for (int token : tokens) {
            matcher.accept(token);
        }
    }

    private void assertCounts(int accepted, int rejected) {
        assertThat(matcher.accepted()).isEqualTo(accepted);
        assertThat(matcher.rejected()).isEqualTo(rejected);
    }
}
