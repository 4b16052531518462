package dev.parlance.engine.generation;

import java.util.List;

/**
 * How often something took how long.
 *
 * @param counts per bound of {@link #BOUNDS}, how often it took at most that long and longer than
 *     the bound before; one more for all that is longer
 * @param totalSeconds all together
 */
public record Latencies(List<Long> counts, double totalSeconds) {
    /** In seconds, rising. */
    public static final List<Double> BOUNDS =
            List.of(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0);

    public Latencies {
        counts = List.copyOf(counts);
        if (counts.size() != BOUNDS.size() + 1) {
            throw new IllegalArgumentException(
                    "there are " + (BOUNDS.size() + 1) + " counts, got " + counts.size());
        }
    }

    /** How often it happened. */
    public long count() {
        return counts.stream().mapToLong(Long::longValue).sum();
    }
}
