package dev.parlance.app.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

class TallyTest {
    private static final Objective OBJECTIVE = new Objective(100, 10);

    private static Tally tally(long endMillis, Exchange... exchanges) {
        return Tally.of(
                new LoadGenerator.Result(0, endMillis * 1_000_000, List.of(exchanges)), OBJECTIVE);
    }

    @Test
    void answersInTimeCountAndLateOnesWithWhatCameBefore() {
        Tally tally =
                tally(
                        2000,
                        Exchanges.answered(0, 50, 60, 70, 80),
                        Exchanges.answered(1500, 1900, 2000, 2100, 2200),
                        Exchanges.answered(1900, 2050, 2060));
        assertThat(tally.seconds()).isEqualTo(2);
        assertThat(tally.answered()).isEqualTo(3);
        assertThat(tally.answeredPerSecond()).isEqualTo(0.5);
        assertThat(tally.outputTokensPerSecond()).isEqualTo((4 + 2) / 2.0);
        assertThat(tally.promptTokensPerSecond()).isEqualTo((10 + 10) / 2.0);
        assertThat(tally.promptTokens()).isEqualTo(10);
        assertThat(tally.cachedTokens()).isEqualTo(4);
        assertThat(tally.events()).isEqualTo(6 + 6 + 4);
    }

    @Test
    void goodAnswersKeepToBothBounds() {
        Tally tally =
                tally(
                        1000,
                        Exchanges.answered(0, 100, 110, 120),
                        Exchanges.answered(0, 101, 102),
                        Exchanges.answered(0, 10, 21, 32),
                        Exchanges.answered(0, 99),
                        Exchanges.answered(950, 1001));
        assertThat(tally.good()).isEqualTo(3);
        assertThat(tally.goodPerSecond()).isEqualTo(2);
    }

    @Test
    void failuresAreCountedByKindAndNothingElseOfThem() {
        Tally tally =
                tally(
                        1000,
                        Exchanges.failed("timeout", 0, 900),
                        Exchanges.failed("HTTP 429", 0, 1),
                        Exchanges.failed("HTTP 429", 0, 2));
        assertThat(tally.failures().keySet()).containsExactly("HTTP 429", "timeout");
        assertThat(tally.failures().get("HTTP 429")).hasSize(2);
        assertThat(tally.answered()).isZero();
        assertThat(tally.answeredPerSecond()).isZero();
        assertThat(tally.shortAnswers()).isZero();
    }

    @Test
    void tokensAreTheServersOrElsePieces() {
        Exchange counted = Exchanges.answered(0, 10, 30);
        Exchange speculated = withUsage(counted, Optional.of(new Usage(10, 0, 5)));
        assertThat(speculated.outputTokens()).isEqualTo(5);
        assertThat(speculated.timePerOutputToken()).hasValue(20 / 4.0);
        Exchange untold = withUsage(counted, Optional.empty());
        assertThat(untold.outputTokens()).isEqualTo(2);
        assertThat(untold.timePerOutputToken()).hasValue(20);
        assertThat(tally(1000, speculated, untold).promptTokens()).isEqualTo(10);
    }

    @Test
    void anAnswerThatIsTooShortIsNoticed() {
        Exchange two =
                withUsage(Exchanges.answered(0, 10, 20, 30), Optional.of(new Usage(1, 0, 2)));
        assertThat(tally(1000, two).shortAnswers()).isEqualTo(1);
    }

    @Test
    void tokensWithoutTextCountWhenTheAnswerEnds() {
        Exchange silent =
                new Exchange(
                        "",
                        0,
                        500_000_000,
                        new Timeline(),
                        2,
                        3,
                        Optional.of(new Usage(10, 0, 3)),
                        Optional.empty(),
                        "");
        assertThat(tally(1000, silent).outputTokensPerSecond()).isEqualTo(3);
        assertThat(tally(100, silent).outputTokensPerSecond()).isZero();
        assertThat(silent.timeToFirstToken()).isEmpty();
        assertThat(tally(1000, silent).good()).isZero();
    }

    private static Exchange withUsage(Exchange exchange, Optional<Usage> usage) {
        return new Exchange(
                exchange.part(),
                exchange.dueNanos(),
                exchange.endNanos(),
                exchange.pieces(),
                exchange.events(),
                exchange.askedTokens(),
                usage,
                exchange.failure(),
                exchange.text());
    }
}
