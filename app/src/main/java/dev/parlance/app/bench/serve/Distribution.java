package dev.parlance.app.bench.serve;

import java.util.List;
import java.util.stream.DoubleStream;

/** How long something took, many times. Units: milliseconds. Immutable. */
final class Distribution {
    static final Distribution EMPTY = new Distribution(DoubleStream.empty());

    private final double[] sorted;

    Distribution(DoubleStream values) {
        this.sorted = values.sorted().toArray();
    }

    static Distribution merged(List<Distribution> parts) {
        return new Distribution(
                parts.stream().flatMapToDouble(part -> DoubleStream.of(part.sorted)));
    }

    int count() {
        return sorted.length;
    }

    /**
     * The value that this percentage is not above, between two neighbours as far as the rank lies
     * between theirs (as numpy does by default); NaN of nothing.
     */
    double percentile(double percent) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        double rank = percent / 100 * (sorted.length - 1);
        int below = (int) rank;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
    }
}
