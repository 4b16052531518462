package dev.parlance.engine.kernel;

/** Multiplies the rows of one group with some input vectors. */
interface GroupKernel {
    /** The rows that a register holds, which matrices are packed for. */
    int lanes();

    /** So many inputs it takes one by one; more lie in quads: see {@link PreparedInputs}. */
    int mostAlone();

    /**
     * Writes the sums to {@code scratch.sums}: inputs x {@value PackedMatrix#GROUP_ROWS}.
     *
     * <p>Threads: called by several threads at once, each with a scratch of its own.
     *
     * @param first the first of the inputs that are multiplied; if they lie in quads, of one
     * @param count how many, up to {@value Scratch#INPUTS}
     */
    void multiply(
            PackedMatrix matrix,
            int group,
            PreparedInputs inputs,
            int first,
            int count,
            Scratch scratch);
}
