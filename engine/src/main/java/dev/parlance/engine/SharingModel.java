package dev.parlance.engine;

import dev.parlance.engine.kernel.ThreadBudget;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvShape;
import dev.parlance.engine.model.Batch;
import dev.parlance.engine.model.LanguageModel;

/** A model that takes its part of the processors while it computes a step, and only then. */
record SharingModel(LanguageModel model, ThreadBudget threads) implements LanguageModel {
    @Override
    public int vocabularySize() {
        return model.vocabularySize();
    }

    @Override
    public int contextLength() {
        return model.contextLength();
    }

    @Override
    public String positionScope(int promptLength) {
        return model.positionScope(promptLength);
    }

    @Override
    public KvShape kvShape() {
        return model.kvShape();
    }

    @Override
    public void forward(Batch batch, KvCache cache, LogitsConsumer consumer) {
        try (ThreadBudget.Busy _ = threads.begin()) {
            model.forward(batch, cache, consumer);
        }
    }
}
