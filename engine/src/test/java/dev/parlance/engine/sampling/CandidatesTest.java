package dev.parlance.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

class CandidatesTest {
    private static final int VOCABULARY = 97;

    @Test
    void everyFilterKeepsWhatSortingTheWholeVocabularyWouldKeep() {
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            float[] logits = randomLogits(random);
            double temperature = 0.2 + 2 * random.nextDouble();
            int k = 1 + random.nextInt(VOCABULARY + 3);
            double share = random.nextDouble();
            check(seed, logits, temperature, c -> c.keepTopK(k), r -> r.keepTopK(k));
            check(seed, logits, temperature, c -> c.keepTopP(share), r -> r.keepTopP(share));
            check(seed, logits, temperature, c -> c.keepMinP(share), r -> r.keepMinP(share));
            check(seed, logits, temperature, c -> c.keepTypical(share), r -> r.keepTypical(share));
        }
    }

    @Test
    void whatSortingWouldKeepIsKeptOfAFlatDistributionOverManyTokens() {
        for (int seed = 0; seed < 5; seed++) {
            Random random = new Random(seed);
            float[] logits = new float[5000];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = random.nextInt(3) == 0 ? 0.25f : random.nextFloat();
            }
            double share = random.nextDouble();
            check(seed, logits, 1, c -> c.keepTopP(share), r -> r.keepTopP(share));
        }
    }

    private static void check(
            int seed,
            float[] logits,
            double temperature,
            Consumer<Candidates> filter,
            Consumer<ReferenceDistribution> reference) {
        Candidates candidates = candidates(logits, temperature);
        ReferenceDistribution expected = new ReferenceDistribution(logits, temperature);
        filter.accept(candidates);
        reference.accept(expected);
        assertThat(ids(candidates)).as("seed %d", seed).isEqualTo(expected.ids());
    }

    @Test
    void filtersInARowWorkOnWhatIsLeft() {
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            float[] logits = randomLogits(random);
            Candidates candidates = candidates(logits, 1.3);
            ReferenceDistribution expected = new ReferenceDistribution(logits, 1.3);
            int k = 1 + random.nextInt(VOCABULARY);
            double typical = 0.3 + 0.7 * random.nextDouble();
            double topP = 0.3 + 0.7 * random.nextDouble();
            candidates.keepTopK(k);
            candidates.keepTypical(typical);
            candidates.keepTopP(topP);
            candidates.keepMinP(0.1);
            expected.keepTopK(k);
            expected.keepTypical(typical);
            expected.keepTopP(topP);
            expected.keepMinP(0.1);
            assertThat(ids(candidates)).as("seed %d", seed).isEqualTo(expected.ids());
        }
    }

    @Test
    void aTinyTopPKeepsTheMostLikelyTokenAlone() {
        Candidates candidates = candidates(new float[] {1, 3, 2, 3}, 1);
        candidates.keepTopP(Double.MIN_VALUE);
        assertThat(ids(candidates)).containsExactly(1);
    }

    @Test
    void topPTakesTheTokenThatReachesTheMass() {
        float[] halves = {(float) Math.log(4), (float) Math.log(2), 0, 0};
        Candidates candidates = candidates(halves, 1);
        candidates.keepTopP(0.49);
        assertThat(ids(candidates)).containsExactly(0);
        candidates = candidates(halves, 1);
        candidates.keepTopP(0.51);
        assertThat(ids(candidates)).containsExactly(0, 1);
    }

    @Test
    void minPOfOneKeepsAllThatAreAsLikelyAsTheBest() {
        Candidates candidates = candidates(new float[] {1, 3, 2, 3}, 1);
        candidates.keepMinP(1);
        assertThat(ids(candidates)).containsExactly(1, 3);
    }

    @Test
    void typicalMayDropTheMostLikelyToken() {
        // One token of 16/80 and 64 of 1/80: the entropy, 3.8, is nearer to the surprise of the
        // many, 4.4, than to that of the one, 1.6.
        float[] logits = new float[65];
        logits[0] = (float) Math.log(16);
        Candidates candidates = candidates(logits, 1);
        candidates.keepTypical(0.29);
        assertThat(ids(candidates)).doesNotContain(0).hasSize(24);
    }

    @Test
    void maskedTokensAreNoCandidates() {
        Candidates candidates = candidates(new float[] {1, Float.NEGATIVE_INFINITY, 2}, 1);
        assertThat(ids(candidates)).containsExactly(0, 2);
    }

    @Test
    void extremeTemperaturesStayWithinTheNumbers() {
        float[] logits = {-Float.MAX_VALUE, 5, 4.9f, Float.MAX_VALUE};
        Candidates cold = candidates(logits, Double.MIN_VALUE);
        assertThat(cold.draw(0.999999)).isEqualTo(3);
        Candidates hot = candidates(logits, Double.MAX_VALUE);
        assertThat(hot.draw(0)).isEqualTo(0);
        assertThat(hot.draw(Math.nextDown(1.0))).isEqualTo(3);
        for (double mass : new double[] {Double.MIN_VALUE, 0.5, Math.nextDown(1.0)}) {
            Candidates typical = candidates(logits, Double.MIN_VALUE);
            typical.keepTypical(mass);
            assertThat(typical.draw(0.5)).isEqualTo(3);
        }
    }

    @Test
    void drawLaysTheWeightsEndToEnd() {
        Candidates candidates = candidates(new float[] {0, 0, 0, 0}, 1);
        assertThat(candidates.draw(0)).isEqualTo(0);
        assertThat(candidates.draw(0.25)).isEqualTo(1);
        assertThat(candidates.draw(0.7499)).isEqualTo(2);
        assertThat(candidates.draw(Math.nextDown(1.0))).isEqualTo(3);
    }

    @Test
    void anotherVocabularyIsRefused() {
        assertThatThrownBy(() -> new Candidates(3).copyOf(new float[4]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("4 logits for a vocabulary of 3");
    }

    private static Candidates candidates(float[] logits, double temperature) {
        Candidates candidates = new Candidates(logits.length);
        candidates.copyOf(logits);
        candidates.begin(temperature);
        candidates.weigh();
        return candidates;
    }

    private static List<Integer> ids(Candidates candidates) {
        return IntStream.range(0, candidates.size()).mapToObj(candidates::id).toList();
    }

    static float[] randomLogits(Random random) {
        float[] logits = new float[VOCABULARY];
        double spread = 10 * random.nextDouble();
        for (int i = 0; i < VOCABULARY; i++) {
            logits[i] = (float) (spread * random.nextGaussian());
            if (random.nextInt(8) == 0) {
                // Ties.
                logits[i] = Math.round(logits[i]);
            }
            if (random.nextInt(20) == 0) {
                logits[i] = Float.NEGATIVE_INFINITY;
            }
        }
        logits[0] = 0;
        return logits;
    }

    /** The same filters the plain way: sorted lists of probabilities. */
    static final class ReferenceDistribution {
        private record Entry(int id, double logProbability) {
            double probability() {
                return Math.exp(logProbability);
            }
        }

        private List<Entry> entries = new ArrayList<>();

        ReferenceDistribution(float[] logits, double temperature) {
            for (int id = 0; id < logits.length; id++) {
                if (logits[id] != Float.NEGATIVE_INFINITY) {
                    entries.add(new Entry(id, logits[id] / temperature));
                }
            }
            normalize();
        }

        private void normalize() {
            double total = entries.stream().mapToDouble(Entry::probability).sum();
            entries.replaceAll(e -> new Entry(e.id(), e.logProbability() - Math.log(total)));
        }

        void keepTopK(int k) {
            if (k < entries.size()) {
                sortByProbability();
                entries = new ArrayList<>(entries.subList(0, k));
                normalize();
            }
        }

        void keepTopP(double mass) {
            sortByProbability();
            keepMass(mass);
        }

        void keepTypical(double mass) {
            double entropy =
                    -entries.stream().mapToDouble(e -> e.probability() * e.logProbability()).sum();
            entries.sort((a, b) -> {
                double first = Math.abs(-a.logProbability() - entropy);
                double second = Math.abs(-b.logProbability() - entropy);
                return Math.abs(first - second) < 1e-9
                        ? Integer.compare(a.id(), b.id())
                        : Double.compare(first, second);
            });
            keepMass(mass);
        }

        private void keepMass(double mass) {
            double sum = 0;
            int count = 0;
            while (count < entries.size() && (count == 0 || sum < mass)) {
                sum += entries.get(count).probability();
                count++;
            }
            entries = new ArrayList<>(entries.subList(0, count));
            normalize();
        }

        void keepMinP(double share) {
            double max = entries.stream().mapToDouble(Entry::probability).max().orElseThrow();
            entries.removeIf(e -> e.probability() < share * max);
            normalize();
        }

        private void sortByProbability() {
            entries.sort((a, b) ->
                    a.logProbability() == b.logProbability()
                            ? Integer.compare(a.id(), b.id())
                            : Double.compare(b.logProbability(), a.logProbability()));
        }

        List<Integer> ids() {
            return entries.stream().map(Entry::id).toList();
        }
    }
}
