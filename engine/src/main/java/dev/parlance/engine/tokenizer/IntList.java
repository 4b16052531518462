package dev.parlance.engine.tokenizer;

import java.util.Arrays;

/** A growing list of ints without boxing. Threads: one at a time. */
final class IntList {
    private static final int INITIAL_CAPACITY = 64;

    private int[] values = new int[INITIAL_CAPACITY];
    private int size;

    void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
    }

    void removeFirst() {
        System.arraycopy(values, 1, values, 0, --size);
    }

    void removeLast() {
        size--;
    }

    int get(int index) {
        return values[index];
    }

    int size() {
        return size;
    }

    int[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
