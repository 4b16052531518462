package dev.parlance.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

class RankSortTest {
    @Test
    void theGreatestRankComesFirstAndOfEqualOnesTheLowestId() {
        RankSort sort = new RankSort();
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            int count = 1 + random.nextInt(300);
            double[] rank = new double[count];
            for (int i = 0; i < count; i++) {
                rank[i] = rank(random);
            }
            List<Integer> ids = new ArrayList<>(IntStream.range(0, count).boxed().toList());
            if (seed % 2 == 1) {
                Collections.shuffle(ids, random);
            }
            int size = 1 + random.nextInt(count);
            int[] sorted = ids.stream().mapToInt(Integer::intValue).toArray();

            sort.sort(sorted, size, rank);

            // Plus zero, because Double.compare tells the zeros apart.
            ids.subList(0, size)
                    .sort(
                            Comparator.comparingDouble((Integer id) -> -rank[id] + 0.0)
                                    .thenComparing(Comparator.naturalOrder()));
            assertThat(sorted)
                    .as("seed %d", seed)
                    .containsExactly(ids.stream().mapToInt(Integer::intValue).toArray());
        }
    }

    /** Of all sizes and signs, many of them equal, both zeros among them. */
    private static double rank(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> 0.0;
            case 1 -> -0.0;
            case 2 -> random.nextInt(5) - 2;
            case 3 -> (float) random.nextGaussian();
            case 4 -> random.nextGaussian() * 1e300;
            default -> Double.longBitsToDouble(random.nextLong() & 0x800F_FFFF_FFFF_FFFFL);
        };
    }
}
