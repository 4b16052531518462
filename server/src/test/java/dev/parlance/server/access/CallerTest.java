package dev.parlance.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Set;

class CallerTest {
    private final ManualClock clock = new ManualClock();

    private Caller caller(long requests, long tokens, int concurrent) {
        KeyLimits limits = new KeyLimits(requests, tokens, concurrent);
        return Caller.of(
                new ApiKey("alice", ApiKey.hash("secret"), Set.of("small"), limits), clock);
    }

    private static void assertReached(Runnable call, Limit limit, Duration retryAfter) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        LimitReachedException.class,
                        reached -> {
                            assertThat(reached.limit()).isEqualTo(limit);
                            assertThat(reached.retryAfter()).isEqualTo(retryAfter);
                        });
    }

    @Test
    void maySeeOnlyTheModelsOfItsKey() {
        assertThat(caller(0, 0, 0).mayUse("small")).isTrue();
        assertThat(caller(0, 0, 0).mayUse("large")).isFalse();
        assertThat(Caller.ANYONE.mayUse("large")).isTrue();
    }

    @Test
    void requestsGrowBackEvenlyOverTheMinute() {
        Caller caller = caller(2, 0, 0);
        caller.enter().close();
        caller.enter().close();
        assertReached(caller::enter, Limit.REQUESTS_PER_MINUTE, Duration.ofSeconds(30));
        assertThat(caller.limits())
                .containsExactly(
                        new LimitState(Limit.REQUESTS_PER_MINUTE, 2, 0, Duration.ofMinutes(1)));

        clock.advance(Duration.ofSeconds(30));
        caller.enter().close();
        assertReached(caller::enter, Limit.REQUESTS_PER_MINUTE, Duration.ofSeconds(30));
        clock.advance(Duration.ofHours(1));
        assertThat(caller.limits().getFirst().remaining()).isEqualTo(2);
    }

    @Test
    void aRequestThatIsRefusedForItsNumberHoldsNoPlace() {
        Caller caller = caller(1, 0, 1);
        caller.enter().close();
        assertReached(caller::enter, Limit.REQUESTS_PER_MINUTE, Duration.ofMinutes(1));
        clock.advance(Duration.ofMinutes(1));
        caller.enter();
    }

    @Test
    void onlySoManyRequestsRunAtATime() {
        Caller caller = caller(0, 0, 2);
        Grant first = caller.enter();
        caller.enter();
        assertReached(caller::enter, Limit.CONCURRENT_REQUESTS, Duration.ofSeconds(1));
        first.close();
        first.close();
        caller.enter();
        assertReached(caller::enter, Limit.CONCURRENT_REQUESTS, Duration.ofSeconds(1));
    }

    @Test
    void tokensThatWereReservedAndNotUsedComeBack() {
        Caller caller = caller(0, 600, 0);
        Grant grant = caller.enter();
        grant.reserveTokens(500);
        assertThat(remaining(caller)).isEqualTo(100);
        assertReached(
                () -> caller.enter().reserveTokens(110),
                Limit.TOKENS_PER_MINUTE,
                Duration.ofSeconds(1));
        grant.useTokens(40);
        grant.useTokens(10);
        grant.close();
        assertThat(remaining(caller)).isEqualTo(550);
    }

    @Test
    void aRequestLargerThanTheLimitIsLetInWhenNothingWasUsedAndPaysAfterwards() {
        Caller caller = caller(0, 600, 0);
        Grant grant = caller.enter();
        grant.reserveTokens(5_000);
        assertThat(remaining(caller)).isZero();
        grant.useTokens(1_200);
        grant.close();

        // 600 below nothing: a minute until there is nothing, and a second for ten.
        assertReached(
                () -> caller.enter().reserveTokens(10),
                Limit.TOKENS_PER_MINUTE,
                Duration.ofSeconds(61));
        assertThat(caller.limits().getFirst().untilFull()).isEqualTo(Duration.ofMinutes(2));
        clock.advance(Duration.ofMinutes(2));
        assertThat(remaining(caller)).isEqualTo(600);
    }

    @Test
    void withoutLimitsNothingIsCounted() {
        Caller caller = caller(0, 0, 0);
        for (int i = 0; i < 1000; i++) {
            caller.enter().reserveTokens(1_000_000);
        }
        assertThat(caller.limits()).isEmpty();
    }

    private static long remaining(Caller caller) {
        return caller.limits().getFirst().remaining();
    }
}
