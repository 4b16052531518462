package dev.parlance.engine.kernel;

/**
 * The input vectors of a multiplication as the inner loops take them, for one kind of {@link
 * Codes}, with the sums of the blocks, which minimums are multiplied with.
 *
 * <p>A few inputs lie one behind the other. More lie in quads, four and four side by side: the
 * first number of each of the four, the second, and so on, and likewise what there is per block. So
 * a loop that multiplies four at once reads a single row of numbers. The last quad may have places
 * that nobody fills; what is computed from them is not used.
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

    /** Inputs of a quad. */
    static final int QUAD = 4;

    final int blockCols;
    private final int mostAlone;
    private final KernelPool pool;
    private int count;
    private int together = 1;

    float[] x = NONE;
    int xOffset;
    int cols;

    /** Of a row. */
    int blocks;

    /** The sums of all inputs' blocks. */
    float[] blockSums = NONE;

    /**
     * @param mostAlone so many lie one behind the other, more in quads
     */
    PreparedInputs(int blockCols, int mostAlone, KernelPool pool) {
        this.blockCols = blockCols;
        this.mostAlone = mostAlone;
        this.pool = pool;
    }

    /** Takes the inputs, which lie one behind the other; until {@link #clear}, they must stay. */
    final void fill(float[] newX, int newXOffset, int newCount, int newCols) {
        x = newX;
        xOffset = newXOffset;
        count = newCount;
        cols = newCols;
        blocks = Math.ceilDiv(cols, blockCols);
        together = count > mostAlone ? QUAD : 1;
        int tasks = Math.ceilDiv(count, together);
        blockSums = atLeast(tasks * together * blocks, blockSums);
        if (!reserve(tasks * together)) {
            return;
        }
        if (count < MANY_INPUTS) {
            for (int task = 0; task < tasks; task++) {
                run(0, task);
            }
        } else {
            pool.run(tasks, this);
        }
    }

    /**
     * Makes room for so many inputs.
     *
     * @return whether there is anything to prepare
     */
    abstract boolean reserve(int count);

    /** Prepares one input, or those of a quad. */
    @Override
    public final void run(int worker, int task) {
        int first = task * together;
        prepare(worker, first, Math.min(together, count - first));
    }

    /** Prepares so many inputs from one on: an input alone, or what there is of a quad. */
    abstract void prepare(int worker, int first, int count);

    /** Whether the inputs lie in quads. */
    final boolean inQuads() {
        return together == QUAD;
    }

    /** From what belongs to an input to what follows it. */
    final int step() {
        return together;
    }

    /**
     * Where something of an input is among what there is for all.
     *
     * @param index which of the input's
     * @param length how many each input has
     */
    final int place(int input, int index, int length) {
        int within = input % together;
        return (input - within) * length + index * together + within;
    }

    static float[] atLeast(int length, float[] array) {
        return array.length < length ? new float[length] : array;
    }

    final void clear() {
        x = NONE;
    }

    /** Where in the numbers of all inputs that of a column is; it begins a block. */
    abstract int at(int input, int col);

    /** Where an input's block is in what there is for each. */
    final int blockAt(int input, int block) {
        return place(input, block, blocks);
    }
}
