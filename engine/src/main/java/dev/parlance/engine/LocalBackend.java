package dev.parlance.engine;

import dev.parlance.engine.generation.GenerationBackend;
import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.GgufTensorInfo;
import dev.parlance.engine.kernel.KernelPool;
import dev.parlance.engine.kernel.KernelSelection;
import dev.parlance.engine.kernel.Kernels;
import dev.parlance.engine.kernel.ThreadBudget;
import dev.parlance.engine.kernel.WeightMemory;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvShape;
import dev.parlance.engine.kvcache.KvStorage;
import dev.parlance.engine.model.LanguageModel;
import dev.parlance.engine.model.ModelLoader;
import dev.parlance.engine.scheduler.EngineLoop;
import dev.parlance.engine.scheduler.SchedulerLimits;
import dev.parlance.engine.scheduler.Speculator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * The numeric side of a loaded model: kernel threads, weights, KV cache and the engine thread.
 *
 * @param weights the memory of the repacked weights
 * @param cache closed after the loop, which uses it
 * @param contextLength most positions of a sequence
 */
record LocalBackend(
        EngineLoop loop,
        KernelPool pool,
        WeightMemory weights,
        KvCache cache,
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
     * @throws UncheckedIOException if the file can no longer be read, or the folder of the options
     *     cannot be used
     */
    static LocalBackend open(
            GgufFile file,
            Optional<GgufFile> draft,
            EngineOptions options,
            Machine machine,
            LoadProgress progress) {
        int trained = ModelLoader.trainedContextLength(file);
        int context = wantedContext(options, trained);
        long total = weightBytes(file) + draft.map(LocalBackend::weightBytes).orElse(0L);
        KernelPool pool = new KernelPool(options.threads(), machine.threads());
        WeightMemory weights = new WeightMemory();
        KvCache cache = null;
        try (ThreadBudget.Busy _ = machine.threads().begin()) {
            Kernels kernels = KernelSelection.forModel(file, pool, weights);
            LanguageModel model =
                    ModelLoader.load(file, kernels, bytes -> progress.read(bytes, total));
            KvStorage storage = storage(options.kvCacheType());
            long cacheBytes = options.kvCacheBytes().orElseGet(machine::cacheBytes);
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
            cache = cache(model, storage, options, context, cacheBytes - drafterBytes);
            setUpReuse(cache, file, options);
            LOG.log(
                    System.Logger.Level.INFO,
                    "keys and values of {0} tokens, in at most {1} MiB",
                    String.valueOf(
                            (long) cache.blockCount()
                                    / cache.shape().blocksFor(KvCache.BLOCK_TOKENS)
                                    * KvCache.BLOCK_TOKENS),
                    String.valueOf(mebibytes(cache.blockCount() * cache.blockBytes())));
            // Less than wanted only where no context was asked for.
            int served = contextIn(cache.blockCount(), model.kvShape(), options, context);
            SchedulerLimits limits =
                    new SchedulerLimits(
                            served, options.parallel(), options.batchTokens(), options.admission());
            EngineLoop loop =
                    new EngineLoop(
                            new SharingModel(model, machine.threads()),
                            cache,
                            limits,
                            new SecureRandom()::nextLong,
                            failure ->
                                    LOG.log(
                                            System.Logger.Level.ERROR,
                                            "a step of the engine failed",
                                            failure),
                            drafter.map(small -> small.speculator(machine.threads()))
                                    .orElseGet(() -> speculator(options.speculation())));
            kernels.awaitFast();
            drafter.ifPresent(small -> small.kernels().awaitFast());
            loop.start();
            return new LocalBackend(loop, pool, weights, cache, served, model.vocabularySize());
        } catch (Throwable failure) {
            if (cache != null) {
                cache.close();
            }
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

    static long weightCount(GgufFile file) {
        return file.tensors().values().stream().mapToLong(GgufTensorInfo::valueCount).sum();
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
        KvShape shape = model.kvShape();
        // What windows no longer show is kept too while there is room: others may begin there.
        long most = (long) options.parallel() * shape.blocksFor(context);
        long blocks = Math.min(most, bytes / blockBytes);
        int least =
                options.contextLength().isPresent()
                        ? context
                        : Math.min(context, KvCache.BLOCK_TOKENS);
        int room = contextIn(blocks, shape, options, context);
        if (room < least) {
            throw new IllegalArgumentException(
                    "the KV cache of "
                            + mebibytes(bytes)
                            + " MiB has room for "
                            + room
                            + " tokens; a context of "
                            + least
                            + " needs "
                            + mebibytes(blocksFor(least, shape, options) * blockBytes)
                            + " MiB. Ask for a smaller context, or give the cache more memory"
                            + " (by default it has at most half of Java's heap)");
        }
        checkHeap(blocks * blockBytes);
        return model.newCache(storage, Math.toIntExact(Math.min(blocks, Integer.MAX_VALUE / 64)));
    }

    private static int blocksFor(int tokens, KvShape shape, EngineOptions options) {
        return shape.blocksFor(tokens, SchedulerLimits.ahead(options.batchTokens()));
    }

    /** The longest context that so many blocks have room for, of those up to the one wanted. */
    private static int contextIn(long blocks, KvShape shape, EngineOptions options, int wanted) {
        int context = wanted;
        while (context > 0 && blocksFor(context, shape, options) > blocks) {
            context = (context - 1) / KvCache.BLOCK_TOKENS * KvCache.BLOCK_TOKENS;
        }
        return context;
    }

    private static void setUpReuse(KvCache cache, GgufFile file, EngineOptions options) {
        switch (options.prefixCache()) {
            case PrefixCache.Off _ -> cache.shareNothing();
            case PrefixCache.InMemory _ -> {}
            case PrefixCache.InFolder(Path folder, long maxBytes) -> {
                String model = ModelFingerprint.of(file, "keys and values " + cache.storage());
                try {
                    cache.keepIn(
                            folder, model, maxBytes, LocalBackend::startFileTask, System::nanoTime);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private static void startFileTask(Runnable task) {
        Thread.ofVirtual().name("parlance-kv-files").start(task);
    }

    /** Better now than in the middle of the first long answer. */
    private static void checkHeap(long cacheBytes) {
        long heap = Runtime.getRuntime().maxMemory();
        if (cacheBytes > heap / 10 * 9) {
            throw new IllegalArgumentException(
                    "the KV cache of "
                            + mebibytes(cacheBytes)
                            + " MiB does not fit Java's heap, which may grow to "
                            + mebibytes(heap)
                            + " MiB; give Java more (PARLANCE_JAVA_OPTS=-Xmx8g, for example)");
        }
    }

    private static long mebibytes(long bytes) {
        return Math.ceilDiv(bytes, 1L << 20);
    }

    GenerationBackend backend() {
        return loop;
    }

    /**
     * Ends all requests, then the threads, saves what is to outlast the process, and frees the
     * weights; the file stays open.
     */
    @Override
    public void close() {
        loop.close();
        cache.close();
        pool.close();
        weights.close();
    }
}
