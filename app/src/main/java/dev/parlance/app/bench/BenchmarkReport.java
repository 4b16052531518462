package dev.parlance.app.bench;

import dev.parlance.engine.MachineLimits;
import dev.parlance.engine.ModelDescription;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonValue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a {@link Benchmark} found, for people and for programs.
 *
 * @param load of the machine before
 */
public record BenchmarkReport(
        Environment environment,
        OptionalDouble load,
        MachineLimits limits,
        Benchmark.Outcome outcome) {

    /** Two lines about the machine, and a table. */
    public String text() {
        MarkdownTable table =
                new MarkdownTable(
                        List.of(
                                "model",
                                "size",
                                "params",
                                "threads",
                                "test",
                                "tokens/s",
                                "of the machine's limit"),
                        1);
        ModelDescription model = outcome.model();
        for (Speeds speeds : outcome.speeds()) {
            table.add(
                    model.name(),
                    size(model.sizeBytes()),
                    millions(model.parameterCount()),
                    String.valueOf(limits.threads()),
                    speeds.workload().toString(),
                    format("%.2f ± %.2f", speeds.mean(), speeds.deviation()),
                    outcome.costs()
                            .share(speeds, limits)
                            .map(share ->
                                    format("%.0f %% of %s", 100 * share.part(), share.limit()))
                            .orElse(""));
        }
        return environment
                + load.stream()
                        .mapToObj(value -> format(", load %.2f before", value))
                        .findFirst()
                        .orElse("")
                + System.lineSeparator()
                + format(
                        "Kernels: %s. Limits of the machine with --threads %d: %.1f G"
                                + " multiply-adds/s, %.1f GB/s read. Model loaded in %d ms.",
                        limits.kernels(),
                        limits.threads(),
                        limits.multiplyAddsPerSecond() / 1e9,
                        limits.readBytesPerSecond() / 1e9,
                        outcome.load().toMillis())
                + System.lineSeparator()
                + System.lineSeparator()
                + table;
    }

    /** One object. Units: as the members' names say. */
    public JsonObject json() {
        JsonObject.Builder json = environment.json();
        load.ifPresent(value -> json.put("load_before", value));
        json.put("kernels", limits.kernels())
                .put("threads", limits.threads())
                .put(
                        "limits",
                        JsonObject.builder()
                                .put("multiply_adds_per_second", limits.multiplyAddsPerSecond())
                                .put("read_bytes_per_second", limits.readBytesPerSecond())
                                .build());
        ModelDescription model = outcome.model();
        json.put(
                "model",
                JsonObject.builder()
                        .put("name", model.name())
                        .put("architecture", model.architecture())
                        .put("size_bytes", model.sizeBytes())
                        .put("parameters", model.parameterCount())
                        .put("load_milliseconds", outcome.load().toMillis())
                        .build());
        List<JsonValue> results = new ArrayList<>();
        outcome.speeds().forEach(speeds -> results.add(json(speeds)));
        return json.put("results", new JsonArray(results)).build();
    }

    private JsonObject json(Speeds speeds) {
        JsonObject.Builder json = workloadJson(speeds.workload());
        json.put("tokens_per_second", speeds.mean())
                .put("deviation", speeds.deviation())
                .put("samples", numbers(speeds.samples()));
        Optional<WeightCosts.Share> share = outcome.costs().share(speeds, limits);
        share.ifPresent(found -> json.put("limit", found.limit()).put("share", found.part()));
        return json.build();
    }

    static JsonObject.Builder workloadJson(Workload workload) {
        JsonObject.Builder json = JsonObject.builder().put("test", workload.toString());
        return switch (workload) {
            case Workload.Prefill(int tokens) -> json.put("prompt_tokens", tokens);
            case Workload.Decode(int tokens, int depth, int streams) ->
                    json.put("generated_tokens", tokens)
                            .put("depth", depth)
                            .put("streams", streams);
        };
    }

    static JsonArray numbers(List<Double> numbers) {
        return new JsonArray(numbers.stream().<JsonValue>map(each -> JsonNumber.of(each)).toList());
    }

    static String size(long bytes) {
        return bytes < 1L << 30
                ? format("%.2f MiB", bytes / 0x1p20)
                : format("%.2f GiB", bytes / 0x1p30);
    }

    private static String millions(long count) {
        return count < 1_000_000_000
                ? format("%.2f M", count / 1e6)
                : format("%.2f B", count / 1e9);
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
