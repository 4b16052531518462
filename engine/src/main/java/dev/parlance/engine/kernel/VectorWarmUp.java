package dev.parlance.engine.kernel;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.tensor.Matrix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Gets the vector kernels compiled by running them, on data of its own, until they have been.
 *
 * <p>That a kernel has been compiled shows in its time: within a share of the least that the scalar
 * kernel took for the same work. A vector kernel that was not is many times slower.
 */
final class VectorWarmUp {
    /** A multiple of every type's block length, and no more than is decoded at once. */
    private static final int COLS = 512;

    private static final int ROWS = 64;

    /** Inputs of each shape of the inner loops: alone, four at once, and many. */
    private static final int[] INPUTS = {1, 4, 32};

    private static final int MOST_INPUTS = INPUTS[INPUTS.length - 1];

    /** Length of a head in most models. */
    private static final int HEAD_LENGTH = 64;

    /** So many that both tiles of attention run, of eight rows and of four. */
    private static final int QUERIES = 12;

    /**
     * A kernel whose longest loop has been compiled, and what is called in between has not, was
     * seen to take less than twice the scalar one's time; one that is compiled stays below half of
     * it, with registers of 128 bits, too.
     */
    private static final double MATRIX_SHARE = 0.5;

    /** C2 makes vectors of some scalar functions, too. */
    private static final double FUNCTION_SHARE = 2;

    /** One good time may be luck. */
    private static final int GOOD_ROUNDS = 2;

    /** A function's calls in a round: it is compiled as soon as the multiplications are. */
    private static final int REPEATS = 16;

    /** Between rounds, for the compiler and for those who wait for an answer. */
    private static final long PAUSE_NANOS = 1_000_000;

    /** It takes about a second; with {@code -Xint}, for example, it would never end. */
    private static final long MOST_NANOS = 60_000_000_000L;

    private final List<Piece> pieces = new ArrayList<>();
    private final float[] x = new float[MOST_INPUTS * COLS];
    private final float[] weight = new float[COLS];
    private final short[] halves = new short[HEAD_LENGTH * Kernels.TILE_COLUMNS];
    private final float[] keys = new float[halves.length];
    private final float[] out = new float[Math.max(MOST_INPUTS * ROWS, QUERIES * HEAD_LENGTH)];

    /** Some work of one kernel, done by scalars and by vectors. */
    private static final class Piece {
        private final Runnable scalar;
        private final Runnable vector;
        private final double share;
        private long leastScalarNanos = Long.MAX_VALUE;
        private int goodRounds;

        /**
         * @param share of the time of scalars, below which the vector kernel has been compiled
         */
        Piece(double share, Runnable scalar, Runnable vector) {
            this.share = share;
            this.scalar = scalar;
            this.vector = vector;
        }

        /** Whether the vector kernel seems to have been compiled. */
        boolean run() {
            leastScalarNanos = Math.min(leastScalarNanos, nanos(scalar));
            goodRounds = nanos(vector) <= share * leastScalarNanos ? goodRounds + 1 : 0;
            return goodRounds >= GOOD_ROUNDS;
        }

        private static long nanos(Runnable work) {
            long start = System.nanoTime();
            work.run();
            return System.nanoTime() - start;
        }
    }

    /**
     * @param types of the weights that will be multiplied
     * @param vector the kernels to get compiled; used by the thread that runs this
     */
    VectorWarmUp(Set<GgmlType> types, PackedKernels vector) {
        // A pool of one thread, which has none of its own.
        Kernels scalar = new ScalarKernels(new KernelPool(1));
        for (GgmlType type : types) {
            MemorySegment zeros = Arena.ofAuto().allocate(ROWS * type.bytesOf(COLS));
            Matrix matrix = new Matrix("warm-up", type, ROWS, COLS, zeros);
            MatrixKernel slow = scalar.matrix(matrix);
            MatrixKernel fast = vector.matrix(matrix);
            for (int inputs : INPUTS) {
                pieces.add(
                        new Piece(
                                MATRIX_SHARE,
                                () -> slow.multiply(x, 0, inputs, out, 0),
                                () -> fast.multiply(x, 0, inputs, out, 0)));
            }
        }
        // What most families use; the rest is compiled when it is used.
        List<Consumer<Kernels>> functions =
                List.of(
                        this::attend,
                        kernels -> kernels.rmsNorm(x, 0, weight, 1, out, 0, COLS),
                        kernels -> kernels.rotate(out, 0, true, weight, weight, 0, COLS / 2),
                        kernels -> kernels.rotate(out, 0, false, weight, weight, 0, COLS / 2),
                        kernels -> kernels.softmax(out, 0, COLS),
                        kernels -> kernels.siluMultiply(out, 0, x, 0, COLS));
        for (Consumer<Kernels> function : functions) {
            pieces.add(
                    new Piece(
                            FUNCTION_SHARE,
                            () -> repeat(function, scalar),
                            () -> repeat(function, vector)));
        }
    }

    private static void repeat(Consumer<Kernels> function, Kernels kernels) {
        for (int i = 0; i < REPEATS; i++) {
            function.accept(kernels);
        }
    }

    /** What attention does with a block of the positions before. */
    private void attend(Kernels kernels) {
        int rows = QUERIES;
        int tokens = Kernels.TILE_COLUMNS;
        kernels.widen(halves, 0, keys, 0, keys.length);
        kernels.multiplyAdd(
                rows, HEAD_LENGTH, tokens, x, 0, HEAD_LENGTH, keys, 0, tokens, out, 0, tokens);
        out[0] = kernels.expSum(kernels.max(out, 0, COLS), out, 0, COLS);
        kernels.multiplyAdd(
                rows, tokens, HEAD_LENGTH, x, 0, tokens, keys, 0, HEAD_LENGTH, out, 0, HEAD_LENGTH);
    }

    /**
     * Returns when the vector kernels have been compiled, or after a minute.
     *
     * @return whether they have been; otherwise this Java does not compile them
     */
    boolean run() {
        return run(MOST_NANOS);
    }

    boolean run(long mostNanos) {
        List<Piece> left = new ArrayList<>(pieces);
        long start = System.nanoTime();
        while (!left.isEmpty() && System.nanoTime() - start < mostNanos) {
            left.removeIf(Piece::run);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return left.isEmpty();
    }
}
