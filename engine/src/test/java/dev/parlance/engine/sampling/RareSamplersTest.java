package dev.parlance.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.parlance.engine.sampling.RareSamplers.Dry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

class RareSamplersTest {
    private static final SamplingParams RANDOM = SamplingParams.DEFAULT.withSeed(1);

    @Test
    void theRepetitionPenaltyLooksAtItsWindowOnly() {
        // Tokens 1 and 2 are in the prompt, 1 beyond a window of one.
        int[] prompt = {1, 2};
        float[] logits = {1, 4, 5, 0};
        assertThat(greedy(window(RareSamplers.ALL), prompt, logits)).isEqualTo(2);
        assertThat(greedy(window(1), prompt, logits)).isEqualTo(1);
        assertThat(greedy(window(0), prompt, logits)).isEqualTo(2);
    }

    private static SamplingParams window(int tokens) {
        return new SamplingParams(0, 0, 1, 0, 1, 0, 0, 2, Map.of(), RANDOM.seed())
                .withRare(rare(tokens, 0, 0, 0, 0.1, Dry.OFF));
    }

    private static RareSamplers rare(
            int window, double sigma, double range, double xtc, double threshold, Dry dry) {
        return new RareSamplers(window, sigma, range, 1, xtc, threshold, dry);
    }

    @Test
    void topNSigmaDropsWhatIsFarBelowTheBest() {
        // Mean 0, standard deviation 10: with n = 1, tokens below 10 - 0.5 go.
        float[] logits = {10, 9.9f, -9.9f, -10};
        SamplingParams params =
                RANDOM.withTemperature(1000).withRare(rare(-1, 1, 0, 0, 0.1, Dry.OFF));
        assertThat(drawn(params, logits)).isEqualTo(Set.of(0, 1));
        assertThat(drawn(RANDOM.withTemperature(1000), logits)).hasSize(4);
    }

    @Test
    void xtcLeavesOnlyTheLeastLikelyOfTheLikelyTokens() {
        float[] logits = {3, 2.5f, 2, -5};
        SamplingParams always = RANDOM.withRare(rare(-1, 0, 0, 1, 0.1, Dry.OFF));
        assertThat(drawn(always, logits)).contains(2).doesNotContain(0, 1);
        // Nothing is left out where only one token is that likely.
        assertThat(drawn(always, 10, 0, 0, 0)).contains(0);
    }

    @Test
    void xtcActsAsOftenAsItsProbabilitySays() {
        SamplingParams params =
                RANDOM.withTemperature(0.01).withRare(rare(-1, 0, 0, 0.25, 0.0, Dry.OFF));
        int kept = 0;
        for (int seed = 0; seed < 4000; seed++) {
            Sampler sampler = new Sampler(params, new int[0], new RandomStream(seed, 0));
            kept += sampler.next(new float[] {9, 1}, Set.of(), new Candidates(2)) == 0 ? 1 : 0;
        }
        assertThat(kept / 4000.0).isCloseTo(0.75, within(0.03));
    }

    @Test
    void theTemperatureFollowsTheEntropyWithinItsRange() {
        // Uniform logits have all the entropy there is; a lone peak has none.
        SamplingParams params = RANDOM.withRare(rare(-1, 0, 1, 0, 0.1, Dry.OFF));
        assertThat(drawn(params, 1, 1, 1, 1)).hasSize(4);
        // Sure: the temperature sinks to nearly 0, and the best is taken where otherwise at
        // temperature 1 one in eight draws is another.
        assertThat(drawn(params, 40, 0, 0, 0)).isEqualTo(Set.of(0));
        assertThat(SamplingParams.GREEDY.withRare(params.rare()))
                .satisfies(greedy -> assertThat(drawn(greedy, 1, 2, 1.9f)).isEqualTo(Set.of(1)));
    }

    @ParameterizedTest
    @CsvSource({"8, 1", "24, 3"})
    void dryTakesOffWhatItsDefinitionSays(int length, int vocabulary) {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            int[] text = random.ints(random.nextInt(length) + 1, 0, vocabulary).toArray();
            Dry dry =
                    new Dry(
                            0.5,
                            1.5,
                            1 + random.nextInt(3),
                            random.nextInt(4) == 0 ? random.nextInt(length) : RareSamplers.ALL,
                            random.nextBoolean() ? Set.of() : Set.of(0));
            float[] logits = new float[vocabulary];
            new DryPenalty(dry).apply(new TokenHistory(text), logits);
            for (int token = 0; token < vocabulary; token++) {
                assertThat(-logits[token])
                        .as("seed %d token %d", seed, token)
                        .isEqualTo((float) definition(dry, text, token));
            }
        }
    }

    /** By trying every place and every length. */
    private static double definition(Dry dry, int[] text, int token) {
        int size = dry.window() < 0 ? text.length : Math.min(dry.window(), text.length);
        int start = text.length - size;
        int longest = 0;
        for (int at = start; at < text.length; at++) {
            for (int length = 1; text[at] == token && at - length >= start; length++) {
                boolean repeats = true;
                for (int i = 1; i <= length; i++) {
                    int here = text[text.length - i];
                    repeats &= text[at - i] == here && !dry.breakers().contains(here);
                }
                longest = repeats ? Math.max(longest, length) : longest;
            }
        }
        return longest < dry.allowedLength()
                ? 0
                : dry.multiplier() * Math.pow(dry.base(), longest - dry.allowedLength());
    }

    @Test
    void aLongRepetitionDoesNotOverflow() {
        int[] text = new int[5000];
        SamplingParams params =
                SamplingParams.GREEDY.withRare(
                        rare(-1, 0, 0, 0, 0.1, new Dry(5, 9, 1, RareSamplers.ALL, Set.of())));
        assertThat(greedy(params, text, 1000, 0)).isEqualTo(1);
    }

    @Test
    void nothingButAllowedTokensComes() {
        SamplingParams params =
                RANDOM.withRules(new TokenRules(Optional.of(Set.of(1, 3)), List.of()));
        assertThat(drawn(params, 9, 0, 9, 0)).isEqualTo(Set.of(1, 3));
    }

    @Test
    void aBannedSequenceDoesNotCome() {
        SamplingParams params =
                SamplingParams.GREEDY.withRules(
                        new TokenRules(Optional.empty(), List.of(List.of(2, 2), List.of(0))));
        Sampler sampler = new Sampler(params, new int[] {2}, new RandomStream(1, 0));
        Candidates candidates = new Candidates(3);
        int[] tokens = new int[4];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = sampler.next(new float[] {9, 1, 5}, Set.of(), candidates);
        }
        // The 2 of the prompt does not count; 0 never comes.
        assertThat(tokens).containsExactly(2, 1, 2, 1);
    }

    @Test
    void rulesSayWhetherTheyLeaveAToken() {
        TokenRules rules =
                new TokenRules(Optional.of(Set.of(1, 2)), List.of(List.of(1), List.of(2, 1)));
        assertThat(rules.leavesToken(Set.of())).isTrue();
        assertThat(rules.leavesToken(Set.of(2))).isFalse();
        assertThat(TokenRules.NONE.leavesToken(Set.of(1))).isTrue();
        assertThat(rules.tokenIds()).containsExactly(1, 2);
    }

    @Test
    void rulesThatSayNothingAreRefused() {
        assertThatThrownBy(() -> new TokenRules(Optional.of(Set.of()), List.of()))
                .hasMessage("allowed must not be empty");
        assertThatThrownBy(() -> new TokenRules(Optional.empty(), List.of(List.of())))
                .hasMessage("a banned sequence must not be empty");
    }

    @Test
    void valuesOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new Dry(1, 0.5, 2, -1, Set.of()))
                .hasMessage("base must be 1 or more, got 0.5");
        assertThatThrownBy(() -> rare(-2, 0, 0, 0, 0, Dry.OFF))
                .hasMessage("repetitionWindow must be -1 or more, got -2.0");
        assertThatThrownBy(() -> rare(-1, 0, 0, 2, 0, Dry.OFF))
                .hasMessage("xtcProbability must be between 0 and 1, got 2.0");
    }

    private static int greedy(SamplingParams params, int[] prompt, float... logits) {
        Sampler sampler = new Sampler(params.withTemperature(0), prompt, new RandomStream(1, 0));
        return sampler.next(logits, Set.of(), new Candidates(logits.length));
    }

    private static Set<Integer> drawn(SamplingParams params, float... logits) {
        Map<Integer, Integer> counts = new HashMap<>();
        Candidates candidates = new Candidates(logits.length);
        for (int seed = 0; seed < 400; seed++) {
            Sampler sampler = new Sampler(params, new int[0], new RandomStream(seed, 0));
            counts.merge(sampler.next(logits, Set.of(), candidates), 1, Integer::sum);
        }
        return counts.keySet();
    }
}
