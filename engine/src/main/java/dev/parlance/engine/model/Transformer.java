package dev.parlance.engine.model;

import dev.parlance.engine.kernel.Kernels;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvShape;
import dev.parlance.engine.tensor.Matrix;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The decoder-only transformer: one forward pass for all families.
 *
 * <p>What a row yields does not depend on the rows it is computed with: every sum has its own fixed
 * order. So a prompt may be cut into steps in any way. Threads: one at a time, the engine thread;
 * the buffers belong to the transformer. Source: arXiv 1706.03762; the families' differences are in
 * {@link Architectures}.
 */
final class Transformer implements LanguageModel {
    /** Rows computed at once; a larger batch is cut, so that the buffers stay bounded. */
    private static final int MAX_ROWS = 512;

    /** Bound of the floats that logits are computed in: 16 MiB. */
    private static final int MAX_LOGIT_FLOATS = 1 << 22;

    private static final int MAX_LOGIT_ROWS = 64;

    private final ModelConfig config;
    private final Weights weights;
    private final Kernels kernels;
    private final Attention attention;
    private final FeedForwardPass feedForward;
    private final int vocabularySize;
    private final int logitRowCapacity;
    private Activations activations;

    /** rows wanted x embedding. */
    private float[] hidden = new float[0];

    /** rows wanted x vocabulary. */
    private float[] logits = new float[0];

    private final int[] wantedRows;
    private final float[] rowLogits;

    Transformer(ModelConfig config, Weights weights, Kernels kernels) {
        this.config = config;
        this.weights = weights;
        this.kernels = kernels;
        this.attention = new Attention(config, kernels);
        this.feedForward = new FeedForwardPass(config, kernels);
        this.vocabularySize = weights.outputHead().matrix().rows();
        this.logitRowCapacity = Math.clamp(MAX_LOGIT_FLOATS / vocabularySize, 1, MAX_LOGIT_ROWS);
        this.activations = new Activations(config, 1);
        this.wantedRows = new int[logitRowCapacity];
        this.rowLogits = new float[vocabularySize];
    }

    @Override
    public int vocabularySize() {
        return vocabularySize;
    }

    @Override
    public int contextLength() {
        return config.contextLength();
    }

    @Override
    public String positionScope(int promptLength) {
        boolean far = weights.ropes().stream().anyMatch(rope -> rope.isFar(promptLength));
        return far ? "far" : "near";
    }

    @Override
    public KvShape kvShape() {
        List<Integer> windows = IntStream.of(config.windows()).boxed().toList();
        return new KvShape(windows, config.kvHeadCount(), config.headLength());
    }

    @Override
    public void forward(Batch batch, KvCache cache, LogitsConsumer consumer) {
        boolean learnedPositions = weights.positionEmbedding() != null;
        int positionLimit = learnedPositions ? config.contextLength() : Integer.MAX_VALUE;
        Rows rows = Rows.of(batch, vocabularySize, positionLimit);
        for (int first = 0; first < rows.count(); first += MAX_ROWS) {
            step(rows.slice(first, Math.min(MAX_ROWS, rows.count() - first)), cache, consumer);
        }
    }

    private void step(Rows rows, KvCache cache, LogitsConsumer consumer) {
        reserve(rows, cache);
        for (Rope rope : weights.ropes()) {
            rope.prepare(rows, kernels);
        }

        attention.prepare(rows);

        // x = embedding of the token
        embed(rows);

        for (int i = 0; i < weights.layers().size(); i++) {
            Layer layer = weights.layers().get(i);

            // x += norm(attention(norm(x)))
            norm(layer.attentionNorm(), activations.residual, activations.normed, rows.count());
            attention.apply(layer, i, rows, cache, activations);
            norm(layer.attentionOutputNorm(), activations.added, activations.added, rows.count());
            addToResidual(rows.count());

            // x += norm(feedForward(norm(x)))
            norm(layer.feedForwardNorm(), activations.residual, activations.normed, rows.count());
            feedForward.apply(layer.feedForward(), rows.count(), activations);
            norm(layer.feedForwardOutputNorm(), activations.added, activations.added, rows.count());
            addToResidual(rows.count());
        }

        // logits = head(norm(x))
        handOutLogits(rows, consumer);
    }

    private void reserve(Rows rows, KvCache cache) {
        if (activations.rowCapacity < rows.count()) {
            activations =
                    new Activations(
                            config, Math.min(MAX_ROWS, Integer.highestOneBit(rows.count()) * 2));
        }
        for (int row = 0; row < rows.count(); row++) {
            cache.touch(rows.blocks(row), rows.position(row));
        }
    }

    private void embed(Rows rows) {
        Matrix positions = weights.positionEmbedding();
        int width = config.embeddingLength();
        float[] x = activations.residual;
        kernels.parallel(
                rows.count(),
                row -> {
                    int offset = row * width;
                    weights.tokenEmbedding().readRow(rows.token(row), x, offset);
                    if (config.embeddingScale() != 1) {
                        for (int i = offset; i < offset + width; i++) {
                            x[i] *= config.embeddingScale();
                        }
                    }
                    if (positions != null) {
                        float[] position = activations.normed;
                        positions.readRow(rows.position(row), position, offset);
                        kernels.addScaled(1, position, offset, x, offset, width);
                    }
                });
    }

    private void norm(Norm norm, float[] x, float[] out, int rowCount) {
        int width = config.embeddingLength();
        if (norm instanceof Norm.Absent && x == out) {
            return;
        }
        kernels.parallel(
                rowCount, row -> norm.apply(kernels, x, row * width, out, row * width, width));
    }

    private void addToResidual(int rowCount) {
        kernels.addScaled(
                config.residualScale(),
                activations.added,
                0,
                activations.residual,
                0,
                rowCount * config.embeddingLength());
    }

    /** Computes the logits of the rows whose logits are wanted, some rows at a time. */
    private void handOutLogits(Rows rows, LogitsConsumer consumer) {
        int width = config.embeddingLength();
        int count = 0;
        for (int row = 0; row < rows.count(); row++) {
            if (rows.logitsWanted(row)) {
                if (count == logitRowCapacity) {
                    computeLogits(rows, count, consumer);
                    count = 0;
                }
                reserveLogits(count + 1);
                weights.outputNorm()
                        .apply(
                                kernels,
                                activations.residual,
                                row * width,
                                hidden,
                                count * width,
                                width);
                wantedRows[count++] = row;
            }
        }
        if (count > 0) {
            computeLogits(rows, count, consumer);
        }
    }

    private void computeLogits(Rows rows, int count, LogitsConsumer consumer) {
        weights.outputHead().apply(kernels, hidden, count, logits);
        for (int i = 0; i < count; i++) {
            System.arraycopy(logits, i * vocabularySize, rowLogits, 0, vocabularySize);
            if (config.logitScale() != 1) {
                for (int token = 0; token < vocabularySize; token++) {
                    rowLogits[token] *= config.logitScale();
                }
            }
            if (config.logitSoftcap() != 0) {
                kernels.softcap(config.logitSoftcap(), rowLogits, 0, vocabularySize);
            }
            int row = wantedRows[i];
            consumer.accept(rows.runIndex(row), rows.rowInRun(row), rowLogits);
        }
    }

    private void reserveLogits(int count) {
        int width = config.embeddingLength();
        if (hidden.length < count * width) {
            int capacity = Math.min(logitRowCapacity, Integer.highestOneBit(count) * 2);
            hidden = Arrays.copyOf(hidden, capacity * width);
            logits = new float[capacity * vocabularySize];
        }
    }
}
