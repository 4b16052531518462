package dev.parlance.engine.model;

import dev.parlance.engine.kvcache.BlockTable;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvStorage;
import dev.parlance.engine.model.Batch.LogitsWanted;
import dev.parlance.engine.model.Batch.Run;

import java.util.List;

/** Ways to run tokens through a model in tests. */
final class Logits {
    private Logits() {}

    /** The logits of every token, computed in one step from an empty cache. */
    static float[][] ofAll(LanguageModel model, int... tokens) {
        return ofAll(model, KvStorage.F32, tokens);
    }

    static float[][] ofAll(LanguageModel model, KvStorage storage, int... tokens) {
        KvCache cache = model.newCache(storage, model.kvShape().blocksFor(tokens.length));
        return step(model, cache, cache.allocate(tokens.length), 0, tokens);
    }

    /** Runs tokens of one sequence and returns the logits of each. */
    static float[][] step(
            LanguageModel model, KvCache cache, BlockTable blocks, int start, int... tokens) {
        float[][] logits = new float[tokens.length][];
        Run run = new Run(blocks, start, tokens, LogitsWanted.ALL, start + tokens.length);
        model.forward(
                new Batch(List.of(run)), cache, (_, row, values) -> logits[row] = values.clone());
        return logits;
    }

    /** Natural logs of the softmax, computed in double. */
    static double[] logProbabilities(float[] logits) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        double[] logProbabilities = new double[logits.length];
        for (int i = 0; i < logits.length; i++) {
            logProbabilities[i] = logits[i] - max - Math.log(sum);
        }
        return logProbabilities;
    }

    /** The index of the greatest value, ties to the lowest. */
    static int best(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }
}
