package dev.parlance.engine.kernel;

import dev.parlance.engine.tensor.Matrix;

/** Kernels that multiply packed matrices, which several of them can share. */
interface PackedKernels extends Kernels {
    PackedMatrix pack(Matrix matrix);

    MatrixKernel matrix(PackedMatrix matrix);

    @Override
    default MatrixKernel matrix(Matrix matrix) {
        return matrix(pack(matrix));
    }
}
