package dev.parlance.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parlance.engine.gguf.GgmlType;
import dev.parlance.engine.kernel.KernelCheck.Sample;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.foreign.Arena;
import java.util.EnumSet;
import java.util.function.BiFunction;

class KernelCheckTest {
    private static final EnumSet<GgmlType> TYPES = EnumSet.of(GgmlType.Q4_0, GgmlType.Q6_K);

    /** Counts samples; the machine does 100 G multiply-adds per second at best. */
    private static final class FakeMeter implements KernelCheck.Meter {
        private final BiFunction<GgmlType, Integer, Sample> samples;
        private int taken;
        private int pauses;

        FakeMeter(BiFunction<GgmlType, Integer, Sample> samples) {
            this.samples = samples;
        }

        @Override
        public double peak() {
            return 100e9;
        }

        @Override
        public Sample sample(GgmlType type, int inputs) {
            taken++;
            return samples.apply(type, inputs);
        }

        @Override
        public void pause() {
            pauses++;
        }
    }

    @Test
    void nothingIsSaidOfKernelsAsTheyShouldBe() {
        FakeMeter meter = new FakeMeter((_, inputs) -> new Sample(inputs > 1 ? 21e9 : 8e9, 0.001));
        assertThat(new KernelCheck(meter).problems(TYPES)).isEmpty();
        assertThat(meter.taken).isEqualTo(4);
        assertThat(meter.pauses).isZero();
    }

    @Test
    void aSlowKernelIsNamed() {
        FakeMeter meter =
                new FakeMeter((type, inputs) ->
                        new Sample(type == GgmlType.Q6_K && inputs == 1 ? 4.9e9 : 40e9, 0));
        assertThat(new KernelCheck(meter).problems(TYPES))
                .singleElement()
                .asString()
                .isEqualTo(
                        "the kernel for Q6_K and 1 input reaches 4.9 G multiply-adds per second and"
                            + " core, of about 30.0 expected here; this Java compiled it badly, and"
                            + " answers will be slow. A restart may help; if it does not, please"
                            + " report this line, the CPU and java -version");
    }

    @Test
    void aKernelThatAllocatesIsNamed() {
        FakeMeter meter =
                new FakeMeter((type, inputs) ->
                        new Sample(40e9, type == GgmlType.Q4_0 && inputs > 1 ? 0.02 : 0));
        assertThat(new KernelCheck(meter).problems(TYPES))
                .singleElement()
                .asString()
                .startsWith(
                        "the kernel for Q4_0 and 64 inputs allocates 0.02 bytes per multiply-add,"
                                + " where it should allocate nothing; this Java compiled it badly");
    }

    @Test
    void aKernelThatIsNotYetCompiledIsTriedAgain() {
        int[] left = {7};
        FakeMeter meter =
                new FakeMeter((_, _) -> left[0]-- > 0 ? new Sample(1e6, 8) : new Sample(40e9, 0));
        assertThat(new KernelCheck(meter).problems(TYPES)).isEmpty();
        assertThat(meter.pauses).isEqualTo(7);
    }

    /** Rates of a busy machine say nothing, but a boxed vector allocates everywhere. */
    @Test
    @Timeout(120)
    void theRealMeterMeasures() {
        assumeTrue(VectorMachine.floatBits() >= 128);
        try (KernelPool pool = new KernelPool(1)) {
            KernelMeter meter = new KernelMeter(new ScalarKernels(pool, Arena.ofAuto()));
            assertThat(meter.peak()).isBetween(1e6, 1e13);
            Sample sample = meter.sample(GgmlType.F32, KernelCheck.MANY_INPUTS);
            assertThat(sample.rate()).isBetween(1e5, 1e13);
            assertThat(sample.allocated()).isBetween(0.0, 1.0);
        }
    }
}
