package dev.parlance.app.bench.serve;

import dev.parlance.app.bench.serve.Load.ClosedLoop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Answers are being written to some clients when another one sends a long prompt: how much that
 * stretches the gaps between their tokens. When the long prompt's short answer has ended, the
 * others are no longer waited for.
 *
 * @param longPromptTokens of the prompt that joins
 * @param afterPieces of text that every client has got before that
 */
public record LongPromptJoins(int longPromptTokens, int afterPieces) implements Scenario {
    /** Enough to see the gaps after the prompt is computed. */
    private static final int LONG_PROMPT_OUTPUT_TOKENS = 16;

    private static final String LONG_PROMPT = "the long prompt";
    private static final String STREAM = "stream";

    /** Far from the indices of streams. */
    private static final int FIRST_JOIN = 1 << 24;

    public LongPromptJoins {
        if (longPromptTokens < 1 || afterPieces < 1) {
            throw new IllegalArgumentException(
                    "tokens must be 1 or more, got " + longPromptTokens + " and " + afterPieces);
        }
    }

    @Override
    public String name() {
        return "long-prompt-joins";
    }

    @Override
    public String describe(Measurement measurement) {
        return Numbers.format(
                "streams with prompts of %s tokens; when each has %d tokens, a prompt of %d joins",
                measurement.promptTokens(), afterPieces, longPromptTokens);
    }

    @Override
    public List<Run> run(Side side, Load load, Measurement measurement, long seed)
            throws InterruptedException {
        int streams =
                switch (load) {
                    case ClosedLoop(int clients) -> clients;
                    case Load.OpenLoop _ ->
                            throw new IllegalArgumentException("streams are a closed loop");
                };
        long start = side.client().now();
        long deadline = start + measurement.limit().duration().toNanos();
        List<Join> joins = new ArrayList<>();
        for (int i = 0;
                i < measurement.limit().requests()
                        && (joins.isEmpty() || side.client().now() < deadline);
                i++) {
            joins.add(join(side, streams, measurement, seed, i));
        }
        List<Exchange> all = joins.stream().flatMap(Join::all).toList();
        LoadGenerator.Result result = new LoadGenerator.Result(start, side.client().now(), all);
        return List.of(
                new Run(
                        streams == 1 ? "1 stream" : streams + " streams",
                        OptionalDouble.empty(),
                        Tally.of(result, measurement.objective()),
                        parts(joins),
                        notes(joins)));
    }

    /**
     * What happened once.
     *
     * @param streams until nobody waited for them any longer
     */
    private record Join(List<Exchange> streams, Exchange longPrompt) {
        Stream<Exchange> all() {
            return Stream.concat(streams.stream(), Stream.of(longPrompt));
        }

        long sent() {
            return longPrompt.dueNanos();
        }

        long firstToken() {
            return longPrompt.pieces().isEmpty()
                    ? longPrompt.endNanos()
                    : longPrompt.pieces().first();
        }

        long endedBefore() {
            return streams.stream()
                    .filter(stream -> stream.pieces().isEmpty() || stream.endNanos() < firstToken())
                    .count();
        }
    }

    private Join join(Side side, int streams, Measurement measurement, long seed, int index)
            throws InterruptedException {
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            List<Running> running = new ArrayList<>();
            for (int i = 0; i < streams; i++) {
                Question question =
                        Question.draw(side, measurement, Side.random(seed, index * streams + i));
                running.add(new Running(side.client(), question, afterPieces, threads));
            }
            for (Running each : running) {
                each.awaitReady();
            }
            var random = Side.random(seed, FIRST_JOIN + index);
            Question longPrompt =
                    new Question(
                            side.lexicon().prompt(longPromptTokens, random),
                            LONG_PROMPT_OUTPUT_TOKENS);
            Exchange joined = longPrompt.ask(side.client(), LONG_PROMPT, side.client().now());
            return new Join(running.stream().map(Running::soFar).toList(), joined);
        } finally {
            threads.shutdownNow();
        }
    }

    /** An answer that is being written. */
    private static final class Running {
        private final OpenAiClient client;
        private final long start;
        private final CompletableFuture<Void> ready = new CompletableFuture<>();
        private final Recording recording;
        private final Future<Exchange> end;

        Running(OpenAiClient client, Question question, int afterPieces, ExecutorService threads) {
            this.client = client;
            this.start = client.now();
            this.recording =
                    new Recording(pieces -> {
                        if (pieces >= afterPieces) {
                            ready.complete(null);
                        }
                    });
            this.end =
                    threads.submit(() -> {
                        try {
                            return question.ask(client, STREAM, start, recording);
                        } finally {
                            ready.complete(null);
                        }
                    });
        }

        /** Until it has the pieces that it needs, or will get no more. */
        void awaitReady() throws InterruptedException {
            try {
                ready.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }

        Exchange soFar() {
            return end.state() == Future.State.SUCCESS
                    ? end.resultNow()
                    : recording.soFar(STREAM, start, client.now(), 0);
        }
    }

    private static Map<String, Latencies> parts(List<Join> joins) {
        Map<String, Latencies> parts = new LinkedHashMap<>();
        Latencies streams =
                Latencies.of(joins.stream().flatMap(j -> j.streams().stream()).toList());
        parts.put(
                "streams before",
                new Latencies(
                        streams.firstToken(),
                        Distribution.EMPTY,
                        gaps(joins, (join, pieces) -> pieces.gapsEndedBy(join.sent())),
                        Distribution.EMPTY));
        parts.put(
                "streams while it joins",
                Latencies.ofGaps(
                        gaps(
                                joins,
                                (join, pieces) ->
                                        pieces.gapsOverlapping(join.sent(), join.firstToken()))));
        parts.put(
                "streams after",
                Latencies.ofGaps(
                        gaps(joins, (join, pieces) -> pieces.gapsBegunAfter(join.firstToken()))));
        parts.put(LONG_PROMPT, Latencies.of(joins.stream().map(Join::longPrompt).toList()));
        return parts;
    }

    private static Distribution gaps(
            List<Join> joins, BiFunction<Join, Timeline, DoubleStream> gapsOf) {
        return new Distribution(
                joins.stream()
                        .flatMapToDouble(join ->
                                join.streams().stream()
                                        .filter(Exchange::isAnswered)
                                        .flatMapToDouble(
                                                stream -> gapsOf.apply(join, stream.pieces()))));
    }

    private static List<String> notes(List<Join> joins) {
        long ended = joins.stream().mapToLong(Join::endedBefore).sum();
        return ended == 0
                ? List.of()
                : List.of(
                        ended
                                + " streams had ended before the long prompt's first token; ask for"
                                + " more --output-tokens");
    }
}
