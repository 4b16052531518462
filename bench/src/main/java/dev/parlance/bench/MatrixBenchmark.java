package dev.parlance.bench;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.kernel.KernelPool;
import dev.parlance.engine.kernel.KernelSelection;
import dev.parlance.engine.kernel.MatrixKernel;
import dev.parlance.engine.tensor.Matrix;
import dev.parlance.engine.tensor.RandomWeights;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Products of a matrix of 2048 x 8192 weights, as a feed-forward part has, with input vectors on
 * one thread. Units: an operation is one weight times all inputs, so one input at 10 operations per
 * nanosecond is 10 G multiply-adds per second, and 64 inputs are 64 times as many.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH and prepare() set the fields
public class MatrixBenchmark {
    private static final int ROWS = 2048;
    private static final int COLS = 8192;

    @Param({"F32", "F16", "Q8_0", "Q4_0", "Q4_K", "Q6_K"})
    private GgmlType type;

    /** One is decoding, many is a prompt. */
    @Param({"1", "8", "64"})
    private int inputs;

    private final KernelPool pool = new KernelPool(1);
    private final Arena arena = Arena.ofShared();
    private MatrixKernel matrix;
    private float[] x;
    private float[] out;

    /** Makes weights and inputs. */
    @Setup(Level.Trial)
    public void prepare() {
        matrix = KernelSelection.best(pool).kernels().matrix(stored());
        x = new float[inputs * COLS];
        Random random = new Random(2);
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        out = new float[inputs * ROWS];
    }

    /** Outside the Java heap, as the weights of a file are. */
    private Matrix stored() {
        MemorySegment heap =
                MemorySegment.ofArray(RandomWeights.bytes(type, ROWS * COLS, new Random(1)));
        MemorySegment data = arena.allocate(heap.byteSize(), 64).copyFrom(heap);
        return new Matrix("benchmark", type, ROWS, COLS, data);
    }

    /** Frees them. */
    @TearDown(Level.Trial)
    public void free() {
        pool.close();
        arena.close();
    }

    @Benchmark
    @OperationsPerInvocation(ROWS * COLS)
    public float[] multiply() {
        matrix.multiply(x, 0, inputs, out, 0);
        return out;
    }
}
