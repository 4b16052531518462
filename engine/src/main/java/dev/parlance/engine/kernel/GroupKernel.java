package dev.parlance.engine.kernel;

/** Multiplies the rows of one group with some input vectors. */
interface GroupKernel {
    /**
     * Writes the sums to {@code scratch.sums}: inputs x {@value PackedMatrix#GROUP_ROWS}.
     *
     * <p>Threads: called by several threads at once, each with a scratch of its own.
     */
    void multiply(PackedMatrix matrix, int group, Inputs inputs, Scratch scratch);
}
