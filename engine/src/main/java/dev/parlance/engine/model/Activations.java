package dev.parlance.engine.model;

/**
 * The buffers that one step computes in. Owned by the transformer and used again step after step.
 *
 * <p>Shapes: rows x the length named, packed. Threads: written by the engine thread, and by the
 * kernel pool in disjoint parts.
 */
final class Activations {
    final int rowCapacity;

    /** rows x embedding: the residual stream. */
    final float[] residual;

    /** rows x embedding: the normed input of attention or feed-forward. */
    final float[] normed;

    /** rows x embedding: what attention or feed-forward adds. */
    final float[] added;

    /** rows x query length. */
    final float[] query;

    /** rows x key length. */
    final float[] key;

    /** rows x key length. */
    final float[] value;

    /** rows x query length: the heads' weighted values. */
    final float[] attended;

    /** rows x the longest feed-forward length. */
    final float[] gate;

    /** rows x the longest feed-forward length. */
    final float[] up;

    Activations(ModelConfig config, int rowCapacity) {
        this.rowCapacity = rowCapacity;
        int feedForwardLength =
                Math.max(config.feedForwardLength(), config.experts().feedForwardLength());
        this.residual = rows(config.embeddingLength());
        this.normed = rows(config.embeddingLength());
        this.added = rows(config.embeddingLength());
        this.query = rows(config.queryLength());
        this.key = rows(config.keyLength());
        this.value = rows(config.keyLength());
        this.attended = rows(config.queryLength());
        this.gate = rows(feedForwardLength);
        this.up = rows(feedForwardLength);
    }

    private float[] rows(int length) {
        return new float[Math.multiplyExact(rowCapacity, length)];
    }
}
