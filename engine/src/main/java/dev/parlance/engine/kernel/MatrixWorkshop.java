package dev.parlance.engine.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What all multiplications of some kernels share: threads, working memory and the inner loops.
 *
 * <p>Threads: one multiplication at a time.
 */
final class MatrixWorkshop {
    private final GroupKernel kernel;
    private final KernelPool pool;
    private final List<Scratch> scratches;
    private final PreparedInputs.Functions functions;
    private final Map<InputKind, PreparedInputs> inputs = new HashMap<>();
    private final Region region = new Region();

    /** Matrices for which inputs are prepared alike. */
    private record InputKind(Codes codes, int blockCols) {}

    MatrixWorkshop(GroupKernel kernel, KernelPool pool, PreparedInputs.Functions functions) {
        this.kernel = kernel;
        this.pool = pool;
        this.scratches = Stream.generate(Scratch::new).limit(pool.size()).toList();
        this.functions = functions;
    }

    GroupKernel kernel() {
        return kernel;
    }

    KernelPool pool() {
        return pool;
    }

    Scratch scratch(int worker) {
        return scratches.get(worker);
    }

    /** The inputs as matrices of this layout want them, shared by all of the kind. */
    PreparedInputs inputs(WeightLayout layout) {
        return inputs.computeIfAbsent(
                new InputKind(layout.codes(), layout.blockCols()), this::newInputs);
    }

    private PreparedInputs newInputs(InputKind kind) {
        int mostAlone = kernel.mostAlone();
        return kind.codes().areQuantised()
                ? new QuantisedInputs(kind.codes(), kind.blockCols(), mostAlone, functions, pool)
                : new FloatInputs(kind.codes(), kind.blockCols(), mostAlone, functions, pool);
    }

    /** Multiplies the same inputs with several matrices in one parallel region. */
    void multiplyEach(
            List<? extends MatrixKernel> matrices, float[] x, int count, List<float[]> outs) {
        region.run(matrices, x, count, outs);
    }

    /** Matrices whose groups are run as one row of tasks. */
    private final class Region implements KernelPool.Body {
        private final List<MatrixMultiplication> parts = new ArrayList<>();
        private int[] ends = new int[4];

        void run(List<? extends MatrixKernel> matrices, float[] x, int count, List<float[]> outs) {
            try {
                runAll(matrices, x, count, outs);
            } finally {
                // Also after a failure, or the next region would begin with the rest of this one.
                parts.forEach(MatrixMultiplication::end);
                parts.clear();
            }
        }

        private void runAll(
                List<? extends MatrixKernel> matrices, float[] x, int count, List<float[]> outs) {
            int tasks = 0;
            ends = Arrays.copyOf(ends, Math.max(ends.length, matrices.size()));
            for (int i = 0; i < matrices.size(); i++) {
                MatrixMultiplication part = (MatrixMultiplication) matrices.get(i);
                part.begin(x, 0, count, outs.get(i), 0);
                if (parts.stream().noneMatch(part::sharesInputs)) {
                    part.prepareInputs();
                }
                parts.add(part);
                tasks += part.groups();
                ends[i] = tasks;
            }
            pool.run(tasks, this);
        }

        @Override
        public void run(int worker, int task) {
            int i = 0;
            while (task >= ends[i]) {
                i++;
            }
            MatrixMultiplication part = parts.get(i);
            part.run(worker, task - (ends[i] - part.groups()));
        }
    }
}
