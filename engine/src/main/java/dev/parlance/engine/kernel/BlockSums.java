package dev.parlance.engine.kernel;

import java.util.Arrays;

/**
 * The sums of the input vectors' blocks, which minimums are multiplied with.
 *
 * <p>Threads: filled by the caller of a multiplication, with the pool, then read by all.
 */
final class BlockSums implements KernelPool.Body {
    /** So many inputs are worth a parallel region. */
    private static final int MANY_INPUTS = 4;

    private static final float[] NONE = {};

    /** A function that adds numbers in the one order that all kernels share. */
    @FunctionalInterface
    interface Sum {
        float of(float[] x, int offset, int length);
    }

    private final Sum sum;

    /** Columns of a block; 0 if no minimum asks for the sums, which then count as 0. */
    private final int blockCols;

    private final KernelPool pool;

    private float[] sums = NONE;
    private int perInput;
    private float[] x = NONE;
    private int xOffset;
    private int cols;

    BlockSums(Sum sum, int blockCols, KernelPool pool) {
        this.sum = sum;
        this.blockCols = blockCols;
        this.pool = pool;
    }

    /**
     * @param count how many inputs
     * @param newPerInput blocks of an input
     */
    void fill(float[] newX, int newXOffset, int count, int newCols, int newPerInput) {
        perInput = newPerInput;
        if (sums.length < count * perInput) {
            sums = new float[count * perInput];
        }
        if (blockCols == 0) {
            Arrays.fill(sums, 0, count * perInput, 0);
            return;
        }
        x = newX;
        xOffset = newXOffset;
        cols = newCols;
        if (count < MANY_INPUTS) {
            for (int input = 0; input < count; input++) {
                run(0, input);
            }
        } else {
            pool.run(count, this);
        }
        x = NONE;
    }

    @Override
    public void run(int worker, int input) {
        int at = xOffset + input * cols;
        for (int block = 0; block < perInput; block++) {
            sums[input * perInput + block] = sum.of(x, at + block * blockCols, blockCols);
        }
    }

    float[] values() {
        return sums;
    }

    /** Where the sum of an input's block is. */
    int at(int input, int block) {
        return input * perInput + block;
    }

    int stride() {
        return perInput;
    }
}
