package dev.parlance.app.bench.serve;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * The times of many answers.
 *
 * @param firstToken until the first text
 * @param perToken for each token after the first, a value per answer
 * @param gap between one piece of text and the next, all gaps of all answers
 * @param total until the end of the answer
 */
record Latencies(
        Distribution firstToken, Distribution perToken, Distribution gap, Distribution total) {

    /** Of those that were answered. */
    static Latencies of(List<Exchange> exchanges) {
        List<Exchange> answered = exchanges.stream().filter(Exchange::isAnswered).toList();
        return new Latencies(
                distribution(answered, Exchange::timeToFirstToken),
                distribution(answered, Exchange::timePerOutputToken),
                new Distribution(answered.stream().flatMapToDouble(each -> each.pieces().gaps())),
                distribution(answered, Exchange::totalTime));
    }

    static Latencies ofGaps(Distribution gaps) {
        return new Latencies(Distribution.EMPTY, Distribution.EMPTY, gaps, Distribution.EMPTY);
    }

    static Latencies merged(List<Latencies> parts) {
        return new Latencies(
                Distribution.merged(parts.stream().map(Latencies::firstToken).toList()),
                Distribution.merged(parts.stream().map(Latencies::perToken).toList()),
                Distribution.merged(parts.stream().map(Latencies::gap).toList()),
                Distribution.merged(parts.stream().map(Latencies::total).toList()));
    }

    private static Distribution distribution(
            List<Exchange> exchanges, Function<Exchange, OptionalDouble> time) {
        return new Distribution(
                exchanges.stream().map(time).flatMapToDouble(OptionalDouble::stream));
    }
}
