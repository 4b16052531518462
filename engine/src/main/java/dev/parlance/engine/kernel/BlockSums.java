package dev.parlance.engine.kernel;

import java.util.Arrays;

/**
 * The sums of the input vectors' blocks, which minimums are multiplied with.
 *
 * <p>Threads: filled by the caller of a multiplication, then read by all.
 */
final class BlockSums {
    private float[] sums = new float[0];
    private int perInput;

    /** A function that adds numbers in the one order that all kernels share. */
    @FunctionalInterface
    interface Sum {
        float of(float[] x, int offset, int length);
    }

    void fill(float[] x, int xOffset, int count, PackedMatrix matrix, Sum sum) {
        int cols = matrix.cols();
        int blockCols = matrix.blockCols();
        perInput = matrix.blocks();
        if (sums.length < count * perInput) {
            sums = new float[count * perInput];
        }
        if (matrix.layout().hasMinimums()) {
            for (int i = 0; i < count; i++) {
                for (int b = 0; b < perInput; b++) {
                    int from = b * blockCols;
                    int length = Math.min(blockCols, cols - from);
                    sums[i * perInput + b] = sum.of(x, xOffset + i * cols + from, length);
                }
            }
        } else {
            Arrays.fill(sums, 0, count * perInput, 0);
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
