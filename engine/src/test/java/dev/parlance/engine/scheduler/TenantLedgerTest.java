package dev.parlance.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TenantLedgerTest {
    private final TenantLedger ledger = new TenantLedger();

    @Test
    void promptsAreChargedWhenTheyStartAndTokensAsTheyCome() {
        ledger.opened("a");
        ledger.started("a", 100);
        assertThat(ledger.virtualTime("a")).isEqualTo(100);
        ledger.generated("a");
        ledger.generated("a");
        assertThat(ledger.virtualTime("a")).isEqualTo(104);
    }

    @Test
    void runningSequencesAreCounted() {
        ledger.opened("a");
        ledger.started("a", 1);
        ledger.started("a", 0);
        assertThat(ledger.runningSequences("a")).isEqualTo(2);
        ledger.stopped("a");
        assertThat(ledger.runningSequences("a")).isEqualTo(1);
    }

    @Test
    void whoComesBeginsWithTheLeastOfThoseThatAreThere() {
        ledger.opened("a");
        ledger.started("a", 500);
        ledger.opened("b");
        ledger.started("b", 50);
        ledger.opened("c");
        assertThat(ledger.virtualTime("b")).isEqualTo(550);
        assertThat(ledger.virtualTime("c")).isEqualTo(500);
    }

    @Test
    void whoLeavesAndComesBackKeepsWhatItHadMore() {
        ledger.opened("a");
        ledger.opened("b");
        ledger.started("b", 70);
        ledger.stopped("b");
        ledger.closed("b");
        ledger.opened("b");
        assertThat(ledger.virtualTime("b")).isEqualTo(70);
    }

    @Test
    void whoHadNoMoreThanOthersIsForgotten() {
        ledger.opened("a");
        ledger.started("a", 10);
        for (int i = 0; i < 1000; i++) {
            ledger.opened("t" + i);
            ledger.closed("t" + i);
        }
        assertThat(ledger.size()).isEqualTo(1);
        ledger.closed("a");
        assertThat(ledger.size()).isZero();
        ledger.opened("b");
        assertThat(ledger.virtualTime("b")).isZero();
        assertThatThrownBy(() -> ledger.virtualTime("a")).isInstanceOf(IllegalStateException.class);
    }
}
