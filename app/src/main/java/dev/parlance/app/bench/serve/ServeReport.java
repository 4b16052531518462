package dev.parlance.app.bench.serve;

import static dev.parlance.app.bench.serve.Numbers.format;
import static dev.parlance.app.bench.serve.Numbers.plain;
import static dev.parlance.app.bench.serve.Numbers.threeDigits;

import dev.parlance.app.bench.Environment;
import dev.parlance.app.bench.MarkdownTable;
import dev.parlance.app.bench.serve.ServeOutcome.GeneratorCost;
import dev.parlance.app.bench.serve.ServeOutcome.Point;
import dev.parlance.app.bench.serve.ServeOutcome.Server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** What a {@link ServeBenchmark} found, as Markdown for docs/perf-log.md. */
public record ServeReport(Environment environment, ServeBenchmark benchmark, ServeOutcome outcome) {
    private static final String NONE = "–";

    /** What was measured and how, and tables. */
    public String markdown() {
        List<String> paragraphs = new ArrayList<>();
        paragraphs.add(settings());
        paragraphs.add(work().toString().stripTrailing());
        paragraphs.add("Milliseconds, p50 / p95 / p99:");
        paragraphs.add(latencies().toString().stripTrailing());
        if (outcome.servers().size() > 1) {
            paragraphs.add(
                    "Ratios to "
                            + outcome.servers().getFirst().target().name()
                            + ": of rates more is better, of times less.");
            paragraphs.add(ratios().toString().stripTrailing());
        }
        String remarks = String.join(System.lineSeparator(), remarks());
        if (!remarks.isEmpty()) {
            paragraphs.add(remarks);
        }
        paragraphs.add(conditions());
        String empty = System.lineSeparator().repeat(2);
        return String.join(empty, paragraphs) + System.lineSeparator();
    }

    private String settings() {
        return format(
                "%s. Scenario %s over %s: %s. Rounds: %d; warm-up before: %d s. A good answer has"
                    + " its first token within %s ms and each further one within %s ms. Seed: %d."
                    + " %s.",
                environment,
                benchmark.scenario().name(),
                benchmark.client().api().path(),
                benchmark.scenario().describe(benchmark.measurement()),
                benchmark.rounds(),
                benchmark.warmUp().toSeconds(),
                plain(benchmark.measurement().objective().firstToken()),
                plain(benchmark.measurement().objective().perToken()),
                benchmark.seed(),
                outcome.servers().stream()
                        .map(ServeReport::describe)
                        .collect(Collectors.joining("; ")));
    }

    private static String describe(Server server) {
        return format(
                "%s: %s, model %s%s",
                server.target().name(),
                server.target().url(),
                server.model(),
                server.exactLengths() ? "" : ", lengths of prompts are approximate");
    }

    private MarkdownTable work() {
        MarkdownTable table =
                new MarkdownTable(
                        List.of(
                                "server",
                                "load",
                                "answered",
                                "failed",
                                "tokens in (cached) / out",
                                "output tokens/s",
                                "prompt tokens/s",
                                "answers/s",
                                "good/s"),
                        2);
        forEachPoint((server, point) ->
                table.add(
                        server.target().name(),
                        point.load() + offered(point),
                        String.valueOf(sum(point, run -> run.tally().answered())),
                        String.valueOf(sum(point, ServeReport::failed)),
                        format(
                                "%s (%s) / %s",
                                plain(point.median(run -> run.tally().promptTokens())),
                                plain(point.median(run -> run.tally().cachedTokens())),
                                plain(point.median(run -> run.tally().outputTokens()))),
                        threeDigits(point.median(run -> run.tally().outputTokensPerSecond())),
                        threeDigits(point.median(run -> run.tally().promptTokensPerSecond())),
                        threeDigits(point.median(run -> run.tally().answeredPerSecond())),
                        threeDigits(point.median(run -> run.tally().goodPerSecond()))));
        return table;
    }

    private static String offered(Point point) {
        double rate = point.median(run -> run.requestsPerSecond().orElse(Double.NaN));
        boolean told = Double.isNaN(rate) || point.load().endsWith("/s");
        return told ? "" : format(" (%s/s)", plain(rate));
    }

    private static long sum(Point point, ToDoubleFunction<Run> count) {
        return (long) point.runs().stream().mapToDouble(count).sum();
    }

    private static double failed(Run run) {
        return run.tally().failures().values().stream().mapToInt(List::size).sum();
    }

    private MarkdownTable latencies() {
        MarkdownTable table =
                new MarkdownTable(
                        List.of(
                                "server",
                                "load",
                                "first token",
                                "per token",
                                "gap",
                                "whole answer"),
                        2);
        forEachPoint((server, point) ->
                point.parts()
                        .forEach((part, times) ->
                                table.add(
                                        server.target().name(),
                                        name(point, part),
                                        percentiles(times.firstToken()),
                                        percentiles(times.perToken()),
                                        percentiles(times.gap()),
                                        percentiles(times.total()))));
        return table;
    }

    private static String name(Point point, String part) {
        return part.isEmpty() ? point.load() : point.load() + ", " + part;
    }

    private static String percentiles(Distribution times) {
        return times.count() == 0
                ? NONE
                : DoubleStream.of(50, 95, 99)
                        .mapToObj(percent -> plain(times.percentile(percent)))
                        .collect(Collectors.joining(" / "));
    }

    private MarkdownTable ratios() {
        MarkdownTable table =
                new MarkdownTable(
                        List.of(
                                "server",
                                "load",
                                "output tokens/s",
                                "good/s",
                                "first token p50",
                                "p95",
                                "per token p50",
                                "gap p99",
                                "whole answer p50"),
                        2);
        Server base = outcome.servers().getFirst();
        for (Server server : outcome.servers().subList(1, outcome.servers().size())) {
            for (Point point : server.points()) {
                base.points().stream()
                        .filter(other -> other.load().equals(point.load()))
                        .forEach(other -> addRatios(table, server, point, other));
            }
        }
        return table;
    }

    private static void addRatios(MarkdownTable table, Server server, Point point, Point base) {
        Map<String, Latencies> bases = base.parts();
        boolean first = true;
        for (Map.Entry<String, Latencies> part : point.parts().entrySet()) {
            Latencies other = bases.get(part.getKey());
            if (other == null) {
                continue;
            }
            Latencies times = part.getValue();
            table.add(
                    server.target().name(),
                    name(point, part.getKey()),
                    first ? ratio(point, base, run -> run.tally().outputTokensPerSecond()) : "",
                    first ? ratio(point, base, run -> run.tally().goodPerSecond()) : "",
                    ratio(times.firstToken(), other.firstToken(), 50),
                    ratio(times.firstToken(), other.firstToken(), 95),
                    ratio(times.perToken(), other.perToken(), 50),
                    ratio(times.gap(), other.gap(), 99),
                    ratio(times.total(), other.total(), 50));
            first = false;
        }
    }

    private static String ratio(Point point, Point base, ToDoubleFunction<Run> value) {
        return ratio(point.median(value), base.median(value));
    }

    private static String ratio(Distribution times, Distribution base, double percent) {
        return ratio(times.percentile(percent), base.percentile(percent));
    }

    private static String ratio(double value, double base) {
        double ratio = value / base;
        return Double.isFinite(ratio) ? format("%.2f", ratio) : NONE;
    }

    /** A line for all that went otherwise than asked. */
    private List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        forEachPoint((server, point) -> {
            String at = "- " + server.target().name() + ", " + point.load() + ": ";
            failures(point)
                    .forEach((kind, failures) ->
                            remarks.add(
                                    format(
                                            "%sfailed %d times: %s (%s)",
                                            at,
                                            failures.size(),
                                            kind,
                                            failures.getFirst().detail())));
            long shortAnswers = sum(point, run -> run.tally().shortAnswers());
            if (shortAnswers > 0) {
                remarks.add(
                        at
                                + shortAnswers
                                + " answers were shorter than asked for; does the server"
                                + " know ignore_eos?");
            }
            point.runs().forEach(run -> run.notes().forEach(note -> remarks.add(at + note)));
        });
        return remarks;
    }

    static Map<String, List<Exchange.Failure>> failures(Point point) {
        return point.runs().stream()
                .flatMap(run -> run.tally().failures().values().stream().flatMap(List::stream))
                .collect(
                        Collectors.groupingBy(
                                Exchange.Failure::kind, TreeMap::new, Collectors.toList()));
    }

    private String conditions() {
        String loads =
                outcome.servers().stream()
                        .filter(server ->
                                server.points().stream()
                                        .anyMatch(point -> !point.machineLoads().isEmpty()))
                        .map(server ->
                                server.target().name()
                                        + " "
                                        + server.points().stream()
                                                .flatMap(point -> point.machineLoads().stream())
                                                .map(load -> format("%.2f", load))
                                                .collect(Collectors.joining(", ")))
                        .collect(Collectors.joining("; "));
        GeneratorCost cost = outcome.cost();
        return (loads.isEmpty() ? "" : "Load of this machine before each run: " + loads + ". ")
                + format(
                        "Measuring took %.0f %% of a processor here, %.0f µs for each of %d"
                                + " events.",
                        100 * cost.processors(), cost.microsPerEvent(), cost.events());
    }

    private void forEachPoint(BiConsumer<Server, Point> action) {
        // Servers beside each other at each load, as they were measured.
        outcome.servers()
                .getFirst()
                .points()
                .forEach(first ->
                        outcome.servers()
                                .forEach(server ->
                                        server.points().stream()
                                                .filter(point -> point.load().equals(first.load()))
                                                .forEach(point -> action.accept(server, point))));
    }
}
