package dev.parlance.app.bench.serve;

import dev.parlance.app.bench.Environment;
import dev.parlance.app.bench.serve.ServeOutcome.GeneratorCost;
import dev.parlance.app.bench.serve.ServeOutcome.Point;
import dev.parlance.app.bench.serve.ServeOutcome.Server;
import dev.parlance.engine.json.JsonArray;
import dev.parlance.engine.json.JsonNumber;
import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;
import dev.parlance.engine.json.JsonValue;

import java.util.List;
import java.util.function.Function;

/** What a {@link ServeBenchmark} found, for programs. Units: as the members' names say. */
public final class ServeJson {
    private ServeJson() {}

    /** One object. */
    public static JsonObject of(
            Environment environment, ServeBenchmark benchmark, ServeOutcome outcome) {
        GeneratorCost cost = outcome.cost();
        return environment
                .json()
                .put("scenario", benchmark.scenario().name())
                .put("description", benchmark.scenario().describe(benchmark.measurement()))
                .put("endpoint", benchmark.client().api().path())
                .put("rounds", benchmark.rounds())
                .put("warm_up_seconds", benchmark.warmUp().toSeconds())
                .put("seed", benchmark.seed())
                .put(
                        "objective",
                        JsonObject.builder()
                                .put(
                                        "first_token_milliseconds",
                                        benchmark.measurement().objective().firstToken())
                                .put(
                                        "per_token_milliseconds",
                                        benchmark.measurement().objective().perToken())
                                .build())
                .put(
                        "generator",
                        JsonObject.builder()
                                .put("processors", cost.processors())
                                .put("microseconds_per_event", cost.microsPerEvent())
                                .put("events", cost.events())
                                .build())
                .put("servers", array(outcome.servers(), ServeJson::server))
                .build();
    }

    private static JsonObject server(Server server) {
        return JsonObject.builder()
                .put("name", server.target().name())
                .put("url", server.target().url().toString())
                .put("model", server.model())
                .put("exact_prompt_lengths", server.exactLengths())
                .put("points", array(server.points(), ServeJson::point))
                .build();
    }

    private static JsonObject point(Point point) {
        JsonObject.Builder parts = JsonObject.builder();
        point.parts()
                .forEach((name, times) -> parts.put(name.isEmpty() ? "all" : name, times(times)));
        return JsonObject.builder()
                .put("load", point.load())
                .put("machine_loads", array(point.machineLoads(), JsonNumber::of))
                .put("runs", array(point.runs(), ServeJson::run))
                .put("milliseconds", parts.build())
                .build();
    }

    private static JsonObject run(Run run) {
        Tally tally = run.tally();
        JsonObject.Builder json = JsonObject.builder().put("seconds", tally.seconds());
        run.requestsPerSecond().ifPresent(rate -> json.put("requests_per_second", rate));
        JsonObject.Builder failures = JsonObject.builder();
        tally.failures().forEach((kind, each) -> failures.put(kind, each.size()));
        return json.put("answered", tally.answered())
                .put("good", tally.good())
                .put("failures", failures.build())
                .put("short_answers", tally.shortAnswers())
                .put("answered_per_second", tally.answeredPerSecond())
                .put("good_per_second", tally.goodPerSecond())
                .put("output_tokens_per_second", tally.outputTokensPerSecond())
                .put("prompt_tokens_per_second", tally.promptTokensPerSecond())
                .put("mean_prompt_tokens", tally.promptTokens())
                .put("mean_cached_tokens", tally.cachedTokens())
                .put("mean_output_tokens", tally.outputTokens())
                .put("notes", array(run.notes(), JsonString::new))
                .build();
    }

    private static JsonObject times(Latencies times) {
        return JsonObject.builder()
                .put("first_token", percentiles(times.firstToken()))
                .put("per_token", percentiles(times.perToken()))
                .put("gap", percentiles(times.gap()))
                .put("total", percentiles(times.total()))
                .build();
    }

    private static JsonObject percentiles(Distribution times) {
        JsonObject.Builder json = JsonObject.builder().put("count", times.count());
        if (times.count() > 0) {
            json.put("p50", times.percentile(50))
                    .put("p95", times.percentile(95))
                    .put("p99", times.percentile(99))
                    .put("max", times.percentile(100));
        }
        return json.build();
    }

    private static <T> JsonArray array(List<T> values, Function<T, JsonValue> json) {
        return new JsonArray(values.stream().map(json).toList());
    }
}
