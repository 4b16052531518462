package dev.parlance.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScalarKernelsTest extends KernelsContract {
    @Override
    Kernels create(KernelPool pool) {
        return new ScalarKernels(pool);
    }

    /** With these values every other order of adding gives another result. */
    @Test
    void partialSumsAreAddedInOneOrder() {
        float[] a = {1e8f, 1, 3, 0.5f, -1e8f, 7e7f, 1e-3f, -7e7f, 5};
        float[] ones = {1, 1, 1, 1, 1, 1, 1, 1, 1};
        float lane0 = 1e8f + 5;
        float expected = ((lane0 + -1e8f) + (3 + 1e-3f)) + ((1 + 7e7f) + (0.5f + -7e7f));
        assertThat(ScalarKernels.product(a, 0, ones, 0, 9)).isEqualTo(expected);
    }
}
