package dev.parlance.engine.model;

import dev.parlance.engine.tensor.Matrix;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A model's weights.
 *
 * @param tokenEmbedding vocabulary x embedding
 * @param positionEmbedding positions x embedding; null where positions are rotated
 * @param ropes the distinct rotations that layers share
 * @param outputHead embedding to vocabulary; may hold the token embedding's numbers
 */
record Weights(
        Matrix tokenEmbedding,
        @Nullable Matrix positionEmbedding,
        List<Rope> ropes,
        List<Layer> layers,
        Norm outputNorm,
        Linear outputHead) {
    Weights {
        ropes = List.copyOf(ropes);
        layers = List.copyOf(layers);
    }
}
