package dev.parlance.app.bench.serve;

import dev.parlance.app.bench.BenchmarkException;

import java.util.List;

/**
 * More requests than the server can answer: first measures what clients who wait for their answers
 * get done, then sends that many times as many requests per second.
 */
public record Overload(double factor) implements Scenario {
    public Overload {
        if (!(factor > 0 && Double.isFinite(factor))) {
            throw new IllegalArgumentException("the factor must be above 0, got " + factor);
        }
    }

    @Override
    public String name() {
        return "overload";
    }

    @Override
    public String describe(Measurement measurement) {
        return Numbers.format(
                "%s; requests come at %s times the rate that the clients reached before",
                new Independent().describe(measurement), times());
    }

    @Override
    public List<Run> run(Side side, Load load, Measurement measurement, long seed)
            throws InterruptedException {
        Run capacity = Independent.run(load.toString(), side, load, measurement, seed);
        double perSecond = capacity.tally().answeredPerSecond();
        if (perSecond == 0) {
            throw new BenchmarkException(
                    side.target().name()
                            + " ended no answer while its capacity was measured ("
                            + load
                            + "); give it more time with --duration");
        }
        Run overload =
                Independent.run(
                        times() + " x " + load,
                        side,
                        new Load.OpenLoop(factor * perSecond),
                        measurement,
                        seed + 1);
        return List.of(capacity, overload);
    }

    private String times() {
        return Numbers.plain(factor);
    }
}
