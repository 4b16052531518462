package dev.parlance.engine.scheduler;

import dev.parlance.engine.generation.FinishReason;
import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.kvcache.BlockTable;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.PrefixKey;
import dev.parlance.engine.model.Batch;
import dev.parlance.engine.sampling.Candidates;
import dev.parlance.engine.sampling.Sampler;
import dev.parlance.engine.sampling.TokenLogprobs;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One choice of a request: its known tokens, how many of them are computed, its KV blocks and its
 * sampler. Threads: the engine thread.
 */
final class Sequence {
    private enum State {
        WAITING,
        RUNNING,
        FINISHED
    }

    private final ActiveRequest owner;
    private final int choice;
    private final Sampler sampler;
    private State state = State.WAITING;
    private @Nullable BlockTable blocks;
    private int computed;
    private boolean promptCopied;
    private long lastTokenAt;

    /** How many of its first blocks others may use, and the key of the last of them. */
    private int published;

    private PrefixKey lastKey;
    private int generated;
    private int[] generatedTokens = new int[0];
    private int lastToken = -1;
    private boolean sampled;
    private Optional<TokenLogprobs> logprobs = Optional.empty();

    Sequence(ActiveRequest owner, int choice, Sampler sampler) {
        this.owner = owner;
        this.choice = choice;
        this.sampler = sampler;
        this.lastKey = owner.lastPromptKey();
    }

    ActiveRequest owner() {
        return owner;
    }

    int choice() {
        return choice;
    }

    int generated() {
        return generated;
    }

    /** When its last token was told, by the loop's clock. */
    long lastTokenAt() {
        return lastTokenAt;
    }

    void tokenToldAt(long time) {
        lastTokenAt = time;
    }

    boolean isWaiting() {
        return state == State.WAITING;
    }

    boolean isRunning() {
        return state == State.RUNNING;
    }

    boolean isFinished() {
        return state == State.FINISHED;
    }

    /** Positions it can come to need: the last token generated is never computed. */
    static int positionsNeeded(GenerationRequest request) {
        return request.promptTokens().length + Math.max(0, request.maxTokens() - 1);
    }

    /**
     * Whether what it may take from the cache is still being read from files; reading begins when
     * this is asked first.
     *
     * @param arrived run by another thread when it is worth asking again
     */
    boolean awaitsBlocks(KvCache cache, Runnable arrived) {
        return owner.awaitsBlocks(reusablePrefix(), cache, arrived);
    }

    /** Whether the cache has room for its worst case now. */
    boolean fits(KvCache cache) {
        return cache.canAllocate(positionsNeeded(owner.request()), reusablePrefix());
    }

    void start(KvCache cache) {
        List<PrefixKey> prefix = reusablePrefix();
        BlockTable table = cache.allocate(positionsNeeded(owner.request()), prefix);
        blocks = table;
        computed = table.cachedTokens();
        published = computed / KvCache.BLOCK_TOKENS;
        if (!prefix.isEmpty()) {
            owner.noteCachedTokens(computed);
        }
        state = State.RUNNING;
    }

    /**
     * What it may take from the cache: nothing if a sibling computes the prompt, of which it gets a
     * copy, or if every position is to be scored; never the last token, whose logits are wanted.
     */
    private List<PrefixKey> reusablePrefix() {
        if (owner.promptOwner() != null || owner.request().promptLogprobs()) {
            return List.of();
        }
        return owner.promptKeys().subList(0, (owner.promptLength() - 1) / KvCache.BLOCK_TOKENS);
    }

    /** Ends it in whatever state and gives its blocks back. */
    void end(KvCache cache) {
        if (blocks != null) {
            cache.release(blocks);
            blocks = null;
        }
        state = State.FINISHED;
    }

    /** Tokens of the prompt that it has to compute itself, as far as that can be told now. */
    int promptTokensLeft() {
        return owner.promptOwner() == this ? owner.promptLength() - computed : 0;
    }

    private boolean isPromptComputed() {
        return computed >= owner.promptLength();
    }

    BatchPlanner.Demand demand() {
        int known = owner.promptLength() + generated;
        boolean waitsForPrompt = awaitsPrompt() && owner.promptOwner() != this;
        return new BatchPlanner.Demand(waitsForPrompt ? 0 : known - computed, isPromptComputed());
    }

    private boolean awaitsPrompt() {
        return computed == 0 && !promptCopied;
    }

    /**
     * Takes over the computed prompt of a sibling, but for the last token, which it computes itself
     * to have logits of its own.
     */
    void copyPrompt(Sequence sibling, KvCache cache) {
        if (state == State.RUNNING && awaitsPrompt() && sibling.isPromptComputed()) {
            cache.copyPrefix(sibling.runningBlocks(), runningBlocks(), owner.promptLength() - 1);
            computed = owner.promptLength() - 1;
            published = computed / KvCache.BLOCK_TOKENS;
            promptCopied = true;
        }
    }

    Batch.Run run(int tokens) {
        int[] prompt = owner.request().promptTokens();
        boolean prefill = !isPromptComputed();
        int[] ids =
                prefill
                        ? Arrays.copyOfRange(prompt, computed, computed + tokens)
                        : new int[] {lastToken};
        return new Batch.Run(
                runningBlocks(), computed, ids, wanted(prefill, tokens), prompt.length);
    }

    private Batch.LogitsWanted wanted(boolean prefill, int tokens) {
        // A prompt is scored by the one sequence that computes all of it.
        if (prefill && owner.request().promptLogprobs() && owner.promptOwner() == this) {
            return Batch.LogitsWanted.ALL;
        }
        boolean last = computed + tokens == owner.promptLength() + generated;
        return last && owner.request().maxTokens() > 0
                ? Batch.LogitsWanted.LAST
                : Batch.LogitsWanted.NONE;
    }

    private BlockTable runningBlocks() {
        if (blocks == null) {
            throw new IllegalStateException("a sequence that does not run has no KV blocks");
        }
        return blocks;
    }

    /** Takes the logits of one row of its run. */
    void takeLogits(int row, float[] logits, Candidates candidates) {
        GenerationRequest request = owner.request();
        int position = computed + row;
        if (position < owner.promptLength() - 1) {
            owner.scorePrompt(position, logits);
        } else if (request.maxTokens() > 0) {
            Set<Integer> excluded =
                    generated < request.minTokens() ? request.endTokens() : Set.of();
            lastToken = sampler.next(logits, excluded, candidates);
            logprobs =
                    request.topLogprobs() < 0
                            ? Optional.empty()
                            : Optional.of(
                                    TokenLogprobs.of(logits, lastToken, request.topLogprobs()));
            sampled = true;
        }
    }

    /** Notes what was computed, and lets others use the blocks that became complete. */
    void advance(int tokens, KvCache cache) {
        computed += tokens;
        while ((published + 1) * KvCache.BLOCK_TOKENS <= computed) {
            lastKey = blockKey(published);
            cache.publish(runningBlocks(), published, lastKey);
            published++;
        }
    }

    private PrefixKey blockKey(int block) {
        if (block < owner.promptKeys().size()) {
            return owner.promptKeys().get(block);
        }
        int[] tokens = new int[KvCache.BLOCK_TOKENS];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = knownToken(block * KvCache.BLOCK_TOKENS + i);
        }
        return lastKey.next(tokens, 0);
    }

    private int knownToken(int position) {
        int promptLength = owner.promptLength();
        return position < promptLength
                ? owner.request().promptTokens()[position]
                : generatedTokens[position - promptLength];
    }

    /**
     * Tells the request's thread what the step gave.
     *
     * @return why the sequence is complete now, if it is
     */
    Optional<FinishReason> report() {
        if (!isPromptComputed()) {
            return Optional.empty();
        }
        owner.announcePrompt();
        GenerationRequest request = owner.request();
        if (request.maxTokens() == 0) {
            return Optional.of(FinishReason.LENGTH);
        }
        if (!sampled) {
            throw new IllegalStateException("the model gave no logits for the last token");
        }
        sampled = false;
        if (generated == generatedTokens.length) {
            generatedTokens = Arrays.copyOf(generatedTokens, 2 * generated + 16);
        }
        generatedTokens[generated++] = lastToken;
        owner.stream().emit(new GenerationEvent.TokenGenerated(choice, lastToken, logprobs));
        if (request.endTokens().contains(lastToken)) {
            return Optional.of(FinishReason.STOP_TOKEN);
        }
        return generated == request.maxTokens()
                ? Optional.of(FinishReason.LENGTH)
                : Optional.empty();
    }
}
