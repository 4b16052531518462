package dev.parlance.engine.model;

import dev.parlance.engine.kernel.Kernels;
import dev.parlance.engine.kvcache.KvCache;
import dev.parlance.engine.kvcache.KvTile;

import java.util.Arrays;

/**
 * Attention of a few queries, span by span of the positions that they see, and the working memory
 * for it. Source of the running softmax: arXiv 1805.02867; of its use here, arXiv 2205.14135.
 *
 * <p>For each query, a span gives the greatest score, the sum of {@code exp(score - greatest)} and
 * the values weighted by these. {@link #merge} puts spans together, which must come in order of
 * position: then the result depends on nothing but the positions, because a span's bounds are fixed
 * and all sums in it are in order of position.
 *
 * <p>Threads: one at a time.
 */
final class SpanAttention {
    /** Positions of a span; the first is a multiple of it. */
    static final int SPAN = 512;

    /** Most queries computed together: what each of them needs should fit a core's cache. */
    static final int MAX_QUERIES = 16;

    /** Floats from one query's scores to the next's, kept out of each other's cache sets. */
    private static final int STRIDE = SPAN + 16;

    private static final int BLOCK = KvCache.BLOCK_TOKENS;

    private final ModelConfig config;
    private final Kernels kernels;
    private final KvCache cache;
    private final KvTile tile;
    private final int valueStride;

    /** queries x head length, scaled. */
    private final float[] queries;

    /** queries x span: scores, then weights. */
    private final float[] scores = new float[MAX_QUERIES * STRIDE];

    /** What the last span gave. */
    private final SpanResult span;

    /** What the spans so far gave together. */
    private final SpanResult total;

    SpanAttention(ModelConfig config, Kernels kernels, KvCache cache) {
        this.config = config;
        this.kernels = kernels;
        this.cache = cache;
        this.tile = cache.newTile();
        this.valueStride = cache.valueStride();
        this.queries = new float[MAX_QUERIES * config.headLength()];
        this.span = new SpanResult(valueStride);
        this.total = new SpanResult(valueStride);
    }

    /** Whether it reads this cache. */
    boolean reads(KvCache other) {
        return cache == other;
    }

    /** Takes up queries: those of all heads of all rows are in {@code query}. */
    void begin(Queries work, float[] query) {
        int length = config.headLength();
        for (int i = 0; i < work.count(); i++) {
            int from = work.row(i) * config.queryLength() + work.head(i) * length;
            System.arraycopy(query, from, queries, i * length, length);
        }
        kernels.scale(config.attentionScale(), queries, 0, work.count() * length);
        clear();
    }

    /** Forgets the spans so far. */
    void clear() {
        total.clear();
    }

    private static int tileRows(Queries work) {
        return Math.ceilDiv(work.count(), Kernels.TILE_ROWS) * Kernels.TILE_ROWS;
    }

    /** Computes one span. */
    void compute(Queries work, int layer, int spanIndex) {
        int origin = spanIndex * SPAN;
        int first = Math.max(origin, work.firstSeen() / BLOCK * BLOCK);
        int end = Math.min(origin + SPAN, work.endSeen());
        score(work, layer, origin, first, end);
        for (int i = 0; i < work.count(); i++) {
            weigh(work, i, origin, first, Math.ceilDiv(end, BLOCK) * BLOCK);
        }
        mix(work, layer, origin, first, end);
    }

    /** scores = scale · q·k */
    private void score(Queries work, int layer, int origin, int first, int end) {
        int rows = tileRows(work);
        for (int i = 0; i < rows; i++) {
            int row = i * STRIDE - origin;
            Arrays.fill(scores, row + first, row + Math.ceilDiv(end, BLOCK) * BLOCK, 0);
        }
        int length = config.headLength();
        for (int position = first; position < end; position += BLOCK) {
            cache.readKeys(work.blocks(), position, layer, work.kvHead(), kernels, tile);
            kernels.multiplyAdd(
                    rows,
                    length,
                    BLOCK,
                    queries,
                    0,
                    length,
                    tile.floats(),
                    tile.offset(),
                    tile.stride(),
                    scores,
                    position - origin,
                    STRIDE);
        }
    }

    /** weight = exp(score - greatest) of the positions that a query sees, 0 of the others. */
    private void weigh(Queries work, int query, int origin, int first, int end) {
        int row = query * STRIDE - origin;
        int from = Math.max(first, work.firstSeen(query));
        int to = Math.min(end, work.endSeen(query));
        if (from >= to) {
            Arrays.fill(scores, row + first, row + end, 0);
            span.greatest[query] = Float.NEGATIVE_INFINITY;
            span.sums[query] = 0;
            return;
        }
        if (config.attentionSoftcap() != 0) {
            kernels.softcap(config.attentionSoftcap(), scores, row + from, to - from);
        }
        Arrays.fill(scores, row + first, row + from, Float.NEGATIVE_INFINITY);
        Arrays.fill(scores, row + to, row + end, Float.NEGATIVE_INFINITY);
        float greatest = kernels.max(scores, row + first, end - first);
        span.greatest[query] = greatest;
        span.sums[query] = kernels.expSum(greatest, scores, row + first, end - first);
    }

    /** values = Σ weight · v */
    private void mix(Queries work, int layer, int origin, int first, int end) {
        int rows = tileRows(work);
        Arrays.fill(span.values, 0, rows * valueStride, 0);
        for (int position = first; position < end; position += BLOCK) {
            cache.readValues(work.blocks(), position, layer, work.kvHead(), kernels, tile);
            kernels.multiplyAdd(
                    rows,
                    // Not the positions after: what they hold need not even be a number.
                    Math.min(BLOCK, end - position),
                    valueStride,
                    scores,
                    position - origin,
                    STRIDE,
                    tile.floats(),
                    tile.offset(),
                    tile.stride(),
                    span.values,
                    0,
                    valueStride);
        }
    }

    /** Adds the span that was computed, or put here, last. */
    void merge(Queries work) {
        total.add(span, work.count(), kernels);
    }

    /** Where the queries' outputs belong, as all heads of all rows. */
    void finish(Queries work, float[] out) {
        int length = config.headLength();
        for (int i = 0; i < work.count(); i++) {
            int to = work.row(i) * config.queryLength() + work.head(i) * length;
            System.arraycopy(total.values, i * valueStride, out, to, length);
            kernels.scale(1 / total.sums[i], out, to, length);
        }
    }

    /** Keeps the result of the last span elsewhere. */
    void save(Queries work, float[] to, int offset) {
        span.save(work.count(), to, offset);
    }

    /** Takes the result of a span from elsewhere. */
    void restore(Queries work, float[] from, int offset) {
        span.restore(work.count(), from, offset);
    }
}
