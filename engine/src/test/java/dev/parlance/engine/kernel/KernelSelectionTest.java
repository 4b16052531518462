package dev.parlance.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KernelSelectionTest {
    @Test
    void theFastKernelsAreChosenWhereNothingKeepsThemFromIt() {
        try (KernelPool pool = new KernelPool(1)) {
            KernelSelection selection = KernelSelection.best(pool);
            boolean wide = VectorMachine.floatBits() >= 256;
            assertThat(selection.name()).isEqualTo(wide ? "vector 256" : "scalar");
            assertThat(selection.kernels())
                    .isInstanceOf(wide ? VectorKernels.class : ScalarKernels.class);
            assertThat(selection.problem().isEmpty()).isEqualTo(wide);
            assertThat(selection.warmingUp(pool))
                    .isInstanceOf(wide ? WarmingKernels.class : ScalarKernels.class);
        }
    }

    @Test
    void aMissingModuleIsToldWithTheRemedy() {
        assertThat(KernelSelection.vectorProblem(false, 0).orElseThrow())
                .isEqualTo(
                        "Vector API is off: module jdk.incubator.vector is not there; scalar"
                            + " kernels are used, which are many times slower. Start with bin/serve"
                            + " or add --add-modules jdk.incubator.vector to the java command");
    }

    @Test
    void narrowRegistersAreTold() {
        assertThat(KernelSelection.vectorProblem(true, 128).orElseThrow())
                .startsWith("Vector kernels are off: they need registers of 256 bits, this machine")
                .contains("have 128;");
        assertThat(KernelSelection.vectorProblem(true, 256)).isEmpty();
        assertThat(KernelSelection.vectorProblem(true, 512)).isEmpty();
    }
}
