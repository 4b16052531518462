package dev.parlance.engine.scheduler;

/**
 * What a step in which everybody decodes costs by its number of rows: a time for the weights, which
 * are read whatever the rows, and a time per row. It is the line that fits the latest steps best,
 * where older ones count less and less.
 *
 * <p>As long as steps of different sizes are missing, or have been forgotten, a row is thought to
 * cost little. So drafts are tried, and tried again after a while when they did not pay.
 *
 * <p>Threads: the engine thread. Source: weighted incremental least squares, West 1979.
 */
final class StepTimes {
    /** A row's cost, as a share of a step of one row, as long as nothing is known. */
    static final double CHEAP_ROW = 0.1;

    /** How strongly that is believed: as by this variance of rows, times steps. */
    private static final double BELIEF = 1;

    /** A step counts half as much some 35 steps later. */
    private static final double FADING = 0.98;

    /** A step that took longer than so many times what was expected counts as such a one. */
    private static final double MOST_SURPRISE = 2;

    private double weight;
    private double meanRows;
    private double meanNanos;
    private double variation;
    private double covariation;

    /** Learns from a step without rows of prompts. */
    void learn(int rows, long stepNanos) {
        // One step that others on the machine held up says little about the next.
        double nanos = isKnown() ? Math.min(stepNanos, MOST_SURPRISE * of(rows)) : stepNanos;
        weight = FADING * weight + 1;
        double offset = rows - meanRows;
        meanRows += offset / weight;
        meanNanos += (nanos - meanNanos) / weight;
        variation = FADING * variation + offset * (rows - meanRows);
        covariation = FADING * covariation + offset * (nanos - meanNanos);
    }

    boolean isKnown() {
        return meanNanos > 0;
    }

    /** Nanoseconds that a step of so many rows takes; more than 0 once {@link #isKnown}. */
    double of(int rows) {
        return meanNanos + perRow() * (rows - meanRows);
    }

    private double perRow() {
        double believed = meanNanos * CHEAP_ROW / (1 + CHEAP_ROW * (meanRows - 1));
        double fitted = (covariation + BELIEF * believed) / (variation + BELIEF);
        // A row costs something, but no more than a step for itself would.
        return Math.clamp(fitted, 0, meanNanos / meanRows);
    }
}
