package dev.parlance.server;

import dev.parlance.engine.generation.BackendStatistics;
import dev.parlance.engine.generation.FinishReason;
import dev.parlance.engine.generation.GenerationBackend;
import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationEvent.Failed;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.GenerationStream;
import dev.parlance.engine.generation.QueueFullException;
import dev.parlance.engine.generation.TokenUsage;
import dev.parlance.engine.sampling.LogprobParams;
import dev.parlance.engine.sampling.TokenLogprobs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;

/** Says what a script tells it to, one event per call, and remembers what it was asked. */
final class FakeBackend implements GenerationBackend {
    /** Tokens of a choice, by request and choice; the script's end is an end token. */
    volatile BiFunction<GenerationRequest, Integer, Iterator<Integer>> script = (_, _) -> ids("ok");

    final List<GenerationRequest> requests = new CopyOnWriteArrayList<>();
    final BlockingQueue<FakeStream> streams = new LinkedBlockingQueue<>();
    final AtomicLong eventsTaken = new AtomicLong();

    /** From this submission on, the queue is full. */
    volatile int room = Integer.MAX_VALUE;

    volatile QueueFullException.Limit fullOf = QueueFullException.Limit.REQUESTS;
    volatile Duration retryAfter = Duration.ofSeconds(1);

    /** After this many tokens a stream falls silent until it is closed. */
    volatile int silentAfter = Integer.MAX_VALUE;

    /** After this many tokens a stream fails. */
    volatile int failsAfter = Integer.MAX_VALUE;

    /** A script without tokens fails, rather than to say the end token. */
    volatile boolean failsWithoutWords;

    volatile Failed.Cause failure = Failed.Cause.ERROR;

    /** What it claims to have done. */
    volatile Optional<BackendStatistics> statistics = Optional.empty();

    @Override
    public Optional<BackendStatistics> statistics() {
        return statistics;
    }

    /** From now on, every choice of every request gets these tokens. */
    FakeBackend says(String text) {
        script = (_, _) -> ids(text);
        return this;
    }

    static Iterator<Integer> ids(String text) {
        List<Integer> ids = new ArrayList<>();
        for (int id : ByteTokenizer.ids(text)) {
            ids.add(id);
        }
        return ids.iterator();
    }

    @Override
    public GenerationStream submit(GenerationRequest request) {
        if (requests.size() >= room) {
            throw new QueueFullException(fullOf, retryAfter, "too many requests wait; try again");
        }
        requests.add(request);
        FakeStream stream = new FakeStream(request);
        streams.add(stream);
        return stream;
    }

    /** Those at a generated position; named tokens have their negative id. */
    static TokenLogprobs logprobs(int tokenId, LogprobParams wanted) {
        TokenLogprobs likely = logprobs(tokenId, wanted.top());
        return wanted.named().isEmpty()
                ? likely
                : new TokenLogprobs(
                        tokenId,
                        likely.logProbability(),
                        likely.rank(),
                        wanted.named().stream()
                                .map(id -> new TokenLogprobs.Candidate(id, -id))
                                .toList());
    }

    /** The log probability that the fake gives a token. */
    static TokenLogprobs logprobs(int tokenId, int top) {
        List<TokenLogprobs.Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < top; i++) {
            candidates.add(new TokenLogprobs.Candidate('a' + i, -0.5 - i));
        }
        double own = tokenId == '!' ? Double.NEGATIVE_INFINITY : -tokenId / 256.0;
        return new TokenLogprobs(tokenId, own, top + 1, candidates);
    }

    /** One request's events. */
    final class FakeStream implements GenerationStream {
        final CountDownLatch closed = new CountDownLatch(1);
        private final GenerationRequest request;
        private final Iterator<GenerationEvent> events;
        private final List<Integer> cancelledChoices = new CopyOnWriteArrayList<>();
        private final boolean wordless;
        private int tokens;

        FakeStream(GenerationRequest request) {
            this.request = request;
            this.wordless = failsWithoutWords && !script.apply(request, 0).hasNext();
            this.events = new Events(request, script);
        }

        @Override
        public GenerationEvent next() throws InterruptedException {
            if (tokens >= silentAfter) {
                closed.await();
            }
            if (closed.getCount() == 0) {
                return new Failed(Failed.Cause.CANCELLED, "closed");
            }
            if (wordless || tokens >= failsAfter) {
                return new Failed(failure, "out of luck");
            }
            GenerationEvent event = events.next();
            if (event instanceof GenerationEvent.TokenGenerated) {
                tokens++;
            }
            eventsTaken.incrementAndGet();
            return event;
        }

        @Override
        public void cancelChoice(int choice) {
            cancelledChoices.add(choice);
        }

        @Override
        public void close() {
            closed.countDown();
        }

        GenerationRequest request() {
            return request;
        }

        List<Integer> cancelledChoices() {
            return cancelledChoices;
        }
    }

    /** A script as events, the choices taking turns. */
    private static final class Events implements Iterator<GenerationEvent> {
        private final GenerationRequest request;
        private final List<Iterator<Integer>> choices = new ArrayList<>();
        private final int[] counts;
        private final boolean[] done;
        private final List<GenerationEvent> ready = new ArrayList<>();
        private int turn;
        private boolean finished;

        Events(
                GenerationRequest request,
                BiFunction<GenerationRequest, Integer, Iterator<Integer>> script) {
            this.request = request;
            this.counts = new int[request.choices()];
            this.done = new boolean[request.choices()];
            for (int i = 0; i < request.choices(); i++) {
                choices.add(script.apply(request, i));
            }
            List<TokenLogprobs> prompt = new ArrayList<>();
            for (int i = 1;
                    request.logprobs().ofPrompt() && i < request.promptTokens().length;
                    i++) {
                prompt.add(logprobs(request.promptTokens()[i], request.logprobs().promptTop()));
            }
            ready.add(new GenerationEvent.PromptProgress(1, 1));
            ready.add(new GenerationEvent.PromptComputed(1, prompt));
        }

        @Override
        public boolean hasNext() {
            return !finished;
        }

        @Override
        public GenerationEvent next() {
            if (ready.isEmpty()) {
                step();
            }
            return ready.removeFirst();
        }

        private void step() {
            for (int tried = 0; tried < done.length; tried++) {
                int choice = turn;
                turn = (turn + 1) % done.length;
                if (!done[choice]) {
                    stepChoice(choice);
                    return;
                }
            }
            int sum = 0;
            for (int count : counts) {
                sum += count;
            }
            finished = true;
            ready.add(
                    new GenerationEvent.Finished(
                            new TokenUsage(request.promptTokens().length, 1, sum)));
        }

        private void stepChoice(int choice) {
            if (counts[choice] == request.maxTokens()) {
                done[choice] = true;
                ready.add(new GenerationEvent.ChoiceFinished(choice, FinishReason.LENGTH));
                return;
            }
            Iterator<Integer> script = choices.get(choice);
            int token = script.hasNext() ? script.next() : ByteTokenizer.EOS;
            counts[choice]++;
            ready.add(
                    new GenerationEvent.TokenGenerated(
                            choice,
                            token,
                            !request.logprobs().ofGenerated()
                                    ? Optional.empty()
                                    : Optional.of(logprobs(token, request.logprobs()))));
            if (request.endTokens().contains(token)) {
                done[choice] = true;
                ready.add(new GenerationEvent.ChoiceFinished(choice, FinishReason.STOP_TOKEN));
            }
        }
    }
}
