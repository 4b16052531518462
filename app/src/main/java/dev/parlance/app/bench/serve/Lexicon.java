package dev.parlance.app.bench.serve;

import dev.parlance.app.bench.BenchmarkException;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Makes prompts of random words that have as many tokens as one wants. Immutable. */
final class Lexicon {
    /** Short and common, so most are one token in most vocabularies. */
    private static final List<String> WORDS =
            List.of(
                    """
                    a I in on at to of by we it go up old new red day sea sun ice cat dog man boy \
                    air car map pen cup bag key door wall road hill lake tree leaf fish bird \
                    horse house river stone water light night winter summer morning city street \
                    garden kitchen window table paper letter book story music picture color green \
                    blue white black small large long short warm cold early late slow fast open \
                    close walk run read write speak hear look find keep give take bring build \
                    break begin end work play rest sleep think know learn teach help friend \
                    mother father brother sister child people country world history science \
                    number question answer reason market money price bread cheese apple coffee\
                    """
                            .split(" "));

    /** Begins every prompt, because a word may have other tokens without a space before it. */
    private static final String FIRST_WORD = WORDS.getFirst();

    /** A vocabulary in which a token is more than ten words has no use for random ones. */
    private static final double MIN_AVERAGE = 0.1;

    private final double[] costs;
    private final double firstCost;
    private final double overhead;
    private final double maxCost;
    private final boolean exact;

    /**
     * @param costs tokens of each word with the space before it
     * @param firstCost tokens of the word that all begin with
     * @param overhead tokens of a prompt without any: those of a template, and special ones
     */
    private Lexicon(double[] costs, double firstCost, double overhead, boolean exact) {
        this.costs = costs;
        this.firstCost = firstCost;
        this.overhead = overhead;
        this.maxCost = DoubleStream.of(costs).max().orElseThrow();
        this.exact = exact;
    }

    /**
     * Learns from a server what words cost there: by its endpoint that counts tokens, or else from
     * the usage of a request, which gives an average.
     *
     * @throws BenchmarkException if the server does not answer a short request
     */
    static Lexicon learn(OpenAiClient client) throws InterruptedException {
        double shortest = promptTokens(client, FIRST_WORD);
        OptionalInt first = client.countTokens(FIRST_WORD);
        Optional<double[]> counted =
                first.isPresent() ? count(client, first.getAsInt()) : Optional.empty();
        if (counted.isPresent()) {
            double firstCost = first.getAsInt();
            return new Lexicon(counted.get(), firstCost, shortest - firstCost, true);
        }
        double all = promptTokens(client, FIRST_WORD + " " + String.join(" ", WORDS));
        double cost = Math.max((all - shortest) / WORDS.size(), MIN_AVERAGE);
        double[] costs = new double[WORDS.size()];
        Arrays.fill(costs, cost);
        return new Lexicon(costs, cost, Math.max(shortest - cost, 0), false);
    }

    /** Empty if the server's counts are not those of words. */
    private static Optional<double[]> count(OpenAiClient client, int first)
            throws InterruptedException {
        double[] costs = new double[WORDS.size()];
        for (int i = 0; i < costs.length; i++) {
            int tokens = client.countTokens(FIRST_WORD + " " + WORDS.get(i)).orElse(0);
            if (tokens <= first) {
                return Optional.empty();
            }
            costs[i] = tokens - first;
        }
        return Optional.of(costs);
    }

    private static double promptTokens(OpenAiClient client, String prompt)
            throws InterruptedException {
        Exchange exchange = client.ask("", List.of(Message.user(prompt)), 1, client.now());
        exchange.failure()
                .ifPresent(failure -> {
                    throw new BenchmarkException(
                            "the server does not answer a short request: "
                                    + failure.kind()
                                    + ": "
                                    + failure.detail());
                });
        return exchange.usage()
                .orElseThrow(() ->
                        new BenchmarkException(
                                "the server tells no usage at the end of a stream"
                                        + " (stream_options.include_usage), so prompts"
                                        + " cannot be measured"))
                .promptTokens();
    }

    /** Whether every word's tokens are known, and not only their average. */
    boolean isExact() {
        return exact;
    }

    /** Random words for a whole prompt of that many tokens, what is added to it included. */
    String prompt(int tokens, RandomGenerator random) {
        return words(tokens - overhead, random);
    }

    /** Random words of that many tokens; one word at least. */
    String words(double tokens, RandomGenerator random) {
        StringBuilder text = new StringBuilder(FIRST_WORD);
        double left = tokens - firstCost;
        int[] fitting = fitting(left);
        while (fitting.length > 0) {
            int word = fitting[random.nextInt(fitting.length)];
            text.append(' ').append(WORDS.get(word));
            left -= costs[word];
            if (left < maxCost) {
                fitting = fitting(left);
            }
        }
        return text.toString();
    }

    private int[] fitting(double tokens) {
        // Half an average token more would round the other way.
        double slack = exact ? 0 : costs[0] / 2;
        return IntStream.range(0, costs.length).filter(i -> costs[i] <= tokens + slack).toArray();
    }
}
