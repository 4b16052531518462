package dev.parlance.engine;

import dev.parlance.engine.gguf.GgufFile;
import dev.parlance.engine.gguf.UnsupportedModelException;
import dev.parlance.engine.kernel.KernelPool;
import dev.parlance.engine.kernel.KernelSelection;
import dev.parlance.engine.kernel.Kernels;
import dev.parlance.engine.kernel.ThreadBudget;
import dev.parlance.engine.kernel.WeightMemory;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvStorage;
import dev.parlance.engine.model.LanguageModel;
import dev.parlance.engine.model.ModelLoader;
import dev.parlance.engine.scheduler.Speculator;
import dev.parlance.engine.tokenizer.Tokenizers;
import dev.parlance.engine.tokenizer.Vocabulary;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongConsumer;

/** A small model that guesses what a large one says next, ready for work. */
record Drafter(LanguageModel model, Kernels kernels, KvCache cache) {
    /**
     * Opens its file and sees whether both models mean the same by a token.
     *
     * @param vocabulary of the large model
     * @param preTokenizer as in {@link EngineOptions}
     * @throws UncheckedIOException if it cannot be read
     * @throws UnsupportedModelException if its vocabulary is another one
     */
    static GgufFile open(Path path, Vocabulary vocabulary, Optional<String> preTokenizer) {
        GgufFile file;
        try {
            file = GgufFile.open(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            String name = file.metadata().fileName();
            check(name, Tokenizers.load(file.metadata(), preTokenizer).vocabulary(), vocabulary);
            return file;
        } catch (Throwable failure) {
            file.close();
            throw failure;
        }
    }

    private static void check(String name, Vocabulary own, Vocabulary wanted) {
        if (own.size() != wanted.size()) {
            throw different(name, "it has " + own.size() + " tokens, the model " + wanted.size());
        }
        for (int id = 0; id < wanted.size(); id++) {
            if (!own.text(id).equals(wanted.text(id))) {
                String texts = "is '" + own.text(id) + "', the model's '" + wanted.text(id) + "'";
                throw different(name, "its token " + id + " " + texts);
            }
        }
    }

    private static UnsupportedModelException different(String name, String how) {
        return new UnsupportedModelException(
                name + ": a draft model needs the vocabulary of the model it helps, but " + how);
    }

    /**
     * Loads the weights.
     *
     * @param context most positions of a sequence
     * @param cacheBytes most memory for its keys and values
     */
    static Drafter load(
            GgufFile file,
            KernelPool pool,
            WeightMemory weights,
            KvStorage storage,
            int context,
            long cacheBytes,
            LongConsumer bytesRead) {
        Kernels kernels = KernelSelection.forModel(file, pool, weights);
        LanguageModel model = ModelLoader.load(file, kernels, bytesRead);
        long wanted = (long) Speculator.MOST_SEQUENCES * model.kvShape().blocksFor(context);
        long room = cacheBytes / model.newCache(storage, 0).blockBytes();
        return new Drafter(model, kernels, model.newCache(storage, (int) Math.min(wanted, room)));
    }

    long cacheBytes() {
        return cache.blockCount() * cache.blockBytes();
    }

    Speculator speculator(ThreadBudget threads) {
        return Speculator.withDraftModel(new SharingModel(model, threads), cache);
    }
}
