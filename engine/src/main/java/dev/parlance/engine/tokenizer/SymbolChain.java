package dev.parlance.engine.tokenizer;

import java.util.Arrays;

/**
 * A text cut into symbols, of which neighbours are merged, best pair first.
 *
 * <p>The symbols form a doubly linked list in arrays. The pairs that may be merged wait in a {@link
 * LongQueue}, each as one long: its rank above its left symbol, so that of equal ranks the leftmost
 * comes first. A pair that changed since it was put there is known by its rank, which the left
 * symbol keeps. Threads: one at a time. Cost: at most three entries a symbol, so n·log n.
 */
final class SymbolChain {
    private static final int INITIAL_CAPACITY = 32;
    private static final int NO_PAIR = -1;

    /** Says what two neighbours make. */
    interface PairRule {
        /** {@code rank << 32 | id} of the merged symbol, or -1 where the two do not merge. */
        long find(SymbolChain chain, int left, int right);
    }

    private final PairRule rule;
    private int count;
    private int[] ids = new int[INITIAL_CAPACITY];
    private int[] starts = new int[INITIAL_CAPACITY];
    private int[] ends = new int[INITIAL_CAPACITY];
    private int[] previous = new int[INITIAL_CAPACITY];
    private int[] next = new int[INITIAL_CAPACITY];
    private int[] pairRanks = new int[INITIAL_CAPACITY];
    private int[] pairIds = new int[INITIAL_CAPACITY];
    private final LongQueue queue = new LongQueue();
    private long steps;

    SymbolChain(PairRule rule) {
        this.rule = rule;
    }

    void clear() {
        count = 0;
    }

    /** Adds a symbol at the end: its token id (or -1) and where it lies in the text. */
    void add(int id, int start, int end) {
        if (count == ids.length) {
            grow(count * 2);
        }
        ids[count] = id;
        starts[count] = start;
        ends[count] = end;
        count++;
    }

    private void grow(int capacity) {
        ids = Arrays.copyOf(ids, capacity);
        starts = Arrays.copyOf(starts, capacity);
        ends = Arrays.copyOf(ends, capacity);
        previous = Arrays.copyOf(previous, capacity);
        next = Arrays.copyOf(next, capacity);
        pairRanks = Arrays.copyOf(pairRanks, capacity);
        pairIds = Arrays.copyOf(pairIds, capacity);
    }

    /** The first symbol, or -1 when there is none. */
    int first() {
        return count == 0 ? -1 : 0;
    }

    /** The symbol after a symbol, or -1. Valid after {@link #merge()}. */
    int next(int symbol) {
        return next[symbol];
    }

    int id(int symbol) {
        return ids[symbol];
    }

    int start(int symbol) {
        return starts[symbol];
    }

    int end(int symbol) {
        return ends[symbol];
    }

    /** How many entries of the queue were taken so far, over all merges of this chain. */
    long steps() {
        return steps;
    }

    /** Merges until no two neighbours merge any more. */
    void merge() {
        queue.clear();
        for (int symbol = 0; symbol < count; symbol++) {
            previous[symbol] = symbol - 1;
            next[symbol] = symbol + 1 < count ? symbol + 1 : -1;
        }
        for (int symbol = 0; symbol < count; symbol++) {
            offer(symbol);
        }
        while (!queue.isEmpty()) {
            long entry = queue.take();
            steps++;
            int left = (int) entry;
            if (pairRanks[left] == (int) (entry >>> 32)) {
                mergeWithNext(left);
            }
        }
    }

    private void mergeWithNext(int left) {
        int right = next[left];
        ids[left] = pairIds[left];
        ends[left] = ends[right];
        next[left] = next[right];
        if (next[left] >= 0) {
            previous[next[left]] = left;
        }
        pairRanks[right] = NO_PAIR;
        offer(left);
        if (previous[left] >= 0) {
            offer(previous[left]);
        }
    }

    /** Finds out what a symbol and its right neighbour make now, and puts it into the queue. */
    private void offer(int left) {
        int right = next[left];
        long pair = right < 0 ? NO_PAIR : rule.find(this, left, right);
        if (pair < 0) {
            pairRanks[left] = NO_PAIR;
            return;
        }
        pairRanks[left] = (int) (pair >>> 32);
        pairIds[left] = (int) pair;
        queue.add((pair & 0xFFFFFFFF00000000L) | left);
    }
}
