package dev.parlance.app.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.app.bench.Workload.Decode;
import dev.parlance.app.bench.Workload.Prefill;
import dev.parlance.app.synthetic.SyntheticModel;
import dev.parlance.engine.json.Json;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** llama.cpp is a fake that says what the real one once said; the engine is real. */
@Timeout(60)
class ComparisonTest {
    private static final Benchmark BENCHMARK =
            new Benchmark(
                    List.of(new Prefill(16), new Decode(4, 0, 1), new Decode(8, 16, 4)),
                    1,
                    2,
                    Duration.ZERO);

    @TempDir private Path folder;
    private Path model = Path.of("");

    @BeforeEach
    void writeModel() throws IOException {
        model = folder.resolve("tiny.gguf");
        SyntheticModel.named("tiny:Q8_0").write(model);
    }

    @Test
    void bothSidesTakeTurnsAndAllSamplesCount() throws Exception {
        List<String> progress = new ArrayList<>();
        Comparison.Outcome outcome = comparison(ComparisonTest::answer).run(3, progress::add);
        assertThat(outcome.llamaCpp().speeds())
                .containsExactly(
                        new Speeds(
                                new Prefill(16),
                                List.of(4349.53, 2088.18, 4349.53, 2088.18, 4349.53, 2088.18)),
                        new Speeds(
                                new Decode(4, 0, 1),
                                List.of(3592.94, 3970.11, 3592.94, 3970.11, 3592.94, 3970.11)),
                        new Speeds(
                                new Decode(8, 16, 4),
                                List.of(
                                        1722.004028,
                                        1722.004028,
                                        1722.004028,
                                        1722.004028,
                                        1722.004028,
                                        1722.004028)));
        assertThat(outcome.parlance().speeds())
                .allSatisfy(speeds -> assertThat(speeds.samples()).hasSize(6));
        assertThat(outcome.llamaCpp().loads()).hasSize(3);
        assertThat(outcome.parlance().loads()).hasSize(3);
        assertThat(outcome.llamaCppBuild()).isEqualTo("build 11669 (Debian)");
        assertThat(progress.stream().map(line -> line.startsWith("Parlance") ? 'P' : 'L'))
                .startsWith('L', 'L', 'L', 'P')
                .endsWith('P', 'P');
        assertThat(progress.getLast()).endsWith("(round 3 of 3)");
    }

    @Test
    void theReportHasMediansAndRatios() throws Exception {
        ComparisonReport report =
                new ComparisonReport(
                        BenchmarkTest.ENVIRONMENT,
                        BENCHMARK,
                        1,
                        comparison(ComparisonTest::answer).run(1, _ -> {}));
        assertThat(report.markdown())
                .startsWith(
                        "Parlance 1.2.3, Java 25, Somebody, Some CPU, 2 processors. llama.cpp:"
                                + " build 11669 (Debian). Model: synthetic tiny:Q8_0, 1.33 MiB."
                                + " Threads: 1.")
                .contains("Load of the machine before each turn: llama.cpp 0.50; Parlance 0.50.")
                .contains("| test         | llama.cpp |", "| pp16         |   3218.8");
        assertThat(Json.write(report.json()))
                .contains(
                        "\"llama_cpp_build\":\"build 11669 (Debian)\"",
                        "\"test\":\"tg8 @ d16 x4\"",
                        "\"llama_cpp\":{\"median\":1722.004028,\"samples\":[1722.004028,"
                                + "1722.004028]}");
    }

    @Test
    void aProgramThatSaidNothingIsAskedAgainSomeTimes() throws Exception {
        List<String> silent = new ArrayList<>();
        Comparison patient =
                comparison(words -> {
                    if (words.contains("-npl") && silent.size() < 4) {
                        silent.add("");
                        return "\n";
                    }
                    return answer(words);
                });
        assertThat(patient.run(1, _ -> {}).llamaCpp().speeds()).hasSize(3);
        Comparison hopeless = comparison(words -> words.contains("-npl") ? "\n" : answer(words));
        assertThatThrownBy(() -> hopeless.run(1, _ -> {}))
                .isInstanceOf(BenchmarkException.class)
                .hasMessageStartingWith("llama-batched-bench -m there.gguf")
                .hasMessageEndingWith("told no speed in 5 attempts");
    }

    @Test
    void aTestThatLlamaCppLeavesOutIsAnError() {
        Comparison comparison =
                comparison(words ->
                        words.contains("-npl")
                                ? Recorded.llamaBatchedBench()
                                : Recorded.llamaBench().replace("\"n_gen\": 4", "\"n_gen\": 5"));
        assertThatThrownBy(() -> comparison.run(1, _ -> {}))
                .isInstanceOf(BenchmarkException.class)
                .hasMessage("llama.cpp told no speed of tg4");
    }

    private Comparison comparison(Programs programs) {
        return new Comparison(
                new LlamaCpp("", "there.gguf"),
                BENCHMARK,
                model,
                programs,
                () -> OptionalDouble.of(0.5));
    }

    /** As the real programs, each of whose recordings has two tests. */
    private static String answer(List<String> words) {
        if (words.getFirst().equals("llama-batched-bench")) {
            return Recorded.llamaBatchedBench();
        }
        String all = Recorded.llamaBench();
        int second = all.indexOf("  {", 10);
        return words.contains("16")
                ? all.substring(0, all.lastIndexOf(',', second)) + "]"
                : "[" + all.substring(second);
    }
}
