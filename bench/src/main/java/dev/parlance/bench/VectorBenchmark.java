package dev.parlance.bench;

import dev.parlance.engine.kernel.KernelPool;
import dev.parlance.engine.kernel.KernelSelection;
import dev.parlance.engine.kernel.Kernels;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Functions over single vectors, of which a forward pass has many. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH and prepare() set the fields
public class VectorBenchmark {
    /** A head, a model's width, a feed-forward part's. */
    @Param({"64", "2048", "8192"})
    private int length;

    private final KernelPool pool = new KernelPool(1);
    private final Kernels kernels = KernelSelection.best(pool).kernels();
    private float[] x;
    private float[] y;
    private float[] out;

    /** Makes the vectors. */
    @Setup(Level.Trial)
    public void prepare() {
        x = new float[length];
        y = new float[length];
        out = new float[length];
        for (int i = 0; i < length; i++) {
            x[i] = (float) Math.sin(i);
            y[i] = (float) Math.cos(i);
        }
    }

    /** Functions in place would otherwise change their input from call to call. */
    @Setup(Level.Iteration)
    public void clear() {
        Arrays.fill(out, 0.5f);
    }

    /** Ends the pool. */
    @TearDown(Level.Trial)
    public void free() {
        pool.close();
    }

    /** Scores of 4 queries against a block of 16 keys. */
    @Benchmark
    public float[] multiplyAdd() {
        int depth = length / 16;
        kernels.multiplyAdd(4, depth, 16, x, 0, depth, y, 0, 16, out, 0, 16);
        return out;
    }

    @Benchmark
    public float[] addScaled() {
        kernels.addScaled(0, x, 0, out, 0, length);
        return out;
    }

    @Benchmark
    public float[] rmsNorm() {
        kernels.rmsNorm(x, 0, y, 1e-5f, out, 0, length);
        return out;
    }

    @Benchmark
    public float[] softmax() {
        kernels.softmax(out, 0, length);
        return out;
    }

    @Benchmark
    public float[] siluMultiply() {
        System.arraycopy(x, 0, out, 0, length);
        kernels.siluMultiply(out, 0, y, 0, length);
        return out;
    }
}
