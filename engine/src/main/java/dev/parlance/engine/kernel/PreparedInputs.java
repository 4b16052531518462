package dev.parlance.engine.kernel;

/**
 * The input vectors of a multiplication as the inner loops take them, for one kind of {@link
 * Codes}: every second number made smaller, as their definition asks, and the sums of the blocks,
 * which minimums are multiplied with.
 *
 * <p>Threads: filled by the caller of a multiplication, with the pool, then read by all.
 */
final class PreparedInputs implements KernelPool.Body {
    /** So many inputs are worth a parallel region. */
    private static final int MANY_INPUTS = 4;

    private static final float[] NONE = {};

    /** A function that adds numbers in the one order that all kernels share. */
    @FunctionalInterface
    interface Sum {
        float of(float[] x, int offset, int length);
    }

    private final Sum sum;
    private final KernelPool pool;
    private final boolean whole;
    private final int blockCols;

    /** What the numbers of a block are multiplied with; powers of two. */
    private final float[] factors;

    private float[] numbers = NONE;
    private float[] blockSums = NONE;
    private float[] x = NONE;
    private int xOffset;
    private int cols;
    private int blocks;

    PreparedInputs(Codes codes, int blockCols, Sum sum, KernelPool pool) {
        this.sum = sum;
        this.pool = pool;
        this.whole = codes.areWhole();
        this.blockCols = blockCols;
        this.factors = new float[blockCols];
        for (int i = 0; i < blockCols; i++) {
            factors[i] = i % 2 == 0 ? 1 : 1f / (1 << codes.bits);
        }
    }

    /** Takes the inputs, which lie one behind the other; until {@link #clear}, they must stay. */
    void fill(float[] newX, int newXOffset, int count, int newCols) {
        x = newX;
        xOffset = newXOffset;
        cols = newCols;
        blocks = Math.ceilDiv(cols, blockCols);
        if (!whole) {
            // Floats have no minimums: nothing but zeros is ever in these sums.
            blockSums = blockSums.length < count * blocks ? new float[count * blocks] : blockSums;
            return;
        }
        if (numbers.length < count * cols) {
            numbers = new float[count * cols];
            blockSums = new float[count * cols / blockCols];
        }
        if (count < MANY_INPUTS) {
            for (int input = 0; input < count; input++) {
                run(0, input);
            }
        } else {
            pool.run(count, this);
        }
    }

    @Override
    public void run(int worker, int input) {
        int from = xOffset + input * cols;
        int to = input * cols;
        for (int block = 0; block < blocks; block++) {
            blockSums[input * blocks + block] = sum.of(x, from, blockCols);
            for (int i = 0; i < blockCols; i++) {
                numbers[to + i] = x[from + i] * factors[i];
            }
            from += blockCols;
            to += blockCols;
        }
    }

    void clear() {
        x = NONE;
    }

    /** The numbers of all inputs. */
    float[] numbers() {
        return whole ? numbers : x;
    }

    /** Where in {@link #numbers} those of an input begin. */
    int at(int input) {
        return (whole ? 0 : xOffset) + input * cols;
    }

    /** The sums of all inputs' blocks. */
    float[] blockSums() {
        return blockSums;
    }

    /** Where the sum of an input's block is; those of the blocks that follow are behind it. */
    int blockSumAt(int input, int block) {
        return input * blocks + block;
    }
}
