package dev.parlance.engine.model;

import dev.parlance.engine.kvcache.BlockTable;

/**
 * Queries that read the same keys and so are computed together: some query heads that share a key
 * head, in some consecutive rows of one sequence. They are numbered row after row.
 *
 * @param firstRow, endRow rows of the step
 * @param firstHead, endHead query heads
 * @param window how many positions a query sees, its own included; 0 for all
 */
record Queries(
        Rows rows, int firstRow, int endRow, int firstHead, int endHead, int kvHead, int window) {

    BlockTable blocks() {
        return rows.blocks(firstRow);
    }

    int heads() {
        return endHead - firstHead;
    }

    int count() {
        return (endRow - firstRow) * heads();
    }

    int row(int query) {
        return firstRow + query / heads();
    }

    int head(int query) {
        return firstHead + query % heads();
    }

    /** The first position that a query sees. */
    int firstSeen(int query) {
        return firstSeenFrom(row(query));
    }

    /** The position after the last that a query sees. */
    int endSeen(int query) {
        return rows.position(row(query)) + 1;
    }

    /** The first position that any of them sees. */
    int firstSeen() {
        return firstSeenFrom(firstRow);
    }

    /** The position after the last that any of them sees. */
    int endSeen() {
        return rows.position(endRow - 1) + 1;
    }

    /** The span that holds the first position that any of them sees. */
    int firstSpan() {
        return firstSeen() / SpanAttention.SPAN;
    }

    /** The span after the last of which any of them sees a position. */
    int endSpan() {
        return (endSeen() - 1) / SpanAttention.SPAN + 1;
    }

    /** Floats that the result of a span takes. */
    int resultLength(int valueStride) {
        return count() * (valueStride + 2);
    }

    private int firstSeenFrom(int row) {
        return window == 0 ? 0 : Math.max(0, rows.position(row) + 1 - window);
    }
}
