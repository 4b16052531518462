package dev.parlance.engine.model;

import dev.parlance.engine.kernel.Kernels;
import dev.parlance.engine.kvcache.KvCache;

import java.util.ArrayList;
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
     * Queries that read the same keys are computed together, so that a key is fetched and decoded
     * once for all of them: the query heads that share a key head, for a few consecutive rows of
     * one sequence, a chunk. That is a task for a thread. Where there are few of them and they are
     * long, as when one sequence decodes, spans of one are spread over threads; what they give is
     * then put together in order of position, as it always is. So a result depends neither on the
     * chunk, nor on where the blocks lie, nor on the threads.
     */

    /** How many tasks are enough to keep the threads busy to the end, whatever their number. */
    private static final int ENOUGH_TASKS = 64;

    /** More working memories than this are never kept; that many threads would find enough. */
    private static final int MAX_WORKERS = 256;

    private final ModelConfig config;
    private final Kernels kernels;
    private final int groupSize;

    /** Parts that the heads of a group are computed in: one, unless there are very many. */
    private final int groupParts;

    private final int rowsPerChunk;

    /** First row of each chunk, and of the one after the last. */
    private int[] chunkStarts = new int[1];

    private int chunkCount;

    /** What a task computes: some spans of some queries. */
    private record Task(Queries queries, int firstSpan, int endSpan, int resultAt) {
        /** In place of where to put results: none are needed, because the task has all spans. */
        static final int WHOLE = -1;
    }

    /** Results of the spans that tasks share. */
    private float[] results = new float[0];

    /** Working memories, as many as threads have worked at once. */
    private final ArrayBlockingQueue<SpanAttention> workers = new ArrayBlockingQueue<>(MAX_WORKERS);

    Attention(ModelConfig config, Kernels kernels) {
        this.config = config;
        this.kernels = kernels;
        this.groupSize = config.headCount() / config.kvHeadCount();
        this.groupParts = Math.ceilDiv(groupSize, SpanAttention.MAX_QUERIES);
        this.rowsPerChunk =
                Math.max(1, SpanAttention.MAX_QUERIES / Math.ceilDiv(groupSize, groupParts));
    }

    /** Cuts a step's rows into chunks; the layers that follow share them. */
    void prepare(Rows rows) {
        if (chunkStarts.length <= rows.count()) {
            chunkStarts = new int[rows.count() + 1];
        }
        chunkCount = 0;
        for (int row = 0; row < rows.count(); row++) {
            int first = chunkCount == 0 ? 0 : chunkStarts[chunkCount - 1];
            boolean full = row - first == rowsPerChunk;
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
        attend(rows, layer.window(), layerIndex, cache, query, activations.attended);
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
            rope.rotate(kernels, row, query, queryOffset, config.headCount(), config.headLength());
            rope.rotate(kernels, row, key, keyOffset, config.kvHeadCount(), config.headLength());
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
        int offset = row * config.keyLength();
        cache.write(rows.blocks(row), rows.position(row), layerIndex, key, offset, value, offset);
    }

    /** All queries of a layer; those of the same head follow each other. */
    private List<Queries> queries(Rows rows, int window) {
        List<Queries> all = new ArrayList<>();
        for (int kvHead = 0; kvHead < config.kvHeadCount(); kvHead++) {
            for (int part = 0; part < groupParts; part++) {
                int firstHead = kvHead * groupSize + part * groupSize / groupParts;
                int endHead = kvHead * groupSize + (part + 1) * groupSize / groupParts;
                for (int chunk = 0; chunk < chunkCount; chunk++) {
                    all.add(
                            new Queries(
                                    rows,
                                    chunkStarts[chunk],
                                    chunkStarts[chunk + 1],
                                    firstHead,
                                    endHead,
                                    kvHead,
                                    window));
                }
            }
        }
        return all;
    }

    /**
     * Puts {@code Σ softmax(scale · q·k) v} of prepared rows into {@code out}; both are {@code rows
     * x query length}.
     *
     * @param window how many positions a row sees, its own included; 0 for all
     */
    void attend(Rows rows, int window, int layerIndex, KvCache cache, float[] query, float[] out) {
        List<Queries> all = queries(rows, window);
        long spans = 0;
        for (Queries queries : all) {
            spans += queries.endSpan() - queries.firstSpan();
        }
        int most = (int) Math.max(1, spans / ENOUGH_TASKS);
        List<Task> tasks = new ArrayList<>();
        List<Task> shared = new ArrayList<>();
        int resultLength = 0;
        for (Queries queries : all) {
            int first = queries.firstSpan();
            int end = queries.endSpan();
            if (end - first <= most) {
                tasks.add(new Task(queries, first, end, Task.WHOLE));
                continue;
            }
            shared.add(new Task(queries, first, end, resultLength));
            int each = queries.resultLength(cache.valueStride());
            for (int span = first; span < end; span += most) {
                int stop = Math.min(end, span + most);
                tasks.add(new Task(queries, span, stop, resultLength));
                resultLength = Math.addExact(resultLength, Math.multiplyExact(each, stop - span));
            }
        }
        if (results.length < resultLength) {
            results = new float[resultLength];
        }
        kernels.parallel(
                tasks.size(), task -> compute(tasks.get(task), layerIndex, cache, query, out));
        kernels.parallel(shared.size(), task -> putTogether(shared.get(task), cache, out));
    }

    private void compute(Task task, int layerIndex, KvCache cache, float[] query, float[] out) {
        Queries queries = task.queries();
        SpanAttention worker = takeWorker(cache);
        worker.begin(queries, query);
        int at = task.resultAt();
        for (int span = task.firstSpan(); span < task.endSpan(); span++) {
            worker.compute(queries, layerIndex, span);
            if (at == Task.WHOLE) {
                worker.merge(queries);
            } else {
                worker.save(queries, results, at);
                at += queries.resultLength(cache.valueStride());
            }
        }
        if (at == Task.WHOLE) {
            worker.finish(queries, out);
        }
        workers.offer(worker);
    }

    /** Merges what other tasks have computed. */
    private void putTogether(Task task, KvCache cache, float[] out) {
        Queries queries = task.queries();
        SpanAttention worker = takeWorker(cache);
        worker.clear();
        int at = task.resultAt();
        for (int span = task.firstSpan(); span < task.endSpan(); span++) {
            worker.restore(queries, results, at);
            worker.merge(queries);
            at += queries.resultLength(cache.valueStride());
        }
        worker.finish(queries, out);
        workers.offer(worker);
    }

    private SpanAttention takeWorker(KvCache cache) {
        SpanAttention worker = workers.poll();
        return worker != null && worker.reads(cache)
                ? worker
                : new SpanAttention(config, kernels, cache);
    }
}
