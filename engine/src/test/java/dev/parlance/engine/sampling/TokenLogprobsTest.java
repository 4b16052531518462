package dev.parlance.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.parlance.engine.sampling.TokenLogprobs.Candidate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

class TokenLogprobsTest {
    @Test
    void theMostLikelyComeBestFirstAndTiesByLowerId() {
        TokenLogprobs logprobs = TokenLogprobs.of(new float[] {1, 3, 2, 3, 2, 0}, 0, 4);
        assertThat(logprobs.candidates())
                .extracting(Candidate::tokenId)
                .containsExactly(1, 3, 2, 4);
        assertThat(logprobs.tokenId()).isZero();
        assertThat(logprobs.rank()).isEqualTo(5);
    }

    @Test
    void theRankIsThePlaceAmongTheLikely() {
        for (int seed = 0; seed < 20; seed++) {
            float[] logits = CandidatesTest.randomLogits(new Random(seed));
            List<Candidate> all = TokenLogprobs.of(logits, 0, logits.length).candidates();
            for (int place = 0; place < all.size(); place++) {
                assertThat(TokenLogprobs.of(logits, all.get(place).tokenId(), 0).rank())
                        .isEqualTo(place + 1);
            }
        }
    }

    @Test
    void namesTheTokensThatWereAskedFor() {
        float[] logits = {1, 3, 2, 3, 2, 0};
        LogprobParams wanted = new LogprobParams(1, List.of(5, 1), false, -1);
        assertThat(TokenLogprobs.of(logits, 0, wanted).candidates())
                .isEqualTo(
                        List.of(
                                TokenLogprobs.of(logits, 0, 6).candidates().get(5),
                                TokenLogprobs.of(logits, 0, 1).candidates().get(0)));
    }

    @Test
    void theyAreLogsOfTheSoftmax() {
        for (int seed = 0; seed < 100; seed++) {
            float[] logits = CandidatesTest.randomLogits(new Random(seed));
            double total = 0;
            for (float logit : logits) {
                total += Math.exp(logit);
            }
            TokenLogprobs logprobs = TokenLogprobs.of(logits, 5, 20);
            List<Integer> sorted =
                    IntStream.range(0, logits.length)
                            .boxed()
                            .sorted(Comparator.comparing((Integer id) -> -logits[id]))
                            .limit(20)
                            .toList();
            assertThat(logprobs.candidates())
                    .as("seed %d", seed)
                    .extracting(Candidate::tokenId)
                    .isEqualTo(sorted);
            for (Candidate candidate : logprobs.candidates()) {
                assertThat(candidate.logProbability())
                        .isCloseTo(
                                Math.log(Math.exp(logits[candidate.tokenId()]) / total),
                                within(1e-9));
            }
            assertThat(logprobs.logProbability())
                    .isEqualTo(
                            TokenLogprobs.of(logits, 0, 97).candidates().stream()
                                    .filter(candidate -> candidate.tokenId() == 5)
                                    .findFirst()
                                    .orElseThrow()
                                    .logProbability());
        }
    }

    @Test
    void largeLogitsDoNotOverflow() {
        assertThat(TokenLogprobs.of(new float[] {10_000, 10_000}, 1, 0).logProbability())
                .isCloseTo(-Math.log(2), within(1e-9));
    }

    @Test
    void noMoreThanTheVocabularyAreNamed() {
        assertThat(TokenLogprobs.of(new float[] {1, 2}, 0, 20).candidates()).hasSize(2);
        assertThat(TokenLogprobs.of(new float[] {1, 2}, 0, 0).candidates()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void logitsThatAreNoNumbersAreReported(float bad) {
        assertThatThrownBy(() -> TokenLogprobs.of(new float[] {0, bad, 1}, 0, 2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the model's logits are not finite; its weights may be damaged");
    }
}
