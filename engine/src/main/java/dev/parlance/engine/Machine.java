package dev.parlance.engine;

import dev.parlance.engine.kernel.ThreadBudget;

import java.util.OptionalLong;

/**
 * What the models of a process share: processors, of which each gets its part while several
 * compute, and memory for keys and values. Threads: safe.
 */
public final class Machine {
    private final int models;
    private final ThreadBudget threads = new ThreadBudget();

    /**
     * @param models how many there are to be at once, 1 or more
     */
    public Machine(int models) {
        if (models < 1) {
            throw new IllegalArgumentException("models must be 1 or more, got " + models);
        }
        this.models = models;
    }

    ThreadBudget threads() {
        return threads;
    }

    /**
     * What one of the models may have for keys and values unless it was told: its part of half of
     * what the heap may grow to, which is where they are, but not more than the machine has, for
     * the heap's limit knows nothing of weights and of other programs.
     */
    long cacheBytes() {
        return cacheBytes(Runtime.getRuntime().maxMemory(), FreeMemory.bytes());
    }

    long cacheBytes(long heapLimit, OptionalLong free) {
        long heap = heapLimit / 2;
        return (free.isPresent() ? Math.min(heap, free.getAsLong() / 4 * 3) : heap) / models;
    }
}
