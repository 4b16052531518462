package dev.parlance.engine.model;

import dev.parlance.engine.kernel.Kernels;
import dev.parlance.engine.model.FeedForward.Gated;
import dev.parlance.engine.model.FeedForward.Mixture;
import dev.parlance.engine.model.FeedForward.Plain;

import java.util.Arrays;
import java.util.List;

/**
 * Computes the feed-forward part of a layer.
 *
 * <p>In a mixture the rows of one expert are computed together, expert by expert, so that a row
 * adds up its experts in the order of their indexes whatever the other rows are. Threads: called by
 * the engine thread.
 */
final class FeedForwardPass {
    private final Kernels kernels;
    private final int width;

    /** rows x experts: the router's logits, then probabilities. */
    private float[] routing = new float[0];

    /** rows x experts: how much of each expert a row takes; 0 for not at all. */
    private float[] shares = new float[0];

    /** rows x embedding: inputs, then outputs of the rows of one expert. */
    private float[] expertRows = new float[0];

    private int[] rowsOfExpert = new int[0];

    FeedForwardPass(ModelConfig config, Kernels kernels) {
        this.kernels = kernels;
        this.width = config.embeddingLength();
    }

    /** Replaces {@code activations.normed} of the rows by the part's output, in {@code added}. */
    void apply(FeedForward feedForward, int rowCount, Activations activations) {
        switch (feedForward) {
            case Plain plain -> plain(plain, rowCount, activations);
            case Gated gated ->
                    gated(gated, activations.normed, rowCount, activations, activations.added);
            case Mixture mixture -> mixture(mixture, rowCount, activations);
        }
    }

    private void plain(Plain weights, int rowCount, Activations activations) {
        float[] up = activations.up;
        int length = weights.up().matrix().rows();
        weights.up().apply(kernels, activations.normed, rowCount, up);
        kernels.parallel(rowCount, row -> kernels.gelu(up, row * length, length));
        weights.down().apply(kernels, up, rowCount, activations.added);
    }

    private void gated(
            Gated weights, float[] x, int rowCount, Activations activations, float[] out) {
        float[] gate = activations.gate;
        float[] up = activations.up;
        int length = weights.up().matrix().rows();
        List<Linear> both = List.of(weights.gate(), weights.up());
        Linear.applyEach(kernels, both, x, rowCount, List.of(gate, up));
        kernels.parallel(
                rowCount,
                row -> {
                    int offset = row * length;
                    switch (weights.activation()) {
                        case GATED_SILU -> kernels.siluMultiply(gate, offset, up, offset, length);
                        case GATED_GELU -> kernels.geluMultiply(gate, offset, up, offset, length);
                        case GELU -> throw new IllegalStateException("GELU has no gate");
                    }
                });
        weights.down().apply(kernels, gate, rowCount, out);
    }

    private void mixture(Mixture weights, int rowCount, Activations activations) {
        int expertCount = weights.experts().size();
        reserve(rowCount, expertCount);
        weights.router().apply(kernels, activations.normed, rowCount, routing);
        for (int row = 0; row < rowCount; row++) {
            route(weights.config(), row);
        }
        Arrays.fill(activations.added, 0, rowCount * width, 0);
        for (int expert = 0; expert < expertCount; expert++) {
            int count = gather(expert, expertCount, rowCount, activations.normed);
            if (count > 0) {
                gated(weights.experts().get(expert), expertRows, count, activations, expertRows);
                scatter(expert, expertCount, count, activations.added);
            }
        }
    }

    /** Picks a row's experts, the most probable ones, ties to the lowest index. */
    private void route(ExpertConfig config, int row) {
        int first = row * config.count();
        kernels.softmax(routing, first, config.count());
        Arrays.fill(shares, first, first + config.count(), 0);
        float sum = 0;
        for (int n = 0; n < config.usedCount(); n++) {
            int best = -1;
            for (int i = first; i < first + config.count(); i++) {
                // A chosen one's probability is taken out of the race below.
                if (best < 0 || routing[i] > routing[best]) {
                    best = i;
                }
            }
            shares[best] = routing[best];
            sum += routing[best];
            routing[best] = -1;
        }
        for (int i = first; i < first + config.count(); i++) {
            if (shares[i] > 0) {
                shares[i] =
                        config.weightsScale()
                                * (config.normsWeights() ? shares[i] / sum : shares[i]);
            }
        }
    }

    /** Copies the inputs of an expert's rows together and returns how many there are. */
    private int gather(int expert, int expertCount, int rowCount, float[] x) {
        int count = 0;
        for (int row = 0; row < rowCount; row++) {
            if (shares[row * expertCount + expert] > 0) {
                System.arraycopy(x, row * width, expertRows, count * width, width);
                rowsOfExpert[count++] = row;
            }
        }
        return count;
    }

    private void scatter(int expert, int expertCount, int count, float[] out) {
        for (int i = 0; i < count; i++) {
            int row = rowsOfExpert[i];
            float share = shares[row * expertCount + expert];
            kernels.addScaled(share, expertRows, i * width, out, row * width, width);
        }
    }

    private void reserve(int rowCount, int expertCount) {
        if (rowsOfExpert.length < rowCount) {
            routing = new float[rowCount * expertCount];
            shares = new float[rowCount * expertCount];
            expertRows = new float[rowCount * width];
            rowsOfExpert = new int[rowCount];
        }
    }
}
