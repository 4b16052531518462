package dev.parlance.app.bench;

import java.util.List;

/**
 * What one workload's repetitions gave. Units: tokens per second, of all streams together.
 *
 * @param samples at least one
 */
public record Speeds(Workload workload, List<Double> samples) {
    public Speeds {
        samples = List.copyOf(samples);
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("there must be one sample at least");
        }
    }

    public double mean() {
        return samples.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    /** The sample standard deviation; 0 of one sample. */
    public double deviation() {
        double mean = mean();
        double squares = samples.stream().mapToDouble(s -> (s - mean) * (s - mean)).sum();
        return samples.size() < 2 ? 0 : Math.sqrt(squares / (samples.size() - 1));
    }

    public double median() {
        List<Double> sorted = samples.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
