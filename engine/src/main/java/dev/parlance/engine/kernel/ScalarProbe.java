package dev.parlance.engine.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The loops of {@link MachineProbe} in plain Java. */
final class ScalarProbe implements MachineProbe.Loops {
    @Override
    public float multiplyAdds(int rounds, float factor) {
        float s0 = 0;
        float s1 = 1;
        float s2 = 2;
        float s3 = 3;
        float s4 = 4;
        float s5 = 5;
        float s6 = 6;
        float s7 = 7;
        for (int i = 0; i < rounds; i++) {
            s0 = Math.fma(factor, factor, s0);
            s1 = Math.fma(factor, factor, s1);
            s2 = Math.fma(factor, factor, s2);
            s3 = Math.fma(factor, factor, s3);
            s4 = Math.fma(factor, factor, s4);
            s5 = Math.fma(factor, factor, s5);
            s6 = Math.fma(factor, factor, s6);
            s7 = Math.fma(factor, factor, s7);
        }
        return s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7;
    }

    @Override
    public int multiplyAddsPerRound() {
        return 8;
    }

    @Override
    public long read(MemorySegment memory, long from, long to) {
        long sum = 0;
        for (long at = from; at < to; at += Long.BYTES) {
            sum += memory.get(ValueLayout.JAVA_LONG, at);
        }
        return sum;
    }
}
