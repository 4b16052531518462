package dev.parlance.engine.model;

import dev.parlance.engine.kernel.Kernels;
import dev.parlance.engine.kernel.MatrixKernel;

import java.util.List;

/**
 * A linear map: {@code out = W x + b}.
 *
 * <p>Shapes: {@code bias} has one float per row of the matrix, or none at all where the model has
 * no bias.
 */
record Linear(MatrixKernel matrix, float[] bias) {
    /** Maps {@code count} packed vectors. */
    void apply(Kernels kernels, float[] x, int count, float[] out) {
        matrix.multiply(x, 0, count, out, 0);
        addBias(kernels, count, out);
    }

    private void addBias(Kernels kernels, int count, float[] out) {
        int length = matrix.rows();
        if (bias.length > 0) {
            for (int row = 0; row < count; row++) {
                kernels.addScaled(1, bias, 0, out, row * length, length);
            }
        }
    }

    /** Maps the same packed vectors with each of some maps, in one parallel region. */
    static void applyEach(
            Kernels kernels, List<Linear> linears, float[] x, int count, List<float[]> outs) {
        kernels.multiplyEach(linears.stream().map(Linear::matrix).toList(), x, count, outs);
        for (int i = 0; i < linears.size(); i++) {
            linears.get(i).addBias(kernels, count, outs.get(i));
        }
    }
}
