package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import java.util.Objects;

/**
 * A matrix kernel that spreads the groups of a packed matrix over the pool.
 *
 * <p>The order of addition, which no kernel may change: the columns of a block are added up one
 * after the other, each with one rounding; to the row's sum is added that times the block's scale,
 * then the block's sum of inputs times its minimum, again with one rounding each; the blocks follow
 * one another. The sum of a block of {@link QuantisedInputs} is a whole number, exact in any order,
 * and multiplied with the scale of its inputs before that of its weights. Nothing depends on how
 * many inputs there are, nor on the width of a register.
 *
 * <p>Threads: the arguments of a multiplication are kept in fields while it runs, so that a call
 * allocates nothing.
 */
final class MatrixMultiplication implements MatrixKernel, KernelPool.Body {
    private static final float[] NONE = {};

    private final PackedMatrix matrix;
    private final MatrixWorkshop workshop;
    private final PreparedInputs inputs;

    private float[] x = NONE;
    private int xOffset;
    private int count;
    private float[] out = NONE;
    private int outOffset;

    MatrixMultiplication(PackedMatrix matrix, MatrixWorkshop workshop) {
        this.matrix = matrix;
        this.workshop = workshop;
        this.inputs = workshop.inputs(matrix.layout());
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
        begin(x, xOffset, count, out, outOffset);
        prepareInputs();
        workshop.pool().run(groups(), this);
        end();
    }

    /** Takes the arguments; between this and {@link #end} the groups can be run. */
    void begin(float[] newX, int newXOffset, int newCount, float[] newOut, int newOutOffset) {
        Objects.checkFromIndexSize(newXOffset, Math.multiplyExact(newCount, cols()), newX.length);
        Objects.checkFromIndexSize(
                newOutOffset, Math.multiplyExact(newCount, rows()), newOut.length);
        x = newX;
        xOffset = newXOffset;
        count = newCount;
        out = newOut;
        outOffset = newOutOffset;
    }

    void prepareInputs() {
        inputs.fill(x, xOffset, count, cols());
    }

    /** Whether both read the same inputs prepared in the same way. */
    boolean sharesInputs(MatrixMultiplication other) {
        return inputs == other.inputs;
    }

    int groups() {
        return matrix.groups();
    }

    void end() {
        x = NONE;
        out = NONE;
        inputs.clear();
    }

    @Override
    public void run(int worker, int group) {
        Scratch scratch = workshop.scratch(worker);
        int rows = Math.min(GROUP_ROWS, rows() - group * GROUP_ROWS);
        for (int first = 0; first < count; first += Scratch.INPUTS) {
            int part = Math.min(Scratch.INPUTS, count - first);
            workshop.kernel().multiply(matrix, group, inputs, first, part, scratch);
            int to = outOffset + first * rows() + group * GROUP_ROWS;
            for (int i = 0; i < part; i++) {
                System.arraycopy(scratch.sums, i * GROUP_ROWS, out, to + i * rows(), rows);
            }
        }
    }
}
