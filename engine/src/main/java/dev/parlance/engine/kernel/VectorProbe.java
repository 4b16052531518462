package dev.parlance.engine.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * The loops of {@link MachineProbe} with the widest vectors of the machine, whatever the kernels
 * use: they are to show what the kernels leave unused.
 */
final class VectorProbe implements MachineProbe.Loops {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;

    /** Enough to hide a latency of five cycles at two a cycle; more would not fit registers. */
    private static final int CHAINS = 10;

    @Override
    public float multiplyAdds(int rounds, float factor) {
        FloatVector f = FloatVector.broadcast(F, factor);
        FloatVector s0 = FloatVector.broadcast(F, 0);
        FloatVector s1 = FloatVector.broadcast(F, 1);
        FloatVector s2 = FloatVector.broadcast(F, 2);
        FloatVector s3 = FloatVector.broadcast(F, 3);
        FloatVector s4 = FloatVector.broadcast(F, 4);
        FloatVector s5 = FloatVector.broadcast(F, 5);
        FloatVector s6 = FloatVector.broadcast(F, 6);
        FloatVector s7 = FloatVector.broadcast(F, 7);
        FloatVector s8 = FloatVector.broadcast(F, 8);
        FloatVector s9 = FloatVector.broadcast(F, 9);
        for (int i = 0; i < rounds; i++) {
            s0 = f.fma(f, s0);
            s1 = f.fma(f, s1);
            s2 = f.fma(f, s2);
            s3 = f.fma(f, s3);
            s4 = f.fma(f, s4);
            s5 = f.fma(f, s5);
            s6 = f.fma(f, s6);
            s7 = f.fma(f, s7);
            s8 = f.fma(f, s8);
            s9 = f.fma(f, s9);
        }
        FloatVector lower = s0.add(s1).add(s2).add(s3).add(s4);
        FloatVector upper = s5.add(s6).add(s7).add(s8).add(s9);
        return lower.add(upper).reduceLanes(VectorOperators.ADD);
    }

    @Override
    public int multiplyAddsPerRound() {
        return CHAINS * F.length();
    }

    @Override
    public long read(MemorySegment memory, long from, long to) {
        int bytes = L.vectorByteSize();
        LongVector s0 = LongVector.zero(L);
        LongVector s1 = LongVector.zero(L);
        LongVector s2 = LongVector.zero(L);
        LongVector s3 = LongVector.zero(L);
        for (long at = from; at < to; at += 4L * bytes) {
            s0 = s0.add(load(memory, at));
            s1 = s1.add(load(memory, at + bytes));
            s2 = s2.add(load(memory, at + 2L * bytes));
            s3 = s3.add(load(memory, at + 3L * bytes));
        }
        return s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
    }

    private static LongVector load(MemorySegment memory, long at) {
        return LongVector.fromMemorySegment(L, memory, at, ByteOrder.nativeOrder());
    }
}
