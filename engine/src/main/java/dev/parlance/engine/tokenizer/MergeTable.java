package dev.parlance.engine.tokenizer;

import java.util.Arrays;

/**
 * The merges of byte-pair encoding: which two tokens make which token, and with which rank.
 *
 * <p>Open addressing over the pair of ids, at most half full. Threads: safe once filled.
 */
final class MergeTable {
    private static final long EMPTY = -1;

    private final long[] keys;

    /** {@code rank << 32 | merged id} for the key in the same slot. */
    private final long[] values;

    private final int mask;

    MergeTable(int maxMerges) {
        int capacity = Integer.highestOneBit(Math.max(4, maxMerges) * 2 - 1) * 2;
        keys = new long[capacity];
        Arrays.fill(keys, EMPTY);
        values = new long[capacity];
        mask = capacity - 1;
    }

    /** Adds a merge; one that is there already keeps its rank. */
    void add(int left, int right, int rank, int merged) {
        int slot = slot(left, right);
        if (keys[slot] == EMPTY) {
            keys[slot] = key(left, right);
            values[slot] = (long) rank << 32 | merged;
        }
    }

    /** {@code rank << 32 | merged id}, or -1 where the two do not merge. */
    long find(int left, int right) {
        if (left < 0 || right < 0) {
            return -1;
        }
        int slot = slot(left, right);
        return keys[slot] == EMPTY ? -1 : values[slot];
    }

    private int slot(int left, int right) {
        long key = key(left, right);
        long hash = key * 0x9E3779B97F4A7C15L;
        int slot = (int) (hash >>> 32) & mask;
        while (keys[slot] != EMPTY && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private static long key(int left, int right) {
        return (long) left << 32 | right;
    }
}
