package dev.parlance.engine.model;

import dev.parlance.engine.kernel.Kernels;
import dev.parlance.engine.kernel.MatrixKernel;

/**
 * A linear map: {@code out = W x + b}.
 *
 * <p>Shapes: {@code bias} has one float per row of the matrix, or none at all where the model has
 * no bias.
 */
record Linear(MatrixKernel matrix, float[] bias) {
    /** Maps {@code count} packed vectors. */
    void apply(Kernels kernels, float[] x, int count, float[] out) {
        int length = matrix.rows();
        matrix.multiply(x, 0, count, out, 0);
        if (bias.length > 0) {
            for (int row = 0; row < count; row++) {
                kernels.addScaled(1, bias, 0, out, row * length, length);
            }
        }
    }
}
