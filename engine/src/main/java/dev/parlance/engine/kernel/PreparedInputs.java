package dev.parlance.engine.kernel;

/**
 * The input vectors of a multiplication as the inner loops take them, for one kind of {@link
 * Codes}, with the sums of the blocks, which minimums are multiplied with.
 *
 * <p>Threads: filled by the caller of a multiplication, with the pool, then read by all.
 */
abstract sealed class PreparedInputs implements KernelPool.Body
        permits FloatInputs, QuantisedInputs {
    /** So many inputs are worth a parallel region. */
    private static final int MANY_INPUTS = 4;

    static final float[] NONE = {};

    /** What the preparation of inputs needs of the kernels; all agree bit for bit. */
    interface Functions {
        /** Adds numbers in the one order that all kernels share. */
        float sum(float[] x, int offset, int length);

        /** The greatest of the absolute values; NaN if one is. */
        float greatest(float[] x, int offset, int length);

        /**
         * Rounds {@code x · factor} to whole numbers, halves to even ones, and writes pairs: of the
         * first number and the first of the second half, and so on; the first in the lower half of
         * a word, the second in the upper.
         *
         * @return the sums of both halves, as a pair
         */
        int quantise(float[] x, int offset, float factor, int[] pairs, int to, int length);
    }

    final int blockCols;
    private final KernelPool pool;

    float[] x = NONE;
    int xOffset;
    int cols;

    /** Of a row. */
    int blocks;

    /** The sums of all inputs' blocks. */
    float[] blockSums = NONE;

    PreparedInputs(int blockCols, KernelPool pool) {
        this.blockCols = blockCols;
        this.pool = pool;
    }

    /** Takes the inputs, which lie one behind the other; until {@link #clear}, they must stay. */
    final void fill(float[] newX, int newXOffset, int count, int newCols) {
        x = newX;
        xOffset = newXOffset;
        cols = newCols;
        blocks = Math.ceilDiv(cols, blockCols);
        blockSums = atLeast(count * blocks, blockSums);
        if (!reserve(count)) {
            return;
        }
        if (count < MANY_INPUTS) {
            for (int input = 0; input < count; input++) {
                run(0, input);
            }
        } else {
            pool.run(count, this);
        }
    }

    /**
     * Makes room for so many inputs.
     *
     * @return whether there is anything to prepare
     */
    abstract boolean reserve(int count);

    /** Prepares one input. */
    @Override
    public abstract void run(int worker, int input);

    static float[] atLeast(int length, float[] array) {
        return array.length < length ? new float[length] : array;
    }

    final void clear() {
        x = NONE;
    }

    /** Where in the numbers of all inputs those of one begin. */
    abstract int at(int input);

    /** Where an input's block is in what there is for each; those that follow are behind it. */
    final int blockAt(int input, int block) {
        return input * blocks + block;
    }
}
