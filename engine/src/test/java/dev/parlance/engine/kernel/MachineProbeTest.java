package dev.parlance.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

class MachineProbeTest {
    static Stream<MachineProbe.Loops> loops() {
        return Stream.of(new ScalarProbe(), new VectorProbe());
    }

    @ParameterizedTest
    @MethodSource("loops")
    void everyMultiplyAddIsDone(MachineProbe.Loops loops) {
        float nothingAdded = loops.multiplyAdds(1000, 0);
        assertThat(loops.multiplyAdds(1000, 0.5f) - nothingAdded)
                .isCloseTo(1000 * 0.25f * loops.multiplyAddsPerRound(), within(1f));
    }

    @ParameterizedTest
    @MethodSource("loops")
    void everyByteIsRead(MachineProbe.Loops loops) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(3 * 4096, 64);
            for (long at = 0; at < memory.byteSize(); at += Long.BYTES) {
                memory.set(ValueLayout.JAVA_LONG, at, at);
            }
            long expected = 0;
            for (long at = 4096; at < 8192; at += Long.BYTES) {
                expected += at;
            }
            assertThat(loops.read(memory, 4096, 8192)).isEqualTo(expected);
        }
    }

    @Test
    void theWholeMemoryIsSharedOutAndTheRateIsThatOfTheBestRound() {
        AtomicLong read = new AtomicLong();
        MachineProbe.Loops counting =
                new MachineProbe.Loops() {
                    @Override
                    public float multiplyAdds(int rounds, float factor) {
                        return factor;
                    }

                    @Override
                    public int multiplyAddsPerRound() {
                        return 1;
                    }

                    @Override
                    public long read(MemorySegment memory, long from, long to) {
                        read.addAndGet(to - from);
                        return 0;
                    }
                };
        try (KernelPool pool = new KernelPool(2)) {
            MachineProbe probe = MachineProbe.of(pool, counting);
            assertThat(probe.multiplyAddsPerSecond()).isPositive();
            assertThat(probe.readBytesPerSecond()).isPositive();
        }
        assertThat(read.get()).isPositive();
        assertThat(read.get() % MachineProbe.MEMORY_BYTES).isZero();
    }
}
