package dev.parlance.app.bench.serve;

import java.util.OptionalDouble;

/** How requests come. */
public sealed interface Load {
    /** How many are sent, where that does not depend on the answers. */
    default OptionalDouble requestsPerSecond() {
        return switch (this) {
            case ClosedLoop _ -> OptionalDouble.empty();
            case OpenLoop(double perSecond) -> OptionalDouble.of(perSecond);
        };
    }

    /** So many clients, each of which sends its next request when it has the answer to the last. */
    record ClosedLoop(int clients) implements Load {
        public ClosedLoop {
            if (clients < 1) {
                throw new IllegalArgumentException("clients must be 1 or more, got " + clients);
            }
        }

        @Override
        public String toString() {
            return clients == 1 ? "1 client" : clients + " clients";
        }
    }

    /** Requests that come at random moments (Poisson), whether others are answered or not. */
    record OpenLoop(double perSecond) implements Load {
        public OpenLoop {
            if (!(perSecond > 0 && Double.isFinite(perSecond))) {
                throw new IllegalArgumentException("the rate must be above 0, got " + perSecond);
            }
        }

        @Override
        public String toString() {
            return Numbers.plain(perSecond) + "/s";
        }
    }
}
