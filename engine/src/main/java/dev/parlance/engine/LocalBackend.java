package dev.parlance.engine;

import dev.parlance.engine.generation.GenerationBackend;
import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.GgufTensorInfo;
import dev.parlance.engine.kernel.KernelPool;
import dev.parlance.engine.kernel.KernelSelection;
import dev.parlance.engine.kernel.Kernels;
import dev.parlance.engine.kernel.WeightMemory;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvStorage;
import dev.parlance.engine.model.LanguageModel;
import dev.parlance.engine.model.ModelLoader;
import dev.parlance.engine.scheduler.EngineLoop;
import dev.parlance.engine.scheduler.SchedulerLimits;
import dev.parlance.engine.scheduler.Speculator;

import java.security.SecureRandom;
import java.util.Optional;

/**
 * The numeric side of a loaded model: kernel threads, weights, KV cache and the engine thread.
 *
 * @param weights the memory of the repacked weights
 * @param contextLength most positions of a sequence
 */
record LocalBackend(
        EngineLoop loop,
        KernelPool pool,
        WeightMemory weights,
        int contextLength,
        int vocabularySize)
        implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LocalBackend.class.getName());

    /**
     * Loads the weights and starts the threads; returns when the kernels are fast.
     *
     * @param file stays open as long as the backend is, as does the draft model's
     * @throws IllegalArgumentException if the options ask for more than the model or the KV cache
     *     allows
     */
    static LocalBackend open(
            GgufFile file, Optional<GgufFile> draft, EngineOptions options, LoadProgress progress) {
        int trained = ModelLoader.trainedContextLength(file);
        int context = wantedContext(options, trained);
        long total = weightBytes(file) + draft.map(LocalBackend::weightBytes).orElse(0L);
        KernelPool pool = new KernelPool(options.threads());
        WeightMemory weights = new WeightMemory();
        try {
            Kernels kernels = KernelSelection.forModel(file, pool, weights);
            LanguageModel model =
                    ModelLoader.load(file, kernels, bytes -> progress.read(bytes, total));
            KvStorage storage = storage(options.kvCacheType());
            long cacheBytes = options.kvCacheBytes().orElse(Runtime.getRuntime().maxMemory() / 2);
            Optional<Drafter> drafter =
                    draft.map(small ->
                            Drafter.load(
                                    small,
                                    pool,
                                    weights,
                                    storage,
                                    context,
                                    cacheBytes / 4,
                                    bytes -> progress.read(weightBytes(file) + bytes, total)));
            long drafterBytes = drafter.map(Drafter::cacheBytes).orElse(0L);
            KvCache cache = cache(model, storage, options, context, cacheBytes - drafterBytes);
            // Less than wanted only where no context was asked for.
            int served = Math.min(context, cache.blockCount() * KvCache.BLOCK_TOKENS);
            SchedulerLimits limits =
                    new SchedulerLimits(
                            served,
                            options.parallel(),
                            options.queueLimit(),
                            options.batchTokens());
            EngineLoop loop =
                    new EngineLoop(
                            model,
                            cache,
                            limits,
                            new SecureRandom()::nextLong,
                            failure ->
                                    LOG.log(
                                            System.Logger.Level.ERROR,
                                            "a step of the engine failed",
                                            failure),
                            drafter.map(Drafter::speculator)
                                    .orElseGet(() -> speculator(options.speculation())));
            kernels.awaitFast();
            drafter.ifPresent(small -> small.kernels().awaitFast());
            loop.start();
            return new LocalBackend(loop, pool, weights, served, model.vocabularySize());
        } catch (Throwable failure) {
            pool.close();
            weights.close();
            throw failure;
        }
    }

    private static Speculator speculator(Speculation speculation) {
        return switch (speculation) {
            case NONE -> Speculator.none();
            case PROMPT_LOOKUP -> Speculator.promptLookup();
        };
    }

    static long weightBytes(GgufFile file) {
        return file.tensors().values().stream().mapToLong(GgufTensorInfo::sizeBytes).sum();
    }

    private static int wantedContext(EngineOptions options, int trained) {
        int context =
                options.contextLength()
                        .orElse(Math.min(trained, EngineOptions.DEFAULT_CONTEXT_LENGTH));
        if (context > trained) {
            throw new IllegalArgumentException(
                    "the context of "
                            + context
                            + " tokens is more than the "
                            + trained
                            + " the model was trained for");
        }
        return context;
    }

    private static KvStorage storage(KvCacheType type) {
        return switch (type) {
            case F32 -> KvStorage.F32;
            case F16 -> KvStorage.F16;
            case Q8_0 -> KvStorage.Q8_0;
        };
    }

    private static KvCache cache(
            LanguageModel model,
            KvStorage storage,
            EngineOptions options,
            int context,
            long bytes) {
        long blockBytes = model.newCache(storage, 0).blockBytes();
        int contextBlocks = KvCache.blocksFor(context);
        long blocks = Math.min((long) options.parallel() * contextBlocks, bytes / blockBytes);
        int leastBlocks = options.contextLength().isPresent() ? contextBlocks : 1;
        if (blocks < leastBlocks) {
            throw new IllegalArgumentException(
                    "the KV cache of "
                            + mebibytes(bytes)
                            + " MiB has room for "
                            + blocks * KvCache.BLOCK_TOKENS
                            + " tokens; a context of "
                            + Math.min(context, leastBlocks * KvCache.BLOCK_TOKENS)
                            + " needs "
                            + mebibytes(leastBlocks * blockBytes)
                            + " MiB. Ask for a smaller context, or give the cache (or Java's heap,"
                            + " of which it takes half) more memory");
        }
        return model.newCache(storage, Math.toIntExact(Math.min(blocks, Integer.MAX_VALUE / 64)));
    }

    private static long mebibytes(long bytes) {
        return Math.ceilDiv(bytes, 1L << 20);
    }

    GenerationBackend backend() {
        return loop;
    }

    /** Ends all requests, then the threads, and frees the weights; the file stays open. */
    @Override
    public void close() {
        loop.close();
        pool.close();
        weights.close();
    }
}
