package dev.parlance.app.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.util.List;

@Timeout(60)
@DisabledOnOs(OS.WINDOWS) // the fakes are shell scripts
class ProgramsTest {
    private final Programs programs = Programs.ofThisMachine();

    @Test
    void stdoutIsWhatAProgramTells() throws InterruptedException {
        assertThat(sh("echo note >&2; echo [1]")).isEqualTo("[1]\n");
    }

    @Test
    void muchOnStderrDoesNotStopAProgram() throws InterruptedException {
        assertThat(sh("head -c 1000000 /dev/zero >&2; echo done")).isEqualTo("done\n");
    }

    @Test
    void aFailureIsToldWithTheLastLineOfStderr() {
        assertThatThrownBy(() -> sh("echo first >&2; echo no such model >&2; exit 3"))
                .isInstanceOf(BenchmarkException.class)
                .hasMessageContaining("ended with status 3: no such model");
        assertThatThrownBy(() -> sh("exit 4"))
                .hasMessageContaining("ended with status 4: it said nothing");
    }

    @Test
    void aProgramThatIsNotThereIsTold() {
        assertThatThrownBy(() -> programs.run(List.of("no-such-program", "-m", "x")))
                .isInstanceOf(BenchmarkException.class)
                .hasMessageStartingWith("no-such-program -m x: ");
    }

    private String sh(String script) throws InterruptedException {
        return programs.run(List.of("sh", "-c", script));
    }
}
