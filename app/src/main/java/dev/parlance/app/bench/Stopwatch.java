package dev.parlance.app.bench;

import dev.parlance.engine.generation.GenerationBackend;
import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationEvent.ChoiceFinished;
import dev.parlance.engine.generation.GenerationEvent.Failed;
import dev.parlance.engine.generation.GenerationEvent.Finished;
import dev.parlance.engine.generation.GenerationEvent.PromptComputed;
import dev.parlance.engine.generation.GenerationEvent.PromptProgress;
import dev.parlance.engine.generation.GenerationEvent.Started;
import dev.parlance.engine.generation.GenerationEvent.TokenGenerated;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.GenerationStream;
import dev.parlance.engine.sampling.SamplingParams;

import java.util.Set;
import java.util.SplittableRandom;

/**
 * Takes the time of one workload on an engine that does nothing else.
 *
 * <p>Prompts are random tokens, others each time, so that nothing of an earlier one can be reused.
 * Tokens are chosen greedily, and no end token ends anything.
 */
final class Stopwatch {
    private static final long SEED = 1;

    private final GenerationBackend backend;
    private final int vocabularySize;
    private final SplittableRandom random = new SplittableRandom(SEED);

    Stopwatch(GenerationBackend backend, int vocabularySize) {
        this.backend = backend;
        this.vocabularySize = vocabularySize;
    }

    /**
     * Does the workload once.
     *
     * @throws BenchmarkException if the engine did not
     */
    double tokensPerSecond(Workload workload) throws InterruptedException {
        return switch (workload) {
            case Workload.Prefill(int tokens) -> prefill(tokens);
            case Workload.Decode decode -> decode(decode);
        };
    }

    private double prefill(int tokens) throws InterruptedException {
        GenerationRequest request = request(tokens, 1, 1);
        long start = System.nanoTime();
        try (GenerationStream stream = backend.submit(request)) {
            awaitEnd(stream);
        }
        return perSecond(tokens, System.nanoTime() - start);
    }

    private static void awaitEnd(GenerationStream stream) throws InterruptedException {
        while (true) {
            switch (stream.next()) {
                case Started _, PromptProgress _ -> {}
                case PromptComputed prompt -> checkComputed(prompt);
                case Failed failed -> throw failure(failed);
                case Finished _ -> {
                    return;
                }
                case TokenGenerated _, ChoiceFinished _ -> {}
            }
        }
    }

    private double decode(Workload.Decode work) throws InterruptedException {
        GenerationRequest request =
                request(work.promptTokens(), work.tokensToAskFor(), work.streams());
        GenerationStream stream = backend.submit(request);
        double speed;
        try (stream) {
            speed = new Generation(work).time(stream);
        }
        awaitCancelled(stream);
        return speed;
    }

    /** The next measurement must find the engine idle. */
    private static void awaitCancelled(GenerationStream stream) throws InterruptedException {
        GenerationEvent event;
        do {
            event = stream.next();
        } while (!(event instanceof Finished || event instanceof Failed));
    }

    /**
     * Streams that generate together. They are the choices of one request: so its prompt is
     * computed once, and then each has a copy of its keys and values. Time runs from the first
     * token of the stream that begins last until that one has generated its tokens; in every step
     * of this time all streams generate one.
     */
    private static final class Generation {
        private final Workload.Decode work;
        private final int[] generated;
        private int begun;
        private int last = -1;
        private long start;
        private long counted;

        Generation(Workload.Decode work) {
            this.work = work;
            this.generated = new int[work.streams()];
        }

        double time(GenerationStream stream) throws InterruptedException {
            while (last < 0 || generated[last] <= work.tokens()) {
                switch (stream.next()) {
                    case TokenGenerated(int choice, _, _) -> count(choice);
                    case Started _, PromptProgress _, PromptComputed _ -> {}
                    case Failed failed -> throw failure(failed);
                    case ChoiceFinished _, Finished _ ->
                            throw new BenchmarkException(
                                    work
                                            + ": a stream ended before the last one had its tokens;"
                                            + " not all ran at a time. Give Java more memory"
                                            + " (PARLANCE_JAVA_OPTS=-Xmx8g), of which half holds"
                                            + " keys and values, or use fewer streams");
                }
            }
            return perSecond(counted, System.nanoTime() - start);
        }

        private void count(int choice) {
            generated[choice]++;
            if (last >= 0) {
                counted++;
            } else if (generated[choice] == 1 && ++begun == work.streams()) {
                last = choice;
                start = System.nanoTime();
            }
        }
    }

    private static void checkComputed(PromptComputed prompt) {
        if (prompt.cachedTokens() > 0) {
            throw new BenchmarkException(
                    prompt.cachedTokens() + " tokens of the prompt were not computed but reused");
        }
    }

    private GenerationRequest request(int promptTokens, int maxTokens, int choices) {
        int[] prompt = random.ints(promptTokens, 0, vocabularySize).toArray();
        return new GenerationRequest(
                prompt, maxTokens, 0, Set.of(), choices, SamplingParams.GREEDY, -1, false);
    }

    private static BenchmarkException failure(Failed failed) {
        return new BenchmarkException("the engine ended a request: " + failed.message());
    }

    private static double perSecond(long tokens, long nanos) {
        return tokens * 1e9 / Math.max(nanos, 1);
    }
}
