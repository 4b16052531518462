package dev.parlance.engine.scheduler;

import dev.parlance.engine.generation.FinishReason;
import dev.parlance.engine.generation.GenerationEvent;
import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.generation.PredictionMatcher;
import dev.parlance.engine.kvcache.BlockTable;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvDemand;
import dev.parlance.engine.kvcache.PrefixKey;
import dev.parlance.engine.model.Batch;
import dev.parlance.engine.sampling.Candidates;
import dev.parlance.engine.sampling.Sampler;
import dev.parlance.engine.sampling.TokenLogprobs;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
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

    /** Whether it has given back what others would need to begin where its prompt ends. */
    private boolean promptGone;

    private long lastTokenAt;

    /** How many of its first blocks others may use, and the key of the last of them. */
    private int published;

    private PrefixKey lastKey;
    private int generated;
    private int[] generatedTokens = new int[0];

    /** What it is thought to say next, computed in this step behind the last known token. */
    private Drafts drafts = Drafts.NONE;

    /** What came out of this step: drafts that were right, and the token after them. */
    private final List<GenerationEvent.TokenGenerated> sampled = new ArrayList<>();

    private final PredictionMatcher prediction;
    private final Acceptance predicted = new Acceptance();
    private final Acceptance repeated = new Acceptance();

    Sequence(ActiveRequest owner, int choice, Sampler sampler) {
        this.owner = owner;
        this.choice = choice;
        this.sampler = sampler;
        this.lastKey = owner.lastPromptKey();
        this.prediction = new PredictionMatcher(owner.request().prediction());
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

    /** How many of them the last step gave. */
    int sampled() {
        return sampled.size();
    }

    PredictionMatcher prediction() {
        return prediction;
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

    /** Whether others can have a copy of its prompt, now or when it has been computed. */
    boolean hasPrompt() {
        return isRunning() && !promptGone;
    }

    boolean isFinished() {
        return state == State.FINISHED;
    }

    /** Positions it can come to need: the last token generated is never computed. */
    int positionsNeeded() {
        return owner.promptLength() + Math.max(0, owner.request().maxTokens() - 1);
    }

    /** How many of its tokens are known. */
    int known() {
        return owner.promptLength() + generated;
    }

    /** Most drafts it has use for: the step gives a token beyond them, and that may be the last. */
    int draftRoom() {
        return owner.request().maxTokens() - generated - 1;
    }

    /**
     * Whether what it may take from the cache is still being read from files; reading begins when
     * this is asked first.
     *
     * @param tokenNanos what computing a token of a prompt takes; 0 if that is not known
     * @param arrived run by another thread when it is worth asking again
     */
    boolean awaitsBlocks(KvCache cache, double tokenNanos, Runnable arrived) {
        return owner.awaitsBlocks(reusablePrefix(), cache, tokenNanos, arrived);
    }

    /**
     * Whether the cache has room for its worst case now.
     *
     * @param ahead of {@link SchedulerLimits}
     */
    boolean fits(KvCache cache, int ahead) {
        return cache.canAllocate(demand(ahead));
    }

    void start(KvCache cache, int ahead) {
        KvDemand demand = demand(ahead);
        BlockTable table = cache.allocate(demand);
        blocks = table;
        computed = table.cachedTokens();
        published = computed / KvCache.BLOCK_TOKENS;
        if (!demand.prefix().isEmpty()) {
            owner.noteCachedTokens(computed);
        }
        state = State.RUNNING;
    }

    private KvDemand demand(int ahead) {
        return new KvDemand(positionsNeeded(), ahead, reusablePrefix());
    }

    /**
     * What it may take from the cache: nothing if it shares with none, if a sibling computes the
     * prompt, of which it gets a copy, or if every position is to be scored; never the last token,
     * whose logits are wanted.
     */
    private List<PrefixKey> reusablePrefix() {
        if (!sharesBlocks()
                || owner.promptOwner() != null
                || owner.request().logprobs().ofPrompt()) {
            return List.of();
        }
        return owner.promptKeys().subList(0, (owner.promptLength() - 1) / KvCache.BLOCK_TOKENS);
    }

    private boolean sharesBlocks() {
        return owner.request().sharing().enabled();
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
        boolean waitsForPrompt = awaitsPrompt() && owner.promptOwner() != this;
        return new BatchPlanner.Demand(waitsForPrompt ? 0 : known() - computed, isPromptComputed());
    }

    private boolean awaitsPrompt() {
        return computed == 0 && !promptCopied;
    }

    /**
     * Takes over the computed prompt of a sibling, but for the last token, which it computes itself
     * to have logits of its own.
     */
    void copyPrompt(Sequence sibling, KvCache cache) {
        boolean ready = sibling.hasPrompt() && sibling.isPromptComputed();
        if (state == State.RUNNING && awaitsPrompt() && ready) {
            cache.copyPrefix(sibling.runningBlocks(), runningBlocks(), owner.promptLength() - 1);
            computed = owner.promptLength() - 1;
            published = computed / KvCache.BLOCK_TOKENS;
            promptCopied = true;
        }
    }

    /**
     * Guesses its next tokens, at most so many: as the request predicts, or else as its text went
     * on before. None while such guesses are rarely right.
     */
    Drafts guess(int most) {
        if (most < 1) {
            return Drafts.NONE;
        }
        int[] next = prediction.next(most);
        if (next.length > 0 && predicted.allowsDrafts()) {
            return new Drafts(next, predicted);
        }
        return repeated.allowsDrafts()
                ? new Drafts(PromptLookup.propose(this::knownToken, known(), most), repeated)
                : Drafts.NONE;
    }

    /** How many drafts its last step had. */
    int drafted() {
        return drafts.count();
    }

    /** How many of them were right. */
    int accepted() {
        return Math.max(0, sampled.size() - 1);
    }

    /**
     * Begins a step.
     *
     * @param tokens how many of its known tokens to compute
     * @param newDrafts what to compute behind them, if it decodes
     */
    Batch.Run run(int tokens, Drafts newDrafts) {
        drafts = newDrafts;
        sampled.clear();
        int[] ids = new int[tokens + drafts.count()];
        for (int i = 0; i < tokens; i++) {
            ids[i] = knownToken(computed + i);
        }
        System.arraycopy(drafts.tokens(), 0, ids, tokens, drafts.count());
        return new Batch.Run(runningBlocks(), computed, ids, wanted(tokens), owner.promptLength());
    }

    private Batch.LogitsWanted wanted(int tokens) {
        // A prompt is scored by the one sequence that computes all of it.
        boolean scores =
                !isPromptComputed()
                        && owner.request().logprobs().ofPrompt()
                        && owner.promptOwner() == this;
        if (scores || drafts.count() > 0) {
            return Batch.LogitsWanted.ALL;
        }
        boolean last = computed + tokens == known();
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
        int position = computed + row;
        if (position < owner.promptLength() - 1) {
            owner.scorePrompt(position, logits);
        } else if (owner.request().maxTokens() > 0 && isContinuation(position)) {
            sampled.add(sample(logits, candidates));
        }
    }

    /**
     * Whether the tokens up to this position are what the sequence says, so that its next token is
     * wanted: no draft among them was wrong, and none of them was the end.
     */
    private boolean isContinuation(int position) {
        int draft = position - known();
        if (draft < 0) {
            return true;
        }
        int token = drafts.tokens()[draft];
        return sampled.size() == draft + 1
                && sampled.getLast().tokenId() == token
                && !owner.request().endTokens().contains(token);
    }

    private GenerationEvent.TokenGenerated sample(float[] logits, Candidates candidates) {
        GenerationRequest request = owner.request();
        boolean mayEnd = generated + sampled.size() >= request.minTokens();
        int token = sampler.next(logits, mayEnd ? Set.of() : request.endTokens(), candidates);
        Optional<TokenLogprobs> logprobs =
                request.logprobs().ofGenerated()
                        ? Optional.of(
                                Sampler.logprobs(logits, token, request.logprobs(), candidates))
                        : Optional.empty();
        return new GenerationEvent.TokenGenerated(choice, token, logprobs);
    }

    /**
     * Notes what was computed, lets others use the blocks that became complete, and gives back
     * those that it no longer sees. The keys and values of wrong drafts stay behind the end, where
     * the next step writes over them.
     */
    void advance(int tokens, KvCache cache) {
        computed += tokens + accepted();
        sampled.forEach(token -> append(token.tokenId()));
        drafts.acceptance().learn(drafted(), accepted());
        while (sharesBlocks() && (published + 1) * KvCache.BLOCK_TOKENS <= computed) {
            lastKey = blockKey(published);
            cache.publish(runningBlocks(), published, lastKey);
            published++;
        }
        // From the last one on, as SchedulerLimits has it.
        cache.slide(runningBlocks(), computed - 1);
        promptGone = !cache.seesFrom(runningBlocks(), owner.promptLength() - 1);
    }

    private void append(int token) {
        if (generated == generatedTokens.length) {
            generatedTokens = Arrays.copyOf(generatedTokens, 2 * generated + 16);
        }
        generatedTokens[generated++] = token;
        prediction.accept(token);
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

    int knownToken(int position) {
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
            owner.tellProgress(computed);
            return Optional.empty();
        }
        owner.announcePrompt();
        GenerationRequest request = owner.request();
        if (request.maxTokens() == 0) {
            return Optional.of(FinishReason.LENGTH);
        }
        if (sampled.isEmpty()) {
            throw new IllegalStateException("the model gave no logits for the last token");
        }
        sampled.forEach(owner.stream()::emit);
        if (request.endTokens().contains(sampled.getLast().tokenId())) {
            return Optional.of(FinishReason.STOP_TOKEN);
        }
        return generated == request.maxTokens()
                ? Optional.of(FinishReason.LENGTH)
                : Optional.empty();
    }
}
