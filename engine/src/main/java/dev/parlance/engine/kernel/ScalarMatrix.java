package dev.parlance.engine.kernel;

import dev.parlance.engine.tensor.Dequantiser;
import dev.parlance.engine.tensor.Matrix;

import java.util.Objects;

/** A matrix kernel that dequantises a row and multiplies it with every input vector. */
final class ScalarMatrix implements MatrixKernel {
    private static final int ROWS_PER_TASK = 16;

    private final Matrix matrix;
    private final Dequantiser dequantiser;
    private final KernelPool pool;

    ScalarMatrix(Matrix matrix, KernelPool pool) {
        this.matrix = matrix;
        this.dequantiser = Dequantiser.of(matrix);
        this.pool = pool;
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
        int tasks = Math.ceilDiv(rows(), ROWS_PER_TASK);
        pool.run(
                tasks,
                (_, task) -> {
                    float[] weights = new float[cols()];
                    int end = Math.min(rows(), (task + 1) * ROWS_PER_TASK);
                    for (int row = task * ROWS_PER_TASK; row < end; row++) {
                        readRow(row, weights, 0);
                        for (int i = 0; i < count; i++) {
                            out[outOffset + i * rows() + row] =
                                    ScalarKernels.product(
                                            x, xOffset + i * cols(), weights, 0, cols());
                        }
                    }
                });
    }

    @Override
    public void readRow(int row, float[] out, int outOffset) {
        int blocks = cols() / matrix.type().blockValues();
        dequantiser.dequantise(matrix.data(), row * matrix.rowBytes(), blocks, out, outOffset);
    }
}
