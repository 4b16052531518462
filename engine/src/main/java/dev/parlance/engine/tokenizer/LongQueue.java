package dev.parlance.engine.tokenizer;

import java.util.Arrays;

/**
 * A priority queue of longs, smallest first.
 *
 * <p>Longs that come in order wait in a plain run, the others in a binary heap; so what is nearly
 * sorted, as the pairs of a text of one letter are, costs a step each. Threads: one at a time.
 */
final class LongQueue {
    private static final int INITIAL_CAPACITY = 32;

    private long[] run = new long[INITIAL_CAPACITY];
    private int runStart;
    private int runEnd;
    private long[] heap = new long[INITIAL_CAPACITY];
    private int heapSize;

    void clear() {
        runStart = 0;
        runEnd = 0;
        heapSize = 0;
    }

    boolean isEmpty() {
        return runStart == runEnd && heapSize == 0;
    }

    void add(long value) {
        if (runStart == runEnd) {
            runStart = 0;
            runEnd = 0;
        }
        if (runStart == runEnd || value >= run[runEnd - 1]) {
            if (runEnd == run.length) {
                run = Arrays.copyOf(run, runEnd * 2);
            }
            run[runEnd++] = value;
        } else {
            addToHeap(value);
        }
    }

    /** Takes out the smallest; there must be one. */
    long take() {
        boolean isInRun = runStart < runEnd && (heapSize == 0 || run[runStart] <= heap[0]);
        return isInRun ? run[runStart++] : takeFromHeap();
    }

    private void addToHeap(long value) {
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, heapSize * 2);
        }
        int index = heapSize++;
        while (index > 0) {
            int parent = (index - 1) >>> 1;
            if (heap[parent] <= value) {
                break;
            }
            heap[index] = heap[parent];
            index = parent;
        }
        heap[index] = value;
    }

    private long takeFromHeap() {
        long top = heap[0];
        long last = heap[--heapSize];
        int index = 0;
        while (2 * index + 1 < heapSize) {
            int child = 2 * index + 1;
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= last) {
                break;
            }
            heap[index] = heap[child];
            index = child;
        }
        heap[index] = last;
        return top;
    }
}
