package dev.parlance.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parlance.engine.gguf.GgmlType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.foreign.Arena;
import java.util.EnumSet;
import java.util.Set;

class KernelSelectionTest {
    private static final int BITS = Math.min(512, VectorMachine.floatBits());

    @Test
    void theFastKernelsAreChosenWhereNothingKeepsThemFromIt() {
        try (KernelPool pool = new KernelPool(1)) {
            KernelSelection selection = KernelSelection.best(pool);
            boolean vector = BITS >= 128;
            assertThat(selection.name()).isEqualTo(vector ? "vector " + BITS : "scalar");
            assertThat(selection.kernels())
                    .isInstanceOf(BITS >= 256 ? VectorKernels.class : ScalarKernels.class);
            assertThat(selection.problem().isEmpty()).isEqualTo(vector);
        }
    }

    @Test
    @Timeout(120)
    void aLargeModelWaitsForItsKernelsAndASmallOneDoesNot() {
        assumeTrue(BITS >= 128);
        Set<GgmlType> types = EnumSet.of(GgmlType.Q8_0);
        try (KernelPool pool = new KernelPool(1);
                Arena memory = Arena.ofShared()) {
            WarmingKernels large =
                    (WarmingKernels) KernelSelection.forModel(types, 64_000_001, pool, memory);
            WarmingKernels small =
                    (WarmingKernels) KernelSelection.forModel(types, 64_000_000, pool, memory);
            small.awaitFast();
            assertThat(small.isWarm()).isFalse();
            large.awaitFast();
            assertThat(large.isWarm()).isTrue();
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
        assertThat(KernelSelection.vectorProblem(true, 64).orElseThrow())
                .startsWith("Vector kernels are off: they need registers of 128 bits, this machine")
                .contains("have 64;");
        assertThat(KernelSelection.vectorProblem(true, 128)).isEmpty();
        assertThat(KernelSelection.vectorProblem(true, 256)).isEmpty();
        assertThat(KernelSelection.vectorProblem(true, 512)).isEmpty();
    }
}
