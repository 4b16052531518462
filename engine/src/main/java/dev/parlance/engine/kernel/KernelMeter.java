package dev.parlance.engine.kernel;

import com.sun.management.ThreadMXBean;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.tensor.Matrix;

import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Measures kernels by the CPU time and the allocations of the calling thread. */
final class KernelMeter implements KernelCheck.Meter {
    private static final int ROWS = PackedMatrix.GROUP_ROWS;

    /** So few that weights and inputs stay in the second level cache. */
    private static final int COLS = 1024;

    /** Work of a sample: below a millisecond when all is well. */
    private static final int MULTIPLY_ADDS = KernelCheck.MANY_INPUTS * ROWS * COLS;

    private static final long PAUSE_NANOS = 2_000_000;
    private static final int PEAK_ROUNDS = 20_000;
    private static final int PEAK_TRIES = 100;

    /** So many tries without a better one end the search for the peak. */
    private static final int NO_BETTER = 10;

    private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Kernels kernels;
    private final Map<GgmlType, MatrixKernel> matrices = new EnumMap<>(GgmlType.class);
    private final float[] x = new float[KernelCheck.MANY_INPUTS * COLS];
    private final float[] out = new float[KernelCheck.MANY_INPUTS * ROWS];

    /**
     * @param kernels of a pool of one thread
     */
    KernelMeter(Kernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public double peak() {
        MachineProbe.Loops loops = new VectorProbe();
        double best = 0;
        int since = 0;
        for (int i = 0; i < PEAK_TRIES && since < NO_BETTER; i++, since++) {
            long start = thread.getCurrentThreadCpuTime();
            out[0] = loops.multiplyAdds(PEAK_ROUNDS, 1e-6f * i);
            long nanos = thread.getCurrentThreadCpuTime() - start;
            double rate = 1e9 * PEAK_ROUNDS * loops.multiplyAddsPerRound() / Math.max(nanos, 1);
            if (rate > 1.05 * best) {
                since = 0;
            }
            best = Math.max(best, rate);
        }
        return best;
    }

    @Override
    public KernelCheck.Sample sample(GgmlType type, int inputs) {
        MatrixKernel matrix = matrices.computeIfAbsent(type, this::matrix);
        int calls = MULTIPLY_ADDS / (inputs * ROWS * COLS);
        long bytes = thread.getCurrentThreadAllocatedBytes();
        long start = thread.getCurrentThreadCpuTime();
        for (int i = 0; i < calls; i++) {
            matrix.multiply(x, 0, inputs, out, 0);
        }
        long nanos = thread.getCurrentThreadCpuTime() - start;
        long allocated = thread.getCurrentThreadAllocatedBytes() - bytes;
        return new KernelCheck.Sample(
                1e9 * MULTIPLY_ADDS / Math.max(nanos, 1), (double) allocated / MULTIPLY_ADDS);
    }

    @Override
    public void pause() {
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    private MatrixKernel matrix(GgmlType type) {
        long bytes = ROWS * type.bytesOf(COLS);
        return kernels.matrix(
                new Matrix("check", type, ROWS, COLS, Arena.ofAuto().allocate(bytes)));
    }
}
