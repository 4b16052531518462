package dev.parlance.engine.kernel;

/**
 * A weight matrix made ready for this machine.
 *
 * <p>Threads: calls come from one thread at a time; the work is spread over the kernel pool. Every
 * output element is a sum in one fixed order that does not depend on how many input rows come with
 * it.
 */
public interface MatrixKernel {
    int rows();

    int cols();

    /**
     * Multiplies {@code count} input vectors: {@code out[i][r] = Σ_c w[r][c] · x[i][c]}.
     *
     * <p>Shapes: {@code x} is count x cols, {@code out} count x rows, both packed from their
     * offsets on.
     */
    void multiply(float[] x, int xOffset, int count, float[] out, int outOffset);
}
