package dev.parlance.engine.scheduler;

import dev.parlance.engine.kernel.KernelPool;
import dev.parlance.engine.kernel.Kernels;
import dev.parlance.engine.kernel.ScalarKernels;
import dev.parlance.engine.kvcache.BlockTable;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvShape;
import dev.parlance.engine.kvcache.KvTile;
import dev.parlance.engine.model.Batch;
import dev.parlance.engine.model.LanguageModel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A model whose logits are a hash of all tokens up to the row, read back from the KV blocks: a
 * token that stands in the wrong block, or is missing, changes everything after it.
 */
final class FakeModel implements LanguageModel {
    static final int VOCABULARY = 23;

    final List<Batch> batches = new ArrayList<>();

    /** Called before each step; may throw. */
    Consumer<Batch> beforeForward = batch -> {};

    private final Kernels kernels = new ScalarKernels(new KernelPool(1));

    /** How many of the last tokens its logits depend on; with few of them it repeats itself. */
    int memory = Integer.MAX_VALUE;

    /** Of its layers, which all keep the same; the first must see everything. */
    List<Integer> windows = List.of(0);

    /** May spoil logits. */
    Consumer<float[]> logitsFilter = logits -> {};

    @Override
    public int vocabularySize() {
        return VOCABULARY;
    }

    @Override
    public int contextLength() {
        return 4096;
    }

    @Override
    public KvShape kvShape() {
        return new KvShape(windows, 1, 1);
    }

    @Override
    public void forward(Batch batch, KvCache cache, LogitsConsumer consumer) {
        batches.add(batch);
        beforeForward.accept(batch);
        for (int index = 0; index < batch.runs().size(); index++) {
            Batch.Run run = batch.runs().get(index);
            for (int row = 0; row < run.tokens().length; row++) {
                int position = run.startPosition() + row;
                cache.touch(run.blocks(), position);
                // Key: the token plus one, so that 0 means never written. Value: the position.
                float[] key = {run.tokens()[row] + 1};
                float[] value = {position};
                for (int layer = 0; layer < windows.size(); layer++) {
                    cache.write(run.blocks(), position, layer, key, 0, value, 0);
                }
                boolean last = row == run.tokens().length - 1;
                if (run.wanted() == Batch.LogitsWanted.ALL
                        || (run.wanted() == Batch.LogitsWanted.LAST && last)) {
                    float[] logits = logits(remembered(cache, run.blocks(), position + 1));
                    logitsFilter.accept(logits);
                    consumer.accept(index, row, logits);
                }
            }
        }
    }

    private int[] remembered(KvCache cache, BlockTable blocks, int length) {
        int[] tokens = readBack(cache, blocks, 0, 0, length);
        for (int layer = 1; layer < windows.size(); layer++) {
            int from = windows.get(layer) == 0 ? 0 : Math.max(0, length - windows.get(layer));
            int[] seen = readBack(cache, blocks, layer, from, length);
            if (!Arrays.equals(seen, Arrays.copyOfRange(tokens, from, length))) {
                throw new AssertionError("layer " + layer + " sees other tokens than the first");
            }
        }
        return Arrays.copyOfRange(tokens, Math.max(0, length - memory), length);
    }

    private int[] readBack(KvCache cache, BlockTable blocks, int layer, int from, int length) {
        int[] tokens = new int[length - from];
        KvTile keys = cache.newTile();
        KvTile values = cache.newTile();
        for (int position = from; position < length; position++) {
            int slot = position % KvCache.BLOCK_TOKENS;
            if (slot == 0 || position == from) {
                cache.readKeys(blocks, position, layer, 0, kernels, keys);
                cache.readValues(blocks, position, layer, 0, kernels, values);
            }
            tokens[position - from] = (int) keys.floats()[keys.offset() + slot] - 1;
            if (values.floats()[values.offset() + slot * values.stride()] != position) {
                throw new AssertionError("position " + position + " was never computed");
            }
        }
        return tokens;
    }

    static float[] logits(int[] tokens) {
        long hash = 1;
        for (int token : tokens) {
            hash = hash * 6364136223846793005L + token + 1442695040888963407L;
        }
        Random random = new Random(hash);
        float[] logits = new float[VOCABULARY];
        for (int i = 0; i < VOCABULARY; i++) {
            logits[i] = (float) random.nextGaussian() * 2;
        }
        return logits;
    }
}
