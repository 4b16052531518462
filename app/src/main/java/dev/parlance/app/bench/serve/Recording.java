package dev.parlance.app.bench.serve;

import dev.parlance.app.bench.serve.Exchange.Failure;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Collects an answer while it arrives.
 *
 * <p>Threads: written by the HTTP client's, read by any.
 */
final class Recording {
    private final IntConsumer onPiece;
    private final StringBuilder text = new StringBuilder();
    private long[] arrivals = new long[64];
    private int pieces;
    private int events;
    private boolean finished;
    private @Nullable Usage usage;
    private @Nullable Failure failure;

    Recording() {
        this(_ -> {});
    }

    /**
     * @param onPiece told after every piece of text how many there are
     */
    Recording(IntConsumer onPiece) {
        this.onPiece = onPiece;
    }

    synchronized void event() {
        events++;
    }

    void piece(String piece, long nanos) {
        int count;
        synchronized (this) {
            if (pieces == arrivals.length) {
                arrivals = Arrays.copyOf(arrivals, 2 * pieces);
            }
            arrivals[pieces++] = nanos;
            text.append(piece);
            count = pieces;
        }
        onPiece.accept(count);
    }

    synchronized void usage(Usage usage) {
        this.usage = usage;
    }

    /** The server said that the answer is complete. */
    synchronized void finish() {
        finished = true;
    }

    /** The first failure is the one that counts. */
    synchronized void fail(String kind, String detail) {
        if (failure == null) {
            failure = new Failure(kind, detail);
        }
    }

    /** What has come of the request, which must have ended by itself. */
    synchronized Exchange ended(String part, long dueNanos, long endNanos, int askedTokens) {
        if (!finished) {
            fail("ended early", "the stream ended before the answer was complete");
        }
        return soFar(part, dueNanos, endNanos, askedTokens);
    }

    /** What has arrived of an answer that nobody waits for any longer. */
    synchronized Exchange soFar(String part, long dueNanos, long endNanos, int askedTokens) {
        return new Exchange(
                part,
                dueNanos,
                endNanos,
                new Timeline(Arrays.copyOf(arrivals, pieces)),
                events,
                askedTokens,
                Optional.ofNullable(usage),
                Optional.ofNullable(failure),
                text.toString());
    }
}
