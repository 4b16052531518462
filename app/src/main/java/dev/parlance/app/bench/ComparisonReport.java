package dev.parlance.app.bench;

import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonValue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a {@link Comparison} found, as Markdown for docs/perf-log.md and for programs. */
public record ComparisonReport(
        Environment environment, Benchmark benchmark, int rounds, Comparison.Outcome outcome) {

    /** What was compared and how, and a table of medians with their ratio. */
    public String markdown() {
        MarkdownTable table =
                new MarkdownTable(List.of("test", "llama.cpp", "Parlance", "ratio"), 1);
        List<Speeds> theirs = outcome.llamaCpp().speeds();
        List<Speeds> ours = outcome.parlance().speeds();
        for (int i = 0; i < ours.size(); i++) {
            table.add(
                    ours.get(i).workload().toString(),
                    format("%.2f", theirs.get(i).median()),
                    format("%.2f", ours.get(i).median()),
                    format("%.2f", ours.get(i).median() / theirs.get(i).median()));
        }
        return format(
                        "%s. llama.cpp: %s. Model: %s, %s. Threads: %d. Turns of each side, one"
                            + " after the other: %d; runs of each test in a turn, after a warm-up:"
                            + " %d. Medians, tokens/s.%s",
                        environment,
                        outcome.llamaCppBuild(),
                        outcome.model().name(),
                        BenchmarkReport.size(outcome.model().sizeBytes()),
                        benchmark.threads(),
                        rounds,
                        benchmark.repetitions(),
                        loads())
                + System.lineSeparator()
                + System.lineSeparator()
                + table;
    }

    private String loads() {
        return outcome.parlance().loads().isEmpty()
                ? ""
                : " Load of the machine before each turn: llama.cpp "
                        + list(outcome.llamaCpp().loads())
                        + "; Parlance "
                        + list(outcome.parlance().loads())
                        + ".";
    }

    private static String list(List<Double> loads) {
        return loads.stream().map(load -> format("%.2f", load)).collect(Collectors.joining(", "));
    }

    /** One object. Units: tokens per second; ratios above 1 are in Parlance's favour. */
    public JsonObject json() {
        List<JsonValue> results = new ArrayList<>();
        List<Speeds> theirs = outcome.llamaCpp().speeds();
        List<Speeds> ours = outcome.parlance().speeds();
        for (int i = 0; i < ours.size(); i++) {
            results.add(
                    BenchmarkReport.workloadJson(ours.get(i).workload())
                            .put("llama_cpp", sideJson(theirs.get(i)))
                            .put("parlance", sideJson(ours.get(i)))
                            .put("ratio", ours.get(i).median() / theirs.get(i).median())
                            .build());
        }
        return environment
                .json()
                .put("llama_cpp_build", outcome.llamaCppBuild())
                .put("model", outcome.model().name())
                .put("threads", benchmark.threads())
                .put("rounds", rounds)
                .put("repetitions", benchmark.repetitions())
                .put("llama_cpp_loads", BenchmarkReport.numbers(outcome.llamaCpp().loads()))
                .put("parlance_loads", BenchmarkReport.numbers(outcome.parlance().loads()))
                .put("results", new JsonArray(results))
                .build();
    }

    private static JsonObject sideJson(Speeds speeds) {
        return JsonObject.builder()
                .put("median", speeds.median())
                .put("samples", BenchmarkReport.numbers(speeds.samples()))
                .build();
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
