package dev.parlance.engine.scheduler;

import dev.parlance.engine.generation.FinishReason;
import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.PredictionMatcher;
import dev.parlance.engine.generation.TokenUsage;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvFetch;
import dev.parlance.engine.kvcache.PrefixKey;
import dev.parlance.engine.sampling.RandomStream;
import dev.parlance.engine.sampling.Sampler;
import dev.parlance.engine.sampling.TokenLogprobs;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An accepted request on its way to its one terminal event.
 *
 * <p>Threads: the engine thread, but for the stream, which is safe.
 */
final class ActiveRequest {
    private final GenerationRequest request;
    private final RequestStream stream;
    private final List<Sequence> sequences = new ArrayList<>();
    private final @Nullable TokenLogprobs[] promptLogprobs;
    private final long acceptedAt;
    private final long timeoutNanos;
    private final List<PrefixKey> promptKeys;
    private final PrefixKey lastPromptKey;
    private @Nullable KvFetch fetch;
    private int cachedTokens;
    private boolean started;
    private boolean promptAnnounced;
    private boolean ended;
    private @Nullable String failure;

    /**
     * @param root where the keys of the prompt's blocks begin
     * @param seed for a request that brings none
     * @param acceptedAt time of the loop's clock
     */
    ActiveRequest(
            GenerationRequest request,
            RequestStream stream,
            PrefixKey root,
            long seed,
            long acceptedAt) {
        this.acceptedAt = acceptedAt;
        this.timeoutNanos = request.terms().timeout().toNanos();
        this.request = request;
        this.stream = stream;
        this.promptKeys = PrefixKey.chain(root, request.promptTokens());
        this.lastPromptKey = promptKeys.isEmpty() ? root : promptKeys.getLast();
        this.promptLogprobs =
                new TokenLogprobs
                        [request.logprobs().ofPrompt() ? request.promptTokens().length - 1 : 0];
        long used = request.sampling().seed().orElse(seed);
        // Scoring alone has nothing in which choices could differ.
        int sequenceCount = request.maxTokens() == 0 ? 1 : request.choices();
        for (int choice = 0; choice < sequenceCount; choice++) {
            Sampler sampler =
                    new Sampler(
                            request.sampling(),
                            request.promptTokens(),
                            new RandomStream(used, choice));
            sequences.add(new Sequence(this, choice, sampler));
        }
    }

    GenerationRequest request() {
        return request;
    }

    RequestStream stream() {
        return stream;
    }

    List<Sequence> sequences() {
        return sequences;
    }

    int promptLength() {
        return request.promptTokens().length;
    }

    String tenant() {
        return request.terms().tenant();
    }

    long acceptedAt() {
        return acceptedAt;
    }

    boolean isTimeUp(long now) {
        return timeoutNanos > 0 && now - acceptedAt >= timeoutNanos;
    }

    /** The first sequence that does not run yet, and has not ended. */
    Optional<Sequence> nextWaiting() {
        return sequences.stream().filter(Sequence::isWaiting).findFirst();
    }

    int cachedTokens() {
        return cachedTokens;
    }

    /** The keys of the prompt's whole blocks. */
    List<PrefixKey> promptKeys() {
        return promptKeys;
    }

    /** The last of them, or what the chain begins with. */
    PrefixKey lastPromptKey() {
        return lastPromptKey;
    }

    /** See {@link Sequence#awaitsBlocks}. Blocks are read once, for the choice that comes first. */
    boolean awaitsBlocks(
            List<PrefixKey> prefix, KvCache cache, double tokenNanos, Runnable arrived) {
        if (fetch == null) {
            fetch = cache.fetch(prefix, tokenNanos, arrived).orElse(null);
        }
        if (fetch == null || !fetch.isDone()) {
            return true;
        }
        cache.take(fetch);
        return false;
    }

    /**
     * Notes how many of the prompt's tokens need not be computed, unless it has been computed: a
     * choice that begins later finds what an earlier one left.
     */
    void noteCachedTokens(int tokens) {
        if (!promptAnnounced) {
            cachedTokens = tokens;
        }
    }

    boolean isEnded() {
        return ended;
    }

    boolean isStarted() {
        return started;
    }

    /** Says that the request no longer waits. */
    void start(long now) {
        started = true;
        stream.emit(new GenerationEvent.Started(Duration.ofNanos(now - acceptedAt)));
        tellProgress(cachedTokens);
    }

    /** Says how many of the prompt's tokens are ready. */
    void tellProgress(int readyTokens) {
        stream.emit(new GenerationEvent.PromptProgress(cachedTokens, readyTokens));
    }

    /**
     * The running sequence that computes the prompt for all; empty sequences copy from it. The
     * first that has the prompt, so that another takes over when it ends early, or has gone so far
     * that layers with a window no longer see the prompt.
     */
    @Nullable Sequence promptOwner() {
        for (Sequence sequence : sequences) {
            if (sequence.hasPrompt()) {
                return sequence;
            }
        }
        return null;
    }

    /** Notes what the logits of a prompt position say about the prompt token after it. */
    void scorePrompt(int position, float[] logits) {
        promptLogprobs[position] =
                TokenLogprobs.of(
                        logits,
                        request.promptTokens()[position + 1],
                        request.logprobs().promptTop());
    }

    /** Notes that the request cannot go on; it ends when the step is over. */
    void spoil(String message) {
        failure = message;
    }

    @Nullable String failure() {
        return failure;
    }

    void announcePrompt() {
        if (!promptAnnounced) {
            promptAnnounced = true;
            List<TokenLogprobs> logprobs = new ArrayList<>(promptLogprobs.length);
            for (TokenLogprobs entry : promptLogprobs) {
                if (entry == null) {
                    throw new IllegalStateException("the model gave no logits for a prompt token");
                }
                logprobs.add(entry);
            }
            stream.emit(new GenerationEvent.PromptComputed(cachedTokens, logprobs));
        }
    }

    /** Says that a sequence has finished and, if it is the last, that the request has. */
    void choiceFinished(Sequence finished, FinishReason reason) {
        if (request.maxTokens() == 0) {
            for (int choice = 0; choice < request.choices(); choice++) {
                stream.emit(new GenerationEvent.ChoiceFinished(choice, reason));
            }
        } else {
            stream.emit(new GenerationEvent.ChoiceFinished(finished.choice(), reason));
        }
        if (sequences.stream().allMatch(Sequence::isFinished)) {
            end(new GenerationEvent.Finished(usage()));
        }
    }

    private TokenUsage usage() {
        TokenUsage usage = new TokenUsage(promptLength(), cachedTokens, 0);
        for (Sequence sequence : sequences) {
            PredictionMatcher prediction = sequence.prediction();
            usage =
                    usage.plus(
                            new TokenUsage(
                                    0,
                                    0,
                                    sequence.generated(),
                                    prediction.accepted(),
                                    prediction.rejected()));
        }
        return usage;
    }

    /** Emits the terminal event. */
    void end(GenerationEvent terminal) {
        if (ended) {
            throw new IllegalStateException("a request may end only once");
        }
        ended = true;
        stream.emit(terminal);
    }
}
