package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.ScalarKernels.LANES;
import static dev.parlance.engine.kernel.Scratch.CHUNK;
import static dev.parlance.engine.kernel.Scratch.PANEL_ROWS;
import static dev.parlance.engine.kernel.Scratch.PANEL_STRIDE;
import static dev.parlance.engine.kernel.Scratch.SUMS_STRIDE;
import static dev.parlance.engine.kernel.Scratch.TOKENS;

import dev.parlance.engine.tensor.Dequantiser;
import dev.parlance.engine.tensor.Matrix;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A matrix kernel that dequantises panels of {@value Scratch#PANEL_ROWS} rows and {@value
 * Scratch#CHUNK} columns and multiplies them with up to {@value Scratch#TOKENS} input vectors
 * before it goes on.
 *
 * <p>Threads: the arguments of a multiplication are kept in fields while it runs, so that a call
 * allocates nothing.
 */
final class VectorMatrix implements MatrixKernel, KernelPool.Body {
    private static final int ROWS_PER_TASK = 4 * PANEL_ROWS;
    private static final float[] NONE = {};

    private final Matrix matrix;
    private final Dequantiser dequantiser;
    private final WeightDecoder decoder;
    private final KernelPool pool;
    private final List<Scratch> scratches;

    private float[] x = NONE;
    private int xOffset;
    private int count;
    private float[] out = NONE;
    private int outOffset;

    /**
     * @param scratches one for each worker of the pool
     */
    VectorMatrix(Matrix matrix, KernelPool pool, List<Scratch> scratches) {
        this.matrix = matrix;
        this.dequantiser = Dequantiser.of(matrix);
        this.decoder = VectorDecoders.of(matrix);
        this.pool = pool;
        this.scratches = scratches;
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
        pool.run(Math.ceilDiv(rows(), ROWS_PER_TASK), this);
        this.x = NONE;
        this.out = NONE;
    }

    @Override
    public void run(int worker, int task) {
        Scratch scratch = scratches.get(worker);
        int firstRow = task * ROWS_PER_TASK;
        int endRow = Math.min(rows(), firstRow + ROWS_PER_TASK);
        // Input vectors outside, so that they stay in the second level cache for all rows of a
        // task.
        for (int first = 0; first < count; first += TOKENS) {
            int inputs = Math.min(TOKENS, count - first);
            for (int row = firstRow; row < endRow; row += PANEL_ROWS) {
                multiplyPanel(scratch, row, Math.min(PANEL_ROWS, endRow - row), first, inputs);
            }
        }
    }

    private void multiplyPanel(Scratch scratch, int row, int rows, int first, int inputs) {
        Arrays.fill(scratch.sums, 0, inputs * SUMS_STRIDE, 0);
        for (int col = 0; col < cols(); col += CHUNK) {
            int length = Math.min(CHUNK, cols() - col);
            for (int i = 0; i < rows; i++) {
                decoder.decode(row + i, col, length, scratch, scratch.panel, i * PANEL_STRIDE);
            }
            addChunk(scratch, xOffset + first * cols() + col, length, inputs);
        }
        for (int i = 0; i < inputs; i++) {
            int at = outOffset + (first + i) * rows() + row;
            for (int r = 0; r < rows; r++) {
                out[at + r] = ScalarKernels.combine(scratch.sums, i * SUMS_STRIDE + r * LANES);
            }
        }
    }

    private void addChunk(Scratch scratch, int xAt, int length, int inputs) {
        int whole = length - length % LANES;
        int stride = cols();
        int i = 0;
        for (; i + 4 <= inputs; i += 4) {
            for (int r = 0; r < PANEL_ROWS; r += 2) {
                VectorTiles.twoRowsFourInputs(
                        scratch.panel,
                        r * PANEL_STRIDE,
                        x,
                        xAt + i * stride,
                        stride,
                        whole,
                        scratch.sums,
                        i * SUMS_STRIDE + r * LANES);
            }
        }
        for (; i < inputs; i++) {
            int at = xAt + i * stride;
            VectorTiles.eightRows(scratch.panel, x, at, whole, scratch.sums, i * SUMS_STRIDE);
        }
        if (whole < length) {
            addRest(scratch, xAt, whole, length, inputs);
        }
    }

    /** Adds the last columns, fewer than a register holds. */
    private void addRest(Scratch scratch, int xAt, int from, int to, int inputs) {
        for (int i = 0; i < inputs; i++) {
            for (int r = 0; r < PANEL_ROWS; r++) {
                int sums = i * SUMS_STRIDE + r * LANES - from;
                for (int c = from; c < to; c++) {
                    float weight = scratch.panel[r * PANEL_STRIDE + c];
                    float value = x[xAt + i * cols() + c];
                    scratch.sums[sums + c] = Math.fma(value, weight, scratch.sums[sums + c]);
                }
            }
        }
    }

    @Override
    public void readRow(int row, float[] target, int offset) {
        int blocks = cols() / matrix.type().blockValues();
        dequantiser.dequantise(matrix.data(), row * matrix.rowBytes(), blocks, target, offset);
    }
}
