package dev.parlance.app.bench.serve;

import java.util.List;
import java.util.Map;

/** Requests that have nothing to do with each other. */
public record Independent() implements Scenario {
    @Override
    public String name() {
        return "independent";
    }

    @Override
    public String describe(Measurement measurement) {
        return Numbers.format(
                "prompts of %s tokens, answers of %s",
                measurement.promptTokens(), measurement.outputTokens());
    }

    @Override
    public List<Run> run(Side side, Load load, Measurement measurement, long seed)
            throws InterruptedException {
        return List.of(run(load.toString(), side, load, measurement, seed));
    }

    /** As {@link #run(Side, Load, Measurement, long)}, with a name of its own for the load. */
    static Run run(String name, Side side, Load load, Measurement measurement, long seed)
            throws InterruptedException {
        LoadGenerator.Result result =
                new LoadGenerator(side.client()::now)
                        .run(
                                load,
                                measurement.limit(),
                                work(side, measurement, seed),
                                Side.random(seed, -1));
        return new Run(
                name,
                load.requestsPerSecond(),
                Tally.of(result, measurement.objective()),
                Map.of("", Latencies.of(result.exchanges())),
                List.of());
    }

    private static LoadGenerator.Work work(Side side, Measurement measurement, long seed) {
        return (index, dueNanos) -> {
            Question question = Question.draw(side, measurement, Side.random(seed, index));
            return List.of(question.ask(side.client(), "", dueNanos));
        };
    }
}
