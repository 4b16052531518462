package dev.parlance.app.bench.serve;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * When the pieces of one answer's text arrived. Most servers send a piece per token; one that
 * guesses ahead sends several tokens in one, and some tokens have no text.
 *
 * <p>Units: nanoseconds of one monotonic clock; gaps in milliseconds. Immutable.
 */
final class Timeline {
    private final long[] arrivals;

    /**
     * @param arrivals in order
     */
    Timeline(long... arrivals) {
        this.arrivals = arrivals.clone();
    }

    int pieces() {
        return arrivals.length;
    }

    boolean isEmpty() {
        return arrivals.length == 0;
    }

    long first() {
        return arrivals[0];
    }

    long last() {
        return arrivals[arrivals.length - 1];
    }

    /** How many arrived until then, that moment included. */
    int piecesBy(long nanos) {
        return (int) Arrays.stream(arrivals).filter(arrival -> arrival <= nanos).count();
    }

    DoubleStream gaps() {
        return gapsWhere((_, _) -> true);
    }

    DoubleStream gapsEndedBy(long nanos) {
        return gapsWhere((_, end) -> end <= nanos);
    }

    /** Gaps that something between these moments may have stretched. */
    DoubleStream gapsOverlapping(long from, long to) {
        return gapsWhere((start, end) -> end > from && start < to);
    }

    DoubleStream gapsBegunAfter(long nanos) {
        return gapsWhere((start, _) -> start >= nanos);
    }

    private DoubleStream gapsWhere(GapTest test) {
        return IntStream.range(1, arrivals.length)
                .filter(i -> test.test(arrivals[i - 1], arrivals[i]))
                .mapToDouble(i -> (arrivals[i] - arrivals[i - 1]) / 1e6);
    }

    private interface GapTest {
        boolean test(long start, long end);
    }
}
