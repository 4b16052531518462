package dev.parlance.app.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.app.synthetic.SyntheticModel;
import dev.parlance.engine.MachineLimits;
import dev.parlance.engine.gguf.GgufFile;
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
import java.util.Optional;
import java.util.OptionalDouble;

/** The engine itself, on a tiny model. */
@Timeout(60)
class BenchmarkTest {
    static final Environment ENVIRONMENT =
            new Environment("1.2.3", "25, Somebody", Optional.of("Some CPU"), 2);

    @TempDir private Path folder;
    private Path model = Path.of("");

    @BeforeEach
    void writeModel() throws IOException {
        model = folder.resolve("tiny.gguf");
        SyntheticModel.named("tiny:Q8_0").write(model);
    }

    @Test
    void everyWorkloadIsWarmedUpThenMeasuredAsOftenAsWanted() throws Exception {
        List<Workload> workloads =
                Workload.all(List.of(3), List.of(2), List.of(0, 20), List.of(1, 3));
        List<String> progress = new ArrayList<>();
        Benchmark.Outcome outcome =
                new Benchmark(workloads, 1, 2, Duration.ZERO)
                        .run(GgufFile.open(model), progress::add);
        assertThat(outcome.speeds()).extracting(Speeds::workload).isEqualTo(workloads);
        assertThat(outcome.speeds())
                .allSatisfy(speeds ->
                        assertThat(speeds.samples()).hasSize(2).allMatch(speed -> speed > 0));
        assertThat(outcome.model().name()).isEqualTo("synthetic tiny:Q8_0");
        assertThat(progress)
                .hasSize(3 * workloads.size())
                .startsWith("pp3: warm-up", "tg2: warm-up")
                .endsWith("tg2 @ d20 x3: run 1 of 2", "tg2 @ d20 x3: run 2 of 2");
    }

    @Test
    void theReportIsATableAndJson() throws Exception {
        Benchmark.Outcome outcome =
                new Benchmark(List.of(new Workload.Prefill(3)), 1, 1, Duration.ZERO)
                        .run(GgufFile.open(model), _ -> {});
        BenchmarkReport report =
                new BenchmarkReport(
                        ENVIRONMENT,
                        OptionalDouble.of(1.5),
                        new MachineLimits(1, "vector 256", 48e9, 12.5e9),
                        outcome);
        assertThat(report.text().lines().toList())
                .hasSize(6)
                .startsWith(
                        "Parlance 1.2.3, Java 25, Somebody, Some CPU, 2 processors, load 1.50"
                                + " before");
        assertThat(report.text())
                .contains(
                        "Kernels: vector 256.",
                        "48.0 G multiply-adds/s, 12.5 GB/s read",
                        "| synthetic tiny:Q8_0 | 1.33 MiB | 1.31 M |       1 |  pp3 |",
                        " % of FMA peak |");
        assertThat(Json.write(report.json()))
                .startsWith("{\"version\":\"1.2.3\",\"java\":\"25, Somebody\",\"processors\":2,")
                .contains(
                        "\"cpu\":\"Some CPU\",\"load_before\":1.5,",
                        "\"results\":[{\"test\":\"pp3\",\"prompt_tokens\":3,\"tokens_per_second\":",
                        "\"limit\":\"FMA peak\",\"share\":");
    }

    @Test
    void aContextTheModelHasNotIsRefused() throws IOException {
        Benchmark benchmark =
                new Benchmark(List.of(new Workload.Prefill(4096)), 1, 1, Duration.ZERO);
        GgufFile file = GgufFile.open(model);
        assertThatThrownBy(() -> benchmark.run(file, _ -> {}))
                .isInstanceOf(BenchmarkException.class)
                .hasMessage(
                        "the context of 4097 tokens is more than the 4096 the model was trained"
                                + " for");
    }

    @Test
    void nothingToMeasureIsRefused() {
        assertThatThrownBy(() -> new Benchmark(List.of(), 1, 1, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got 0 and 1");
    }
}
