package dev.parlance.app.bench.serve;

import dev.parlance.app.bench.serve.Exchange.Failure;

import java.util.Arrays;
import java.util.Optional;

/** Exchanges for tests. Units: milliseconds. */
final class Exchanges {
    private Exchanges() {}

    /** Answered: pieces as they arrived, the end with the last; a token each, prompt of 10. */
    static Exchange answered(long due, long... pieces) {
        return answered("", due, pieces);
    }

    static Exchange answered(String part, long due, long... pieces) {
        long[] nanos = Arrays.stream(pieces).map(each -> each * 1_000_000).toArray();
        return new Exchange(
                part,
                due * 1_000_000,
                nanos[nanos.length - 1],
                new Timeline(nanos),
                pieces.length + 2,
                pieces.length,
                Optional.of(new Usage(10, 4, pieces.length)),
                Optional.empty(),
                "");
    }

    static Exchange failed(String kind, long due, long end) {
        return new Exchange(
                "",
                due * 1_000_000,
                end * 1_000_000,
                new Timeline(),
                0,
                8,
                Optional.empty(),
                Optional.of(new Failure(kind, "because of " + kind)),
                "");
    }
}
