package dev.parlance.engine.model;

import dev.parlance.engine.kernel.Kernels;
import dev.parlance.engine.kvcache.BlockTable;
import dev.parlance.engine.kvcache.KvCache;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Causal grouped-query attention over the KV cache.
 *
 * <p>{@code out = Σ softmax(scale · q·k) v} over the positions a token sees. Threads: called by the
 * engine thread; the work is spread over the kernel pool. Source: arXiv 1706.03762 section 3.2,
 * arXiv 2305.13245.
 */
final class Attention {
    /*
     * Queries that read the same keys are computed together, so that a key is fetched once for all
     * of them: the query heads that share a key head, for a few consecutive rows of one sequence, a
     * chunk. Each query still has sums of its own, in order of position, so that its result depends
     * neither on the chunk nor on where the blocks lie.
     */

    /** Queries computed together: few enough for their weights to stay in a core's cache. */
    private static final int CHUNK_QUERIES = 16;

    /** More buffers than this are never kept; a pool of that many threads would find enough. */
    private static final int MAX_BUFFERS = 256;

    private final ModelConfig config;
    private final Kernels kernels;
    private final int groupSize;

    /** First row of each chunk, and of the one after the last. */
    private int[] chunkStarts = new int[1];

    private int chunkCount;

    /** Buffers for the weights of a chunk, as many as threads have worked at once. */
    private final ArrayBlockingQueue<float[]> buffers = new ArrayBlockingQueue<>(MAX_BUFFERS);

    Attention(ModelConfig config, Kernels kernels) {
        this.config = config;
        this.kernels = kernels;
        this.groupSize = config.headCount() / config.kvHeadCount();
    }

    /** Cuts a step's rows into chunks; the layers that follow share them. */
    void prepare(Rows rows) {
        if (chunkStarts.length <= rows.count()) {
            chunkStarts = new int[rows.count() + 1];
        }
        int most = Math.max(1, CHUNK_QUERIES / groupSize);
        chunkCount = 0;
        for (int row = 0; row < rows.count(); row++) {
            int first = chunkCount == 0 ? 0 : chunkStarts[chunkCount - 1];
            boolean full = row - first == most;
            if (row == 0 || full || rows.runIndex(row) != rows.runIndex(first)) {
                chunkStarts[chunkCount++] = row;
            }
        }
        chunkStarts[chunkCount] = rows.count();
    }

    /** Puts attention's output for {@code activations.normed} of all rows into {@code added}. */
    void apply(Layer layer, int layerIndex, Rows rows, KvCache cache, Activations activations) {
        float[] query = activations.query;
        float[] key = activations.key;
        float[] value = activations.value;
        Linear.applyEach(
                kernels,
                List.of(layer.query(), layer.key(), layer.value()),
                activations.normed,
                rows.count(),
                List.of(query, key, value));
        kernels.parallel(
                rows.count(),
                row -> {
                    place(layer, rows.position(row), row, query, key);
                    store(layerIndex, rows, row, cache, key, value);
                });
        int kvHeads = config.kvHeadCount();
        kernels.parallel(
                chunkCount * kvHeads,
                task -> {
                    int chunk = task / kvHeads;
                    Chunk work =
                            new Chunk(
                                    layer,
                                    layerIndex,
                                    rows,
                                    chunkStarts[chunk],
                                    chunkStarts[chunk + 1],
                                    task % kvHeads);
                    attend(work, cache, query, activations.attended);
                });
        layer.attentionOutput()
                .apply(kernels, activations.attended, rows.count(), activations.added);
    }

    /** Norms and rotates a row's queries and keys. */
    private void place(Layer layer, int position, int row, float[] query, float[] key) {
        int queryLength = config.queryLength();
        int keyLength = config.keyLength();
        int queryOffset = row * queryLength;
        int keyOffset = row * keyLength;
        layer.queryNorm().apply(kernels, query, queryOffset, query, queryOffset, queryLength);
        layer.keyNorm().apply(kernels, key, keyOffset, key, keyOffset, keyLength);
        Rope rope = layer.rope();
        if (rope != null) {
            rope.rotate(row, query, queryOffset, config.headCount(), config.headLength());
            rope.rotate(row, key, keyOffset, config.kvHeadCount(), config.headLength());
        }
        float temperature = temperature(position);
        if (temperature != 1) {
            for (int i = queryOffset; i < queryOffset + queryLength; i++) {
                query[i] *= temperature;
            }
        }
    }

    /** Grows with the logarithm of the position; source: transformers modeling_ministral3.py. */
    private float temperature(int position) {
        return (float)
                (1 + config.temperatureScale() * Math.log1p(position / config.temperatureLength()));
    }

    private void store(
            int layerIndex, Rows rows, int row, KvCache cache, float[] key, float[] value) {
        int length = config.keyLength();
        int position = rows.position(row);
        float[] block = cache.block(rows.blocks(row), position);
        System.arraycopy(key, row * length, block, cache.keyOffset(layerIndex, position), length);
        System.arraycopy(
                value, row * length, block, cache.valueOffset(layerIndex, position), length);
    }

    /** The queries that share one key head, in the rows {@code firstRow} to {@code endRow - 1}. */
    private record Chunk(
            Layer layer, int layerIndex, Rows rows, int firstRow, int endRow, int kvHead) {
        BlockTable blocks() {
            return rows.blocks(firstRow);
        }

        /** The first position that a row sees. */
        int firstSeen(int row) {
            return layer.window() == 0 ? 0 : Math.max(0, rows.position(row) + 1 - layer.window());
        }

        /** The first position that any of the rows sees. */
        int firstSeen() {
            return firstSeen(firstRow);
        }

        /** The last position that any of the rows sees. */
        int lastSeen() {
            return rows.position(endRow - 1);
        }

        /** The first of the rows that see a position. */
        int firstRowThatSees(int position) {
            return Math.max(firstRow, firstRow + position - rows.position(firstRow));
        }

        /** The row after the last that sees a position. */
        int endRowThatSees(int position) {
            return layer.window() == 0
                    ? endRow
                    : Math.min(
                            endRow, firstRow + position + layer.window() - rows.position(firstRow));
        }
    }

    private void attend(Chunk chunk, KvCache cache, float[] query, float[] out) {
        int seen = chunk.lastSeen() + 1 - chunk.firstSeen();
        float[] weights = takeBuffer((chunk.endRow() - chunk.firstRow()) * groupSize * seen);

        // weight = softmax(scale · q·k)
        score(chunk, cache, query, weights, seen);
        for (int row = chunk.firstRow(); row < chunk.endRow(); row++) {
            int first = chunk.firstSeen(row) - chunk.firstSeen();
            int length = chunk.rows().position(row) + 1 - chunk.firstSeen(row);
            for (int i = 0; i < groupSize; i++) {
                int offset = ((row - chunk.firstRow()) * groupSize + i) * seen + first;
                Softcap.apply(config.attentionSoftcap(), weights, offset, length);
                kernels.softmax(weights, offset, length);
            }
        }

        // out = Σ weight · v
        mix(chunk, cache, weights, seen, out);
        buffers.offer(weights);
    }

    private void score(Chunk chunk, KvCache cache, float[] query, float[] weights, int seen) {
        int headLength = config.headLength();
        for (int position = chunk.firstSeen(); position <= chunk.lastSeen(); position++) {
            float[] block = cache.block(chunk.blocks(), position);
            int keyOffset =
                    cache.keyOffset(chunk.layerIndex(), position) + chunk.kvHead() * headLength;
            int end = chunk.endRowThatSees(position);
            for (int row = chunk.firstRowThatSees(position); row < end; row++) {
                int queryOffset = headOffset(row, chunk.kvHead());
                int weightOffset =
                        (row - chunk.firstRow()) * groupSize * seen + position - chunk.firstSeen();
                for (int i = 0; i < groupSize; i++) {
                    weights[weightOffset + i * seen] =
                            config.attentionScale()
                                    * kernels.dot(
                                            query,
                                            queryOffset + i * headLength,
                                            block,
                                            keyOffset,
                                            headLength);
                }
            }
        }
    }

    private void mix(Chunk chunk, KvCache cache, float[] weights, int seen, float[] out) {
        int headLength = config.headLength();
        for (int row = chunk.firstRow(); row < chunk.endRow(); row++) {
            int offset = headOffset(row, chunk.kvHead());
            Arrays.fill(out, offset, offset + groupSize * headLength, 0);
        }
        for (int position = chunk.firstSeen(); position <= chunk.lastSeen(); position++) {
            float[] block = cache.block(chunk.blocks(), position);
            int valueOffset =
                    cache.valueOffset(chunk.layerIndex(), position) + chunk.kvHead() * headLength;
            int end = chunk.endRowThatSees(position);
            for (int row = chunk.firstRowThatSees(position); row < end; row++) {
                int outOffset = headOffset(row, chunk.kvHead());
                int weightOffset =
                        (row - chunk.firstRow()) * groupSize * seen + position - chunk.firstSeen();
                for (int i = 0; i < groupSize; i++) {
                    kernels.addScaled(
                            weights[weightOffset + i * seen],
                            block,
                            valueOffset,
                            out,
                            outOffset + i * headLength,
                            headLength);
                }
            }
        }
    }

    /** Where the first query head of a key head's group lies in queries and outputs. */
    private int headOffset(int row, int kvHead) {
        return row * config.queryLength() + kvHead * groupSize * config.headLength();
    }

    private float[] takeBuffer(int length) {
        float[] buffer = buffers.poll();
        return buffer != null && buffer.length >= length
                ? buffer
                : new float[Math.max(length, buffer == null ? 0 : 2 * buffer.length)];
    }
}
