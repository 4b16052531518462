package dev.parlance.engine.scheduler;

import dev.parlance.engine.generation.BackendStatistics;
import dev.parlance.engine.generation.FinishReason;
import dev.parlance.engine.generation.GenerationBackend;
import dev.parlance.engine.generation.GenerationEvent.Failed;
import dev.parlance.engine.generation.GenerationEvent.Failed.Cause;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.GenerationStream;
import dev.parlance.engine.generation.QueueFullException;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.PrefixKey;
import dev.parlance.engine.model.Batch;
import dev.parlance.engine.model.LanguageModel;
import dev.parlance.engine.sampling.Candidates;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The one loop that runs a model: takes requests, plans steps, computes them, tells what came out.
 *
 * <p>Policy: sequences start in the order of {@link AdmissionOrder} as soon as a place is free and
 * the KV blocks of their worst case (prompt and all {@code maxTokens}) can be reserved, so what
 * runs is never put off. Only while blocks of its prompt are read from files do others pass it. The
 * choices of a request share one computation of the prompt: the first computes it, the others copy
 * it.
 *
 * <p>Every request that {@link #submit} accepts ends with exactly one terminal event. When a step
 * fails, the requests with rows in it fail and the loop goes on. Cancellations and deadlines take
 * effect before the next step.
 *
 * <p>Threads: {@link #submit}, the streams and {@link #close} are safe for any thread; all else
 * belongs to the engine thread, which {@link #start} makes. Without it, tests call {@link #step}.
 */
public final class EngineLoop implements GenerationBackend, AutoCloseable {
    private final LanguageModel model;
    private final KvCache cache;
    private final SchedulerLimits limits;
    private final int ahead;
    private final LongSupplier seeds;
    private final Consumer<Throwable> failures;
    private final Candidates candidates;
    private final LongSupplier clock;
    private final PromptBudget promptBudget;
    private final Speculator speculator;
    private final Meters meters = new Meters();
    private final WaitingRoom waitingRoom;

    /** Requests that came in since the last step; empty values only wake the thread. */
    private final LinkedBlockingQueue<Optional<ActiveRequest>> inbox = new LinkedBlockingQueue<>();

    private final Object gate = new Object();
    // Guarded by the gate.
    private boolean closed;

    private final List<ActiveRequest> requests = new ArrayList<>();
    private final AdmissionQueue queue;
    private final List<Sequence> running = new ArrayList<>();
    private @Nullable Thread thread;

    /** A loop that computes token by token; the parameters are those below. */
    public EngineLoop(
            LanguageModel model,
            KvCache cache,
            SchedulerLimits limits,
            LongSupplier seeds,
            Consumer<Throwable> failures) {
        this(model, cache, limits, seeds, failures, Speculator.none());
    }

    /**
     * @param cache the model's, with room for at least one sequence of the full context
     * @param seeds seeds for requests that bring none
     * @param failures told of every exception that ended requests
     * @param speculator this loop's own
     */
    public EngineLoop(
            LanguageModel model,
            KvCache cache,
            SchedulerLimits limits,
            LongSupplier seeds,
            Consumer<Throwable> failures,
            Speculator speculator) {
        this(model, cache, limits, seeds, failures, speculator, System::nanoTime);
    }

    /**
     * @param clock nanoseconds, by which steps are measured
     */
    EngineLoop(
            LanguageModel model,
            KvCache cache,
            SchedulerLimits limits,
            LongSupplier seeds,
            Consumer<Throwable> failures,
            Speculator speculator,
            LongSupplier clock) {
        this.ahead = SchedulerLimits.ahead(limits.maxBatchTokens());
        int blocks = cache.shape().blocksFor(limits.contextLength(), ahead);
        if (cache.blockCount() < blocks) {
            throw new IllegalArgumentException(
                    "a context of "
                            + limits.contextLength()
                            + " needs "
                            + blocks
                            + " KV blocks, got "
                            + cache.blockCount());
        }
        this.model = model;
        this.cache = cache;
        this.limits = limits;
        this.seeds = seeds;
        this.failures = failures;
        this.candidates = new Candidates(model.vocabularySize());
        this.clock = clock;
        this.waitingRoom = new WaitingRoom(limits.admission());
        this.queue = new AdmissionQueue(limits.admission().tenantRunningSequences());
        this.promptBudget = new PromptBudget(limits.maxBatchTokens());
        this.speculator = speculator;
    }

    /** Starts the engine thread; to be called once. */
    public void start() {
        thread = Thread.ofPlatform().daemon().name("parlance-engine").start(this::run);
    }

    /**
     * {@inheritDoc}
     *
     * <p>After {@link #close} the stream says at once that the engine is shutting down.
     *
     * @throws IllegalArgumentException if prompt and {@code maxTokens} together go beyond the
     *     context, or a token is not in the vocabulary
     */
    @Override
    public GenerationStream submit(GenerationRequest request) {
        check(request);
        RequestStream stream = new RequestStream(request.choices(), this::wake);
        long now = clock.getAsLong();
        ActiveRequest accepted =
                new ActiveRequest(request, stream, prefixRoot(request), seeds.getAsLong(), now);
        synchronized (gate) {
            if (closed) {
                accepted.end(shutdown());
                return stream;
            }
            admitToQueue(request, now);
            inbox.add(Optional.of(accepted));
        }
        return stream;
    }

    private void admitToQueue(GenerationRequest request, long now) {
        try {
            waitingRoom.enter(request, now);
        } catch (QueueFullException full) {
            meters.rejected();
            throw full;
        }
    }

    /**
     * The one place that says who may share keys and values: prompts whose positions are computed
     * alike, of requests with equal salts. Whatever else is to keep requests apart goes here.
     */
    private PrefixKey prefixRoot(GenerationRequest request) {
        return PrefixKey.root(
                model.positionScope(request.promptTokens().length), request.sharing().salt());
    }

    @Override
    public Optional<BackendStatistics> statistics() {
        return Optional.of(meters.snapshot(waitingRoom, cache));
    }

    private void check(GenerationRequest request) {
        long total = (long) request.promptTokens().length + request.maxTokens();
        if (total > limits.contextLength()) {
            throw new IllegalArgumentException(
                    "prompt ("
                            + request.promptTokens().length
                            + " tokens) and maxTokens ("
                            + request.maxTokens()
                            + ") go beyond the context of "
                            + limits.contextLength());
        }
        for (int id : request.promptTokens()) {
            checkToken("prompt", id);
        }
        for (int id : request.prediction()) {
            checkToken("prediction", id);
        }
        request.endTokens().forEach(id -> checkToken("end", id));
        request.sampling().logitBias().keySet().forEach(id -> checkToken("logitBias", id));
        request.sampling().rules().tokenIds().forEach(id -> checkToken("rules", id));
        request.logprobs().named().forEach(id -> checkToken("named", id));
    }

    private void checkToken(String what, int id) {
        if (id < 0 || id >= model.vocabularySize()) {
            throw new IllegalArgumentException(
                    what
                            + " token "
                            + id
                            + " is not in the vocabulary, which has ids 0 to "
                            + (model.vocabularySize() - 1));
        }
    }

    private void wake() {
        inbox.add(Optional.empty());
    }

    /** Ends every request, waits for the running step and the thread. Closing twice is harmless. */
    @Override
    public void close() {
        synchronized (gate) {
            closed = true;
        }
        wake();
        Thread running = thread;
        if (running == null) {
            step();
            return;
        }
        boolean interrupted = false;
        while (running.isAlive()) {
            try {
                running.join();
            } catch (InterruptedException e) {
                // The weights may be unmapped next, so the step must be over first.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!isClosed()) {
                stepOrWait();
            }
        } finally {
            synchronized (gate) {
                closed = true;
            }
            step();
        }
    }

    private void stepOrWait() {
        try {
            if (!step() && !isClosed()) {
                receive(inbox.take());
            }
        } catch (InterruptedException e) {
            // Only closing ends this thread.
            note(e);
        } catch (Throwable failure) {
            note(failure);
            endAll(failed(failure));
        }
    }

    private void note(Throwable failure) {
        try {
            failures.accept(failure);
        } catch (RuntimeException ignored) {
            // A listener that fails must not end the loop.
        }
    }

    boolean isClosed() {
        synchronized (gate) {
            return closed;
        }
    }

    /**
     * Takes what came in, ends what was cancelled or is late, starts what fits, and computes one
     * batch.
     *
     * @return whether there was anything to compute
     */
    boolean step() {
        // Before the inbox, so that nothing can come in after a closed gate has been seen.
        boolean closing = isClosed();
        for (var message = inbox.poll(); message != null; message = inbox.poll()) {
            receive(message);
        }
        if (closing) {
            endAll(shutdown());
            return false;
        }
        long now = clock.getAsLong();
        endCancelledAndLate(now);
        admit(now);
        List<BatchPlanner.Demand> demands = running.stream().map(Sequence::demand).toList();
        int promptTokens = promptBudget.tokens(decodingRows(demands));
        List<BatchPlanner.Share> plan =
                BatchPlanner.plan(demands, limits.maxBatchTokens(), promptTokens);
        if (plan.isEmpty()) {
            meters.occupied(running.size(), cache);
            return false;
        }
        compute(plan, demands);
        meters.occupied(running.size(), cache);
        return true;
    }

    private void receive(Optional<ActiveRequest> message) {
        message.ifPresent(request -> {
            requests.add(request);
            queue.add(request);
        });
    }

    private void endCancelledAndLate(long now) {
        for (ActiveRequest request : List.copyOf(requests)) {
            if (request.stream().isCancelled()) {
                end(request, new Failed(Cause.CANCELLED, "the request was cancelled"));
                continue;
            }
            if (request.isTimeUp(now)) {
                end(request, timedOut(request));
                continue;
            }
            for (Sequence sequence : request.sequences()) {
                if (!sequence.isFinished() && request.stream().isCancelled(sequence.choice())) {
                    finish(sequence, FinishReason.STOP_SEQUENCE);
                }
            }
        }
    }

    private void admit(long now) {
        // Their turn comes again when blocks of their prompts have been read from files.
        Set<ActiveRequest> reading = new HashSet<>();
        while (running.size() < limits.maxSequences()) {
            Optional<Sequence> next = queue.next(now, reading);
            if (next.isEmpty() || !next.get().fits(cache, ahead)) {
                return;
            }
            if (next.get().awaitsBlocks(cache, promptBudget.tokenNanos(), this::wake)) {
                reading.add(next.get().owner());
                continue;
            }
            start(next.get(), now);
        }
    }

    private void start(Sequence sequence, long now) {
        ActiveRequest request = sequence.owner();
        sequence.start(cache, ahead);
        running.add(sequence);
        queue.started(sequence);
        if (!request.isStarted()) {
            request.start(now);
            waitingRoom.start(request.request(), request.acceptedAt(), now);
            meters.began(now - request.acceptedAt());
        }
    }

    /** How many sequences have been started; for tests. */
    long starts() {
        return queue.starts();
    }

    private void compute(List<BatchPlanner.Share> plan, List<BatchPlanner.Demand> demands) {
        List<Sequence> sequences = plan.stream().map(share -> running.get(share.index())).toList();
        int promptTokens = promptTokens(plan, demands);
        try {
            List<Drafts> drafts = drafts(sequences, promptTokens);
            List<Batch.Run> runs = new ArrayList<>(plan.size());
            for (int i = 0; i < plan.size(); i++) {
                runs.add(sequences.get(i).run(plan.get(i).tokens(), drafts.get(i)));
            }
            Batch batch = new Batch(runs);
            long start = clock.getAsLong();
            model.forward(
                    batch,
                    cache,
                    (run, row, logits) -> takeLogits(sequences.get(run), row, logits));
            learn(sequences.size(), batch.rowCount(), promptTokens, clock.getAsLong() - start);
            for (int i = 0; i < plan.size(); i++) {
                sequences.get(i).advance(plan.get(i).tokens(), cache);
            }
            sharePrompts(sequences);
        } catch (Throwable failure) {
            note(failure);
            sequences.forEach(sequence -> end(sequence.owner(), failed(failure)));
            return;
        }
        sequences.forEach(this::report);
    }

    /** None beside a prompt, which takes all the room there is. */
    private List<Drafts> drafts(List<Sequence> sequences, int promptTokens) {
        return promptTokens > 0
                ? Collections.nCopies(sequences.size(), Drafts.NONE)
                : speculator.drafts(sequences, limits.maxBatchTokens() - sequences.size());
    }

    private void learn(int sequences, int rows, int promptTokens, long nanos) {
        promptBudget.learn(rows - promptTokens, promptTokens, nanos);
        if (promptTokens == 0) {
            speculator.learn(sequences, rows, nanos);
        }
    }

    private static int decodingRows(List<BatchPlanner.Demand> demands) {
        return demands.stream()
                .filter(BatchPlanner.Demand::decoding)
                .mapToInt(BatchPlanner.Demand::tokens)
                .sum();
    }

    private static int promptTokens(
            List<BatchPlanner.Share> plan, List<BatchPlanner.Demand> demands) {
        return plan.stream()
                .filter(share -> !demands.get(share.index()).decoding())
                .mapToInt(BatchPlanner.Share::tokens)
                .sum();
    }

    private void takeLogits(Sequence sequence, int row, float[] logits) {
        try {
            sequence.takeLogits(row, logits, candidates);
        } catch (RuntimeException failure) {
            // Concerns this request alone: logits that are not numbers, or nothing left to choose.
            note(failure);
            sequence.owner().spoil(String.valueOf(failure.getMessage()));
        }
    }

    /** Before the reports, which may end the sequence that has the prompt. */
    private void sharePrompts(List<Sequence> computed) {
        for (Sequence sequence : computed) {
            for (Sequence sibling : sequence.owner().sequences()) {
                sibling.copyPrompt(sequence, cache);
            }
        }
    }

    private void report(Sequence sequence) {
        ActiveRequest request = sequence.owner();
        if (request.isEnded()) {
            return;
        }
        String failure = request.failure();
        if (failure != null) {
            end(request, new Failed(Cause.ERROR, failure));
            return;
        }
        try {
            Optional<FinishReason> end = sequence.report();
            countTokens(sequence);
            end.ifPresent(reason -> finish(sequence, reason));
        } catch (RuntimeException defect) {
            note(defect);
            end(request, failed(defect));
        }
    }

    private void countTokens(Sequence sequence) {
        long now = clock.getAsLong();
        for (int i = sequence.sampled(); i > 0; i--) {
            if (i == sequence.generated()) {
                meters.firstToken(now - sequence.owner().acceptedAt());
            } else {
                meters.nextToken(now - sequence.lastTokenAt());
            }
            sequence.tokenToldAt(now);
            queue.generated(sequence);
        }
        meters.verified(sequence.drafted(), sequence.accepted());
    }

    private void finish(Sequence sequence, FinishReason reason) {
        leave(sequence);
        sequence.owner().choiceFinished(sequence, reason);
        if (sequence.owner().isEnded()) {
            meters.promptDone(sequence.owner().promptLength(), sequence.owner().cachedTokens());
            meters.finished();
            forget(sequence.owner());
        }
    }

    private void leave(Sequence sequence) {
        boolean ran = running.remove(sequence);
        sequence.end(cache);
        queue.left(sequence, ran);
        speculator.forget(sequence);
    }

    /** Ends a request early, unless it has ended, and frees all it has. */
    private void end(ActiveRequest request, Failed terminal) {
        if (!request.isEnded()) {
            request.sequences().forEach(this::leave);
            request.end(terminal);
            meters.ended(terminal.cause());
            forget(request);
        }
    }

    private void forget(ActiveRequest request) {
        if (!request.isStarted()) {
            waitingRoom.leave(request.request());
        }
        queue.ended(request);
        requests.remove(request);
    }

    private void endAll(Failed terminal) {
        List.copyOf(requests).forEach(request -> end(request, terminal));
    }

    private static Failed timedOut(ActiveRequest request) {
        return new Failed(
                Cause.TIMEOUT,
                "the request did not finish within "
                        + request.request().terms().timeout().toMillis() / 1000.0
                        + " s"
                        + (request.isStarted() ? "" : "; it was still waiting to begin"));
    }

    private static Failed shutdown() {
        return new Failed(Cause.SHUTDOWN, "the engine is shutting down");
    }

    private static Failed failed(Throwable failure) {
        return new Failed(
                Cause.ERROR,
                failure instanceof OutOfMemoryError
                        ? "not enough memory to compute this request; give the program more, or"
                                + " use a smaller context or fewer parallel sequences"
                        : "a defect of the engine ended this request ("
                                + failure.getClass().getSimpleName()
                                + ")");
    }
}
