package dev.parlance.app.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Optional;

class EnvironmentTest {
    @Test
    void theProcessorsNameIsThatOfTheFirst() {
        String cpuInfo =
                "processor\t: 0\nmodel name\t: AMD EPYC\nmodel name\t: another\nflags\t: fpu\n";
        assertThat(Environment.cpuName(cpuInfo)).contains("AMD EPYC");
        assertThat(Environment.cpuName("processor\t: 0\nBogoMIPS\t: 50\n")).isEmpty();
    }

    @Test
    void whatTheSystemDoesNotTellIsLeftOut() {
        assertThat(new Environment("1", "25", Optional.empty(), 1))
                .hasToString("Parlance 1, Java 25, 1 processor");
    }

    @Test
    void thisProcessHasAtLeastOneProcessor() {
        assertThat(Environment.here("1").processors()).isPositive();
        assertThat(Environment.load().orElse(0)).isNotNegative();
    }
}
