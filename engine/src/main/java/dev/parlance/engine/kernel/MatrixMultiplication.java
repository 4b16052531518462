package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import java.util.List;
import java.util.Objects;

/**
 * A matrix kernel that spreads the groups of a packed matrix over the pool.
 *
 * <p>The order of addition, which no kernel may change: the columns of a block are added up one
 * after the other, each with one rounding; to the row's sum is added that times the block's scale,
 * then the block's sum of inputs times its minimum, again with one rounding each; the blocks follow
 * one another. Nothing in it depends on how many inputs there are, nor on the width of a register.
 *
 * <p>Threads: the arguments of a multiplication are kept in fields while it runs, so that a call
 * allocates nothing.
 */
final class MatrixMultiplication implements MatrixKernel, KernelPool.Body {
    private static final float[] NONE = {};

    private final PackedMatrix matrix;
    private final GroupKernel kernel;
    private final KernelPool pool;
    private final List<Scratch> scratches;
    private final BlockSums blockSums;
    private final BlockSums.Sum sum;

    private float[] x = NONE;
    private int xOffset;
    private int count;
    private float[] out = NONE;
    private int outOffset;

    /**
     * @param scratches one for each worker of the pool
     */
    MatrixMultiplication(
            PackedMatrix matrix,
            GroupKernel kernel,
            KernelPool pool,
            List<Scratch> scratches,
            BlockSums blockSums,
            BlockSums.Sum sum) {
        this.matrix = matrix;
        this.kernel = kernel;
        this.pool = pool;
        this.scratches = scratches;
        this.blockSums = blockSums;
        this.sum = sum;
    }

    @Override
    public int rows() {
        return matrix.rows();
    }

    @Override
    public int cols() {
        return matrix.cols();
    }

    @Override
    public void multiply(float[] x, int xOffset, int count, float[] out, int outOffset) {
        Objects.checkFromIndexSize(xOffset, Math.multiplyExact(count, cols()), x.length);
        Objects.checkFromIndexSize(outOffset, Math.multiplyExact(count, rows()), out.length);
        this.x = x;
        this.xOffset = xOffset;
        this.count = count;
        this.out = out;
        this.outOffset = outOffset;
        blockSums.fill(x, xOffset, count, matrix, sum);
        pool.run(matrix.groups(), this);
        this.x = NONE;
        this.out = NONE;
    }

    @Override
    public void run(int worker, int group) {
        Scratch scratch = scratches.get(worker);
        int rows = Math.min(GROUP_ROWS, rows() - group * GROUP_ROWS);
        for (int first = 0; first < count; first += Scratch.INPUTS) {
            int inputs = Math.min(Scratch.INPUTS, count - first);
            Inputs part = new Inputs(x, xOffset + first * cols(), inputs, blockSums, first);
            kernel.multiply(matrix, group, part, scratch);
            int to = outOffset + first * rows() + group * GROUP_ROWS;
            for (int i = 0; i < inputs; i++) {
                System.arraycopy(scratch.sums, i * GROUP_ROWS, out, to + i * rows(), rows);
            }
        }
    }
}
