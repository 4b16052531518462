package dev.parlance.engine.model;

import org.jspecify.annotations.Nullable;

/**
 * One layer's weights and what sets it apart from the other layers.
 *
 * @param query, key, value embedding to heads
 * @param queryNorm, keyNorm applied before rotation
 * @param rope null where the layer does not rotate
 * @param window how many positions a token sees, itself included; 0 for all
 */
record Layer(
        Norm attentionNorm,
        Linear query,
        Linear key,
        Linear value,
        Norm queryNorm,
        Norm keyNorm,
        @Nullable Rope rope,
        int window,
        Linear attentionOutput,
        Norm attentionOutputNorm,
        Norm feedForwardNorm,
        FeedForward feedForward,
        Norm feedForwardOutputNorm) {}
