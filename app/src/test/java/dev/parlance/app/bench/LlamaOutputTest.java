package dev.parlance.app.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.app.bench.Workload.Decode;
import dev.parlance.app.bench.Workload.Prefill;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class LlamaOutputTest {
    @Test
    void llamaBenchTellsEveryTestAndItsBuild() {
        LlamaOutput output = LlamaOutput.ofBench(Recorded.llamaBench());
        assertThat(output.speeds())
                .containsExactly(
                        new Speeds(new Prefill(16), List.of(4349.53, 2088.18)),
                        new Speeds(new Decode(4, 0, 1), List.of(3592.94, 3970.11)));
        assertThat(output.build()).contains("build 11669 (Debian)");
    }

    @Test
    void llamaBatchedBenchTellsTheSpeedOfAllStreamsTogether() {
        Decode work = new Decode(8, 16, 4);
        assertThat(LlamaOutput.ofBatchedBench(Recorded.llamaBatchedBench(), work).speeds())
                .containsExactly(new Speeds(work, List.of(1722.004028)));
    }

    @Test
    void whatLlamaBatchedBenchDidNotMeasureIsNotThere() {
        Decode other = new Decode(8, 16, 2);
        assertThat(LlamaOutput.ofBatchedBench(Recorded.llamaBatchedBench(), other).speeds())
                .isEmpty();
        assertThat(LlamaOutput.ofBatchedBench("\n", other).speeds()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "nothing; not valid JSON",
                "{}; an array of tests is expected",
                "[1]; a test must be an object, got a number",
                "[{}]; there is no build_number",
                "[{\"build_number\": 1, \"build_commit\": \"x\", \"n_prompt\": \"1\"}];"
                        + " n_prompt must be a number, got a string",
            })
    void anotherOutputIsRefused(String output, String problem) {
        assertThatThrownBy(() -> LlamaOutput.ofBench(output))
                .isInstanceOf(BenchmarkException.class)
                .hasMessageStartingWith("the output of llama.cpp cannot be read: ")
                .hasMessageContaining(problem);
    }
}
