package dev.parlance.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.engine.generation.AdmissionLimits;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.KvSharing;
import dev.parlance.engine.generation.QueueFullException;
import dev.parlance.engine.generation.QueueFullException.Limit;
import dev.parlance.engine.generation.ServiceTerms;
import dev.parlance.engine.sampling.LogprobParams;
import dev.parlance.engine.sampling.SamplingParams;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Set;

class WaitingRoomTest {
    private static final long SECOND = 1_000_000_000L;

    private final WaitingRoom room = new WaitingRoom(new AdmissionLimits(4, 100, 2, 9));

    @Test
    void soManyRequestsMayWait() {
        for (String tenant : new String[] {"a", "a", "b", "c"}) {
            room.enter(request(tenant, 1), 0);
        }
        assertFull(
                request("d", 1),
                Limit.REQUESTS,
                "4 requests are waiting already, which is the most this engine takes; try again"
                        + " later");
        room.leave(request("c", 1));
        room.enter(request("d", 1), 0);
        assertThat(room.requests()).isEqualTo(4);
    }

    @Test
    void soManyOfOneTenantMayWait() {
        room.enter(request("a", 1), 0);
        room.enter(request("a", 1), 0);
        assertFull(
                request("a", 1),
                Limit.REQUESTS,
                "2 requests of yours are waiting already, which is the most you may have; try again"
                        + " later");
        room.start(request("a", 1), 0, 0);
        room.enter(request("a", 1), 0);
    }

    @Test
    void soManyTokensMayWait() {
        room.enter(request("a", 60), 0);
        room.enter(request("b", 40), 0);
        assertThat(room.tokens()).isEqualTo(100);
        assertFull(
                request("c", 1),
                Limit.TOKENS,
                "prompts of 100 tokens are waiting already, and with the 1 of this one they would"
                        + " be more than the 100 that may wait; try again later");
        room.leave(request("b", 40));
        room.enter(request("c", 1), 0);
    }

    @Test
    void whatWaitsAloneMayBeOfAnyLength() {
        room.enter(request("a", 1000), 0);
        assertThatThrownBy(() -> room.enter(request("b", 1), 0))
                .isInstanceOf(QueueFullException.class);
        room.start(request("a", 1000), 0, 0);
        assertThat(room.tokens()).isZero();
        room.enter(request("b", 1), 0);
    }

    @Test
    void whenToComeBackIsMeasured() {
        assertThat(retryAfter(0)).isEqualTo(Duration.ofSeconds(1));

        // Three that began without waiting tell nothing.
        for (int i = 0; i < 3; i++) {
            room.enter(request("a", 1), i);
            room.start(request("a", 1), i, i);
        }
        assertThat(retryAfter(3)).isEqualTo(Duration.ofSeconds(1));

        // One begins every five seconds, and four are before whoever comes.
        startOneEvery(5 * SECOND, 30);
        assertThat(retryAfter(30 * 5 * SECOND)).isBetween(seconds(19.9), seconds(20.1));
        // It has not been so fast of late.
        assertThat(retryAfter(30 * 5 * SECOND + 8 * SECOND)).isEqualTo(Duration.ofSeconds(32));
        assertThat(retryAfter(1000 * SECOND)).isEqualTo(Duration.ofSeconds(60));
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos((long) (seconds * SECOND));
    }

    private void startOneEvery(long nanos, int times) {
        room.enter(request("a", 1), 0);
        for (int i = 1; i <= times; i++) {
            room.start(request("a", 1), 0, i * nanos);
            room.enter(request("a", 1), i * nanos);
        }
        room.leave(request("a", 1));
    }

    /** What somebody hears behind four who wait. */
    private Duration retryAfter(long now) {
        Duration[] heard = {Duration.ZERO};
        for (String tenant : new String[] {"p", "q", "r", "s"}) {
            room.enter(request(tenant, 1), now);
        }
        assertThatThrownBy(() -> room.enter(request("t", 1), now))
                .isInstanceOfSatisfying(
                        QueueFullException.class, full -> heard[0] = full.retryAfter());
        for (String tenant : new String[] {"p", "q", "r", "s"}) {
            room.leave(request(tenant, 1));
        }
        return heard[0];
    }

    private void assertFull(GenerationRequest request, Limit limit, String message) {
        assertThatThrownBy(() -> room.enter(request, 0))
                .isInstanceOfSatisfying(
                        QueueFullException.class, full -> assertThat(full.limit()).isEqualTo(limit))
                .hasMessage(message);
    }

    private static GenerationRequest request(String tenant, int promptTokens) {
        return new GenerationRequest(
                new int[promptTokens],
                1,
                0,
                Set.of(),
                1,
                SamplingParams.DEFAULT,
                LogprobParams.NONE,
                KvSharing.WITH_ALL,
                new ServiceTerms(tenant, 0, Duration.ZERO),
                new int[0]);
    }
}
