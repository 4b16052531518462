package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.Lanes.WORD_BYTES;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * {@link VectorProducts} and {@link VectorShortProducts} of the most usual weights, which compute
 * the scales of a block when it has been multiplied, from where they are stored. Computed
 * beforehand, scales would take a fifth to a third of the time, in which nothing is fetched from
 * memory: the CPU does that best if a strand is read at an even pace.
 *
 * <p>Every pair of codes and scales has a method of its own: a choice in the loop was too much for
 * C2 (docs/perf-log.md).
 */
final class VectorScaledProducts {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final VectorSpecies<Short> S = Lanes.S;
    private static final ByteOrder LE = Lanes.ORDER;
    private static final int L = Lanes.COUNT;
    private static final int B = Lanes.BYTES;
    private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT.withOrder(LE);

    private VectorScaledProducts() {}

    /** Whether such weights are multiplied here. */
    static boolean reads(WeightLayout layout) {
        return layout.compaction() == Compaction.NONE
                && switch (layout.scales()) {
                    case CENTRED ->
                            layout.codes() == Codes.BYTES
                                    || layout.codes() == Codes.FOUR_BITS && layout.centre() == 0;
                    case FACTORED -> layout.codes() == Codes.SIX_BITS && layout.centre() == 0;
                    case FACTORED_WITH_MINIMUM ->
                            layout.codes() == Codes.FOUR_BITS || layout.codes() == Codes.FIVE_BITS;
                    case NONE, ONE, WITH_MINIMUM, FACTORED_IN_NIBBLES, POWER -> false;
                };
    }

    /**
     * @param row the first row of the strand, within the group
     * @param bases working memory
     * @param to where the row's sum is
     */
    static void add(ChunkView chunk, int row, ScaleBuffer bases, float[] sums, int to) {
        // Written, so that it is not left out.
        bases.words[0] = touch(chunk, row);
        switch (chunk.scales) {
            case CENTRED -> {
                if (chunk.codes == Codes.BYTES) {
                    centredBytes(chunk, row, sums, to);
                } else {
                    centredFours(chunk, row, sums, to);
                }
            }
            case FACTORED -> {
                widen(chunk, row, bases);
                factoredSixes(chunk, row, bases, sums, to);
            }
            case FACTORED_WITH_MINIMUM -> {
                widen(chunk, row, bases);
                if (chunk.codes == Codes.FOUR_BITS) {
                    factoredFours(chunk, row, bases, sums, to);
                } else {
                    factoredFives(chunk, row, bases, sums, to);
                }
            }
            case NONE, ONE, WITH_MINIMUM, FACTORED_IN_NIBBLES, POWER ->
                    throw new IllegalStateException(chunk.scales + " are computed beforehand");
        }
    }

    /** Reads of all scales of a strand, since products would wait for one after the other. */
    private static int touch(ChunkView chunk, int row) {
        MemorySegment data = chunk.data;
        long at = chunk.scalesAt + Lanes.bytesTo(row, chunk.strand);
        int count = PackedMatrix.STRAND_REGISTERS * chunk.scaleWords;
        int all = 0;
        for (int i = 0; i < count; i++) {
            all |= data.get(WORD, at + (long) i * B);
        }
        return all;
    }

    /** Of factored scales: what the factors of each register's rows are multiplied with. */
    private static void widen(ChunkView chunk, int row, ScaleBuffer bases) {
        long at = chunk.scalesAt + Lanes.bytesTo(row, chunk.strand);
        long register = (long) chunk.scaleWords * B;
        for (int to = 0; to < Lanes.STRAND_ROWS; to += L) {
            IntVector halves = IntVector.fromMemorySegment(I, chunk.data, at, LE);
            IntVector half = halves.lanewise(LSHL, 16).lanewise(ASHR, 3).and(Codes.HALF_MASK);
            FloatVector base = half.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
            base.intoArray(bases.scales, to);
            // Of the minimum, which is taken away.
            half = halves.lanewise(ASHR, 3).and(Codes.HALF_MASK);
            base = half.reinterpretAsFloats().mul(Codes.HALF_EXPONENT).neg();
            base.intoArray(bases.minimums, to);
            at += register;
        }
    }

    /** {@link Scales#CENTRED}, without a minimum. */
    private static void centredFours(ChunkView chunk, int row, float[] sums, int to) {
        MemorySegment data = chunk.data;
        int[] x = chunk.pairs;
        int[] starts = chunk.starts;
        float[] inputScales = chunk.inputScales;
        int xAt = chunk.xAt;
        int block = chunk.blockAt;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        long scalesAt = chunk.scalesAt + Lanes.bytesTo(row, chunk.strand);
        long register = (long) chunk.scaleWords * B;
        int words = chunk.cols / 8;
        int lastWord = chunk.blockCols / 8 - 1;
        IntVector mask = IntVector.broadcast(I, chunk.mask);
        ShortVector s0 = IntVector.broadcast(I, starts[block]).reinterpretAsShorts();
        ShortVector s1 = s0;
        ShortVector s2 = s0;
        ShortVector s3 = s0;
        int scale = 0;
        for (int word = 0; word < words; word++) {
            long from = at + (long) word * WORD_BYTES;
            int pair = xAt + word * 4;
            IntVector q0 = IntVector.fromMemorySegment(I, data, from, LE);
            IntVector q1 = IntVector.fromMemorySegment(I, data, from + B, LE);
            IntVector q2 = IntVector.fromMemorySegment(I, data, from + 2 * B, LE);
            IntVector q3 = IntVector.fromMemorySegment(I, data, from + 3 * B, LE);
            for (int n = 0; n < 4; n++) {
                ShortVector v = IntVector.broadcast(I, x[pair + n]).reinterpretAsShorts();
                s0 = mask.and(q0).reinterpretAsShorts().mul(v).add(s0);
                s1 = mask.and(q1).reinterpretAsShorts().mul(v).add(s1);
                s2 = mask.and(q2).reinterpretAsShorts().mul(v).add(s2);
                s3 = mask.and(q3).reinterpretAsShorts().mul(v).add(s3);
                q0 = q0.lanewise(LSHR, 4);
                q1 = q1.lanewise(LSHR, 4);
                q2 = q2.lanewise(LSHR, 4);
                q3 = q3.lanewise(LSHR, 4);
            }
            if ((word & lastWord) == lastWord) {
                FloatVector e = FloatVector.broadcast(F, inputScales[block]);
                FloatVector c = e.mul(QuantisedInputs.LIFTED);
                int shift = 16 - scale % 2 * 16;
                long half = scalesAt + scale / 2 * B;
                IntVector i0 = s0.reinterpretAsInts();
                i0 = i0.and(0xFFFF).add(i0.lanewise(ASHR, 16));
                FloatVector f0 = ((FloatVector) i0.convert(I2F, 0)).fma(e, c);
                IntVector h0 = IntVector.fromMemorySegment(I, data, half, LE).lanewise(LSHL, shift);
                h0 = h0.lanewise(ASHR, 3).and(Codes.HALF_MASK);
                FloatVector v0 = h0.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
                v0.fma(f0, FloatVector.fromArray(F, sums, to)).intoArray(sums, to);
                IntVector i1 = s1.reinterpretAsInts();
                i1 = i1.and(0xFFFF).add(i1.lanewise(ASHR, 16));
                FloatVector f1 = ((FloatVector) i1.convert(I2F, 0)).fma(e, c);
                IntVector h1 =
                        IntVector.fromMemorySegment(I, data, half + register, LE)
                                .lanewise(LSHL, shift);
                h1 = h1.lanewise(ASHR, 3).and(Codes.HALF_MASK);
                FloatVector v1 = h1.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
                v1.fma(f1, FloatVector.fromArray(F, sums, to + L)).intoArray(sums, to + L);
                IntVector i2 = s2.reinterpretAsInts();
                i2 = i2.and(0xFFFF).add(i2.lanewise(ASHR, 16));
                FloatVector f2 = ((FloatVector) i2.convert(I2F, 0)).fma(e, c);
                IntVector h2 =
                        IntVector.fromMemorySegment(I, data, half + 2 * register, LE)
                                .lanewise(LSHL, shift);
                h2 = h2.lanewise(ASHR, 3).and(Codes.HALF_MASK);
                FloatVector v2 = h2.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
                v2.fma(f2, FloatVector.fromArray(F, sums, to + 2 * L)).intoArray(sums, to + 2 * L);
                IntVector i3 = s3.reinterpretAsInts();
                i3 = i3.and(0xFFFF).add(i3.lanewise(ASHR, 16));
                FloatVector f3 = ((FloatVector) i3.convert(I2F, 0)).fma(e, c);
                IntVector h3 =
                        IntVector.fromMemorySegment(I, data, half + 3 * register, LE)
                                .lanewise(LSHL, shift);
                h3 = h3.lanewise(ASHR, 3).and(Codes.HALF_MASK);
                FloatVector v3 = h3.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
                v3.fma(f3, FloatVector.fromArray(F, sums, to + 3 * L)).intoArray(sums, to + 3 * L);
                scale++;
                block++;
                s0 = IntVector.broadcast(I, starts[block]).reinterpretAsShorts();
                s1 = s0;
                s2 = s0;
                s3 = s0;
            }
        }
    }

    /** {@link Scales#FACTORED_WITH_MINIMUM}. */
    private static void factoredFours(
            ChunkView chunk, int row, ScaleBuffer bases, float[] sums, int to) {
        MemorySegment data = chunk.data;
        int[] x = chunk.pairs;
        int[] starts = chunk.starts;
        float[] inputScales = chunk.inputScales;
        float[] inputSums = chunk.inputSums;
        float[] d = bases.scales;
        float[] m = bases.minimums;
        int xAt = chunk.xAt;
        int block = chunk.blockAt;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        long scalesAt = chunk.scalesAt + Lanes.bytesTo(row, chunk.strand);
        long register = (long) chunk.scaleWords * B;
        int words = chunk.cols / 8;
        int lastWord = chunk.blockCols / 8 - 1;
        // Behind those of the scales.
        long others = chunk.cols / chunk.blockCols / 4 * B;
        FloatVector centre = FloatVector.broadcast(F, -chunk.centre);
        IntVector mask = IntVector.broadcast(I, chunk.mask);
        ShortVector s0 = IntVector.broadcast(I, starts[block]).reinterpretAsShorts();
        ShortVector s1 = s0;
        ShortVector s2 = s0;
        ShortVector s3 = s0;
        int scale = 0;
        for (int word = 0; word < words; word++) {
            long from = at + (long) word * WORD_BYTES;
            int pair = xAt + word * 4;
            IntVector q0 = IntVector.fromMemorySegment(I, data, from, LE);
            IntVector q1 = IntVector.fromMemorySegment(I, data, from + B, LE);
            IntVector q2 = IntVector.fromMemorySegment(I, data, from + 2 * B, LE);
            IntVector q3 = IntVector.fromMemorySegment(I, data, from + 3 * B, LE);
            for (int n = 0; n < 4; n++) {
                ShortVector v = IntVector.broadcast(I, x[pair + n]).reinterpretAsShorts();
                s0 = mask.and(q0).reinterpretAsShorts().mul(v).add(s0);
                s1 = mask.and(q1).reinterpretAsShorts().mul(v).add(s1);
                s2 = mask.and(q2).reinterpretAsShorts().mul(v).add(s2);
                s3 = mask.and(q3).reinterpretAsShorts().mul(v).add(s3);
                q0 = q0.lanewise(LSHR, 4);
                q1 = q1.lanewise(LSHR, 4);
                q2 = q2.lanewise(LSHR, 4);
                q3 = q3.lanewise(LSHR, 4);
            }
            if ((word & lastWord) == lastWord) {
                FloatVector e = FloatVector.broadcast(F, inputScales[block]);
                FloatVector c = e.mul(QuantisedInputs.LIFTED);
                FloatVector b = FloatVector.broadcast(F, inputSums[block]);
                int shift = scale % 4 * 8;
                long factor = scalesAt + (1 + scale / 4) * B;
                long other = factor + others;
                IntVector i0 = s0.reinterpretAsInts();
                i0 = i0.and(0xFFFF).add(i0.lanewise(ASHR, 16));
                FloatVector f0 = ((FloatVector) i0.convert(I2F, 0)).fma(e, c);
                IntVector g0 = IntVector.fromMemorySegment(I, data, factor, LE);
                FloatVector v0 = (FloatVector) g0.lanewise(LSHR, shift).and(0xFF).convert(I2F, 0);
                v0 = FloatVector.fromArray(F, d, 0).mul(v0);
                FloatVector t0 = v0.fma(f0, FloatVector.fromArray(F, sums, to));
                IntVector o0 = IntVector.fromMemorySegment(I, data, other, LE);
                FloatVector w0 = (FloatVector) o0.lanewise(LSHR, shift).and(0xFF).convert(I2F, 0);
                w0 = FloatVector.fromArray(F, m, 0).mul(w0);
                b.fma(v0.fma(centre, w0), t0).intoArray(sums, to);
                IntVector i1 = s1.reinterpretAsInts();
                i1 = i1.and(0xFFFF).add(i1.lanewise(ASHR, 16));
                FloatVector f1 = ((FloatVector) i1.convert(I2F, 0)).fma(e, c);
                IntVector g1 = IntVector.fromMemorySegment(I, data, factor + register, LE);
                FloatVector v1 = (FloatVector) g1.lanewise(LSHR, shift).and(0xFF).convert(I2F, 0);
                v1 = FloatVector.fromArray(F, d, L).mul(v1);
                FloatVector t1 = v1.fma(f1, FloatVector.fromArray(F, sums, to + L));
                IntVector o1 = IntVector.fromMemorySegment(I, data, other + register, LE);
                FloatVector w1 = (FloatVector) o1.lanewise(LSHR, shift).and(0xFF).convert(I2F, 0);
                w1 = FloatVector.fromArray(F, m, L).mul(w1);
                b.fma(v1.fma(centre, w1), t1).intoArray(sums, to + L);
                IntVector i2 = s2.reinterpretAsInts();
                i2 = i2.and(0xFFFF).add(i2.lanewise(ASHR, 16));
                FloatVector f2 = ((FloatVector) i2.convert(I2F, 0)).fma(e, c);
                IntVector g2 = IntVector.fromMemorySegment(I, data, factor + 2 * register, LE);
                FloatVector v2 = (FloatVector) g2.lanewise(LSHR, shift).and(0xFF).convert(I2F, 0);
                v2 = FloatVector.fromArray(F, d, 2 * L).mul(v2);
                FloatVector t2 = v2.fma(f2, FloatVector.fromArray(F, sums, to + 2 * L));
                IntVector o2 = IntVector.fromMemorySegment(I, data, other + 2 * register, LE);
                FloatVector w2 = (FloatVector) o2.lanewise(LSHR, shift).and(0xFF).convert(I2F, 0);
                w2 = FloatVector.fromArray(F, m, 2 * L).mul(w2);
                b.fma(v2.fma(centre, w2), t2).intoArray(sums, to + 2 * L);
                IntVector i3 = s3.reinterpretAsInts();
                i3 = i3.and(0xFFFF).add(i3.lanewise(ASHR, 16));
                FloatVector f3 = ((FloatVector) i3.convert(I2F, 0)).fma(e, c);
                IntVector g3 = IntVector.fromMemorySegment(I, data, factor + 3 * register, LE);
                FloatVector v3 = (FloatVector) g3.lanewise(LSHR, shift).and(0xFF).convert(I2F, 0);
                v3 = FloatVector.fromArray(F, d, 3 * L).mul(v3);
                FloatVector t3 = v3.fma(f3, FloatVector.fromArray(F, sums, to + 3 * L));
                IntVector o3 = IntVector.fromMemorySegment(I, data, other + 3 * register, LE);
                FloatVector w3 = (FloatVector) o3.lanewise(LSHR, shift).and(0xFF).convert(I2F, 0);
                w3 = FloatVector.fromArray(F, m, 3 * L).mul(w3);
                b.fma(v3.fma(centre, w3), t3).intoArray(sums, to + 3 * L);
                scale++;
                block++;
                s0 = IntVector.broadcast(I, starts[block]).reinterpretAsShorts();
                s1 = s0;
                s2 = s0;
                s3 = s0;
            }
        }
    }

    /** {@link Scales#FACTORED_WITH_MINIMUM}. */
    private static void factoredFives(
            ChunkView chunk, int row, ScaleBuffer bases, float[] sums, int to) {
        MemorySegment data = chunk.data;
        int[] x = chunk.pairs;
        int[] starts = chunk.starts;
        float[] inputScales = chunk.inputScales;
        float[] inputSums = chunk.inputSums;
        float[] d = bases.scales;
        float[] m = bases.minimums;
        int pair = chunk.xAt;
        int firstBlock = chunk.blockAt;
        int blocks = chunk.cols / chunk.blockCols;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        long scalesAt = chunk.scalesAt + Lanes.bytesTo(row, chunk.strand);
        long register = (long) chunk.scaleWords * B;
        // Behind those of the scales.
        long others = blocks / 4 * B;
        FloatVector centre = FloatVector.broadcast(F, -chunk.centre);
        ShortVector mask = IntVector.broadcast(I, chunk.mask).reinterpretAsShorts();
        for (int scale = 0; scale < blocks; scale++) {
            int block = firstBlock + scale;
            ShortVector s0 = IntVector.broadcast(I, starts[block]).reinterpretAsShorts();
            ShortVector s1 = s0;
            ShortVector s2 = s0;
            ShortVector s3 = s0;
            ShortVector r0 = ShortVector.zero(S);
            ShortVector r1 = ShortVector.zero(S);
            ShortVector r2 = ShortVector.zero(S);
            ShortVector r3 = ShortVector.zero(S);
            for (int word = 0; word < 5; word++) {
                ShortVector q0 = ShortVector.fromMemorySegment(S, data, at, LE);
                ShortVector q1 = ShortVector.fromMemorySegment(S, data, at + B, LE);
                ShortVector q2 = ShortVector.fromMemorySegment(S, data, at + 2 * B, LE);
                ShortVector q3 = ShortVector.fromMemorySegment(S, data, at + 3 * B, LE);
                for (int n = 0; n < 3; n++) {
                    ShortVector v = IntVector.broadcast(I, x[pair++]).reinterpretAsShorts();
                    s0 = mask.and(q0).mul(v).add(s0);
                    s1 = mask.and(q1).mul(v).add(s1);
                    s2 = mask.and(q2).mul(v).add(s2);
                    s3 = mask.and(q3).mul(v).add(s3);
                    q0 = q0.lanewise(LSHR, 5);
                    q1 = q1.lanewise(LSHR, 5);
                    q2 = q2.lanewise(LSHR, 5);
                    q3 = q3.lanewise(LSHR, 5);
                }
                int left = 4 - word;
                r0 = q0.lanewise(LSHL, left).or(r0);
                r1 = q1.lanewise(LSHL, left).or(r1);
                r2 = q2.lanewise(LSHL, left).or(r2);
                r3 = q3.lanewise(LSHL, left).or(r3);
                at += WORD_BYTES;
            }
            ShortVector v = IntVector.broadcast(I, x[pair++]).reinterpretAsShorts();
            s0 = v.mul(r0).add(s0);
            s1 = v.mul(r1).add(s1);
            s2 = v.mul(r2).add(s2);
            s3 = v.mul(r3).add(s3);
            FloatVector e = FloatVector.broadcast(F, inputScales[block]);
            FloatVector c = e.mul(QuantisedInputs.LIFTED);
            FloatVector b = FloatVector.broadcast(F, inputSums[block]);
            int shift = scale % 4 * 8;
            long factor = scalesAt + (1 + scale / 4) * B;
            long other = factor + others;
            IntVector i0 = s0.reinterpretAsInts();
            i0 = i0.and(0xFFFF).add(i0.lanewise(ASHR, 16));
            FloatVector f0 = ((FloatVector) i0.convert(I2F, 0)).fma(e, c);
            IntVector g0 = IntVector.fromMemorySegment(I, data, factor, LE);
            FloatVector u0 = (FloatVector) g0.lanewise(LSHR, shift).and(0xFF).convert(I2F, 0);
            u0 = FloatVector.fromArray(F, d, 0).mul(u0);
            FloatVector t0 = u0.fma(f0, FloatVector.fromArray(F, sums, to));
            IntVector o0 = IntVector.fromMemorySegment(I, data, other, LE);
            FloatVector w0 = (FloatVector) o0.lanewise(LSHR, shift).and(0xFF).convert(I2F, 0);
            w0 = FloatVector.fromArray(F, m, 0).mul(w0);
            b.fma(u0.fma(centre, w0), t0).intoArray(sums, to);
            IntVector i1 = s1.reinterpretAsInts();
            i1 = i1.and(0xFFFF).add(i1.lanewise(ASHR, 16));
            FloatVector f1 = ((FloatVector) i1.convert(I2F, 0)).fma(e, c);
            IntVector g1 = IntVector.fromMemorySegment(I, data, factor + register, LE);
            FloatVector u1 = (FloatVector) g1.lanewise(LSHR, shift).and(0xFF).convert(I2F, 0);
            u1 = FloatVector.fromArray(F, d, L).mul(u1);
            FloatVector t1 = u1.fma(f1, FloatVector.fromArray(F, sums, to + L));
            IntVector o1 = IntVector.fromMemorySegment(I, data, other + register, LE);
            FloatVector w1 = (FloatVector) o1.lanewise(LSHR, shift).and(0xFF).convert(I2F, 0);
            w1 = FloatVector.fromArray(F, m, L).mul(w1);
            b.fma(u1.fma(centre, w1), t1).intoArray(sums, to + L);
            IntVector i2 = s2.reinterpretAsInts();
            i2 = i2.and(0xFFFF).add(i2.lanewise(ASHR, 16));
            FloatVector f2 = ((FloatVector) i2.convert(I2F, 0)).fma(e, c);
            IntVector g2 = IntVector.fromMemorySegment(I, data, factor + 2 * register, LE);
            FloatVector u2 = (FloatVector) g2.lanewise(LSHR, shift).and(0xFF).convert(I2F, 0);
            u2 = FloatVector.fromArray(F, d, 2 * L).mul(u2);
            FloatVector t2 = u2.fma(f2, FloatVector.fromArray(F, sums, to + 2 * L));
            IntVector o2 = IntVector.fromMemorySegment(I, data, other + 2 * register, LE);
            FloatVector w2 = (FloatVector) o2.lanewise(LSHR, shift).and(0xFF).convert(I2F, 0);
            w2 = FloatVector.fromArray(F, m, 2 * L).mul(w2);
            b.fma(u2.fma(centre, w2), t2).intoArray(sums, to + 2 * L);
            IntVector i3 = s3.reinterpretAsInts();
            i3 = i3.and(0xFFFF).add(i3.lanewise(ASHR, 16));
            FloatVector f3 = ((FloatVector) i3.convert(I2F, 0)).fma(e, c);
            IntVector g3 = IntVector.fromMemorySegment(I, data, factor + 3 * register, LE);
            FloatVector u3 = (FloatVector) g3.lanewise(LSHR, shift).and(0xFF).convert(I2F, 0);
            u3 = FloatVector.fromArray(F, d, 3 * L).mul(u3);
            FloatVector t3 = u3.fma(f3, FloatVector.fromArray(F, sums, to + 3 * L));
            IntVector o3 = IntVector.fromMemorySegment(I, data, other + 3 * register, LE);
            FloatVector w3 = (FloatVector) o3.lanewise(LSHR, shift).and(0xFF).convert(I2F, 0);
            w3 = FloatVector.fromArray(F, m, 3 * L).mul(w3);
            b.fma(u3.fma(centre, w3), t3).intoArray(sums, to + 3 * L);
        }
    }

    /** {@link Scales#FACTORED}, without a minimum. */
    private static void factoredSixes(
            ChunkView chunk, int row, ScaleBuffer bases, float[] sums, int to) {
        MemorySegment data = chunk.data;
        int[] x = chunk.pairs;
        int[] starts = chunk.starts;
        float[] inputScales = chunk.inputScales;
        float[] d = bases.scales;
        int pair = chunk.xAt;
        int firstBlock = chunk.blockAt;
        int blocks = chunk.cols / chunk.blockCols;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        long scalesAt = chunk.scalesAt + Lanes.bytesTo(row, chunk.strand);
        long register = (long) chunk.scaleWords * B;
        ShortVector mask = IntVector.broadcast(I, chunk.mask).reinterpretAsShorts();
        for (int scale = 0; scale < blocks; scale++) {
            int block = firstBlock + scale;
            ShortVector s0 = IntVector.broadcast(I, starts[block]).reinterpretAsShorts();
            ShortVector s1 = s0;
            ShortVector s2 = s0;
            ShortVector s3 = s0;
            ShortVector r0 = ShortVector.zero(S);
            ShortVector r1 = ShortVector.zero(S);
            ShortVector r2 = ShortVector.zero(S);
            ShortVector r3 = ShortVector.zero(S);
            for (int word = 0; word < 3; word++) {
                ShortVector q0 = ShortVector.fromMemorySegment(S, data, at, LE);
                ShortVector q1 = ShortVector.fromMemorySegment(S, data, at + B, LE);
                ShortVector q2 = ShortVector.fromMemorySegment(S, data, at + 2 * B, LE);
                ShortVector q3 = ShortVector.fromMemorySegment(S, data, at + 3 * B, LE);
                for (int n = 0; n < 2; n++) {
                    ShortVector v = IntVector.broadcast(I, x[pair++]).reinterpretAsShorts();
                    s0 = mask.and(q0).mul(v).add(s0);
                    s1 = mask.and(q1).mul(v).add(s1);
                    s2 = mask.and(q2).mul(v).add(s2);
                    s3 = mask.and(q3).mul(v).add(s3);
                    q0 = q0.lanewise(LSHR, 6);
                    q1 = q1.lanewise(LSHR, 6);
                    q2 = q2.lanewise(LSHR, 6);
                    q3 = q3.lanewise(LSHR, 6);
                }
                int left = 8 - 4 * word;
                r0 = q0.lanewise(LSHL, left).or(r0);
                r1 = q1.lanewise(LSHL, left).or(r1);
                r2 = q2.lanewise(LSHL, left).or(r2);
                r3 = q3.lanewise(LSHL, left).or(r3);
                at += WORD_BYTES;
            }
            for (int n = 0; n < 2; n++) {
                ShortVector v = IntVector.broadcast(I, x[pair++]).reinterpretAsShorts();
                s0 = mask.and(r0).mul(v).add(s0);
                s1 = mask.and(r1).mul(v).add(s1);
                s2 = mask.and(r2).mul(v).add(s2);
                s3 = mask.and(r3).mul(v).add(s3);
                r0 = r0.lanewise(LSHR, 6);
                r1 = r1.lanewise(LSHR, 6);
                r2 = r2.lanewise(LSHR, 6);
                r3 = r3.lanewise(LSHR, 6);
            }
            FloatVector e = FloatVector.broadcast(F, inputScales[block]);
            FloatVector c = e.mul(QuantisedInputs.LIFTED);
            int shift = 24 - scale % 4 * 8;
            long factor = scalesAt + (1 + scale / 4) * B;
            IntVector i0 = s0.reinterpretAsInts();
            i0 = i0.and(0xFFFF).add(i0.lanewise(ASHR, 16));
            FloatVector f0 = ((FloatVector) i0.convert(I2F, 0)).fma(e, c);
            IntVector g0 = IntVector.fromMemorySegment(I, data, factor, LE);
            g0 = g0.lanewise(LSHL, shift).lanewise(ASHR, 24);
            FloatVector v0 = FloatVector.fromArray(F, d, 0).mul((FloatVector) g0.convert(I2F, 0));
            v0.fma(f0, FloatVector.fromArray(F, sums, to)).intoArray(sums, to);
            IntVector i1 = s1.reinterpretAsInts();
            i1 = i1.and(0xFFFF).add(i1.lanewise(ASHR, 16));
            FloatVector f1 = ((FloatVector) i1.convert(I2F, 0)).fma(e, c);
            IntVector g1 = IntVector.fromMemorySegment(I, data, factor + register, LE);
            g1 = g1.lanewise(LSHL, shift).lanewise(ASHR, 24);
            FloatVector v1 = FloatVector.fromArray(F, d, L).mul((FloatVector) g1.convert(I2F, 0));
            v1.fma(f1, FloatVector.fromArray(F, sums, to + L)).intoArray(sums, to + L);
            IntVector i2 = s2.reinterpretAsInts();
            i2 = i2.and(0xFFFF).add(i2.lanewise(ASHR, 16));
            FloatVector f2 = ((FloatVector) i2.convert(I2F, 0)).fma(e, c);
            IntVector g2 = IntVector.fromMemorySegment(I, data, factor + 2 * register, LE);
            g2 = g2.lanewise(LSHL, shift).lanewise(ASHR, 24);
            FloatVector v2 =
                    FloatVector.fromArray(F, d, 2 * L).mul((FloatVector) g2.convert(I2F, 0));
            v2.fma(f2, FloatVector.fromArray(F, sums, to + 2 * L)).intoArray(sums, to + 2 * L);
            IntVector i3 = s3.reinterpretAsInts();
            i3 = i3.and(0xFFFF).add(i3.lanewise(ASHR, 16));
            FloatVector f3 = ((FloatVector) i3.convert(I2F, 0)).fma(e, c);
            IntVector g3 = IntVector.fromMemorySegment(I, data, factor + 3 * register, LE);
            g3 = g3.lanewise(LSHL, shift).lanewise(ASHR, 24);
            FloatVector v3 =
                    FloatVector.fromArray(F, d, 3 * L).mul((FloatVector) g3.convert(I2F, 0));
            v3.fma(f3, FloatVector.fromArray(F, sums, to + 3 * L)).intoArray(sums, to + 3 * L);
        }
    }

    /** {@link Scales#CENTRED}. */
    private static void centredBytes(ChunkView chunk, int row, float[] sums, int to) {
        MemorySegment data = chunk.data;
        float[] x = chunk.x;
        float[] inputSums = chunk.inputSums;
        int cols = chunk.cols;
        int xAt = chunk.xAt;
        int block = chunk.blockAt;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        long scalesAt = chunk.scalesAt + Lanes.bytesTo(row, chunk.strand);
        long register = (long) chunk.scaleWords * B;
        int wordCols = Codes.BYTES.wordCols;
        IntVector mask = IntVector.broadcast(I, 0xFF);
        IntVector upper = IntVector.broadcast(I, 0xFF00);
        FloatVector centre = FloatVector.broadcast(F, -chunk.centre);
        int scale = 0;
        for (int from = 0; from < cols; from += chunk.blockCols) {
            FloatVector s0 = FloatVector.zero(F);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int c = from; c < from + chunk.blockCols; c += wordCols) {
                IntVector q0 = IntVector.fromMemorySegment(I, data, at, LE);
                IntVector q1 = IntVector.fromMemorySegment(I, data, at + B, LE);
                IntVector q2 = IntVector.fromMemorySegment(I, data, at + 2 * B, LE);
                IntVector q3 = IntVector.fromMemorySegment(I, data, at + 3 * B, LE);
                for (int n = c; n < c + wordCols; n += 2) {
                    FloatVector v0 = FloatVector.broadcast(F, x[xAt + n]);
                    s0 = v0.fma((FloatVector) q0.and(mask).convert(I2F, 0), s0);
                    s1 = v0.fma((FloatVector) q1.and(mask).convert(I2F, 0), s1);
                    s2 = v0.fma((FloatVector) q2.and(mask).convert(I2F, 0), s2);
                    s3 = v0.fma((FloatVector) q3.and(mask).convert(I2F, 0), s3);
                    FloatVector v1 = FloatVector.broadcast(F, x[xAt + n + 1]);
                    s0 = v1.fma((FloatVector) q0.and(upper).convert(I2F, 0), s0);
                    s1 = v1.fma((FloatVector) q1.and(upper).convert(I2F, 0), s1);
                    s2 = v1.fma((FloatVector) q2.and(upper).convert(I2F, 0), s2);
                    s3 = v1.fma((FloatVector) q3.and(upper).convert(I2F, 0), s3);
                    q0 = q0.lanewise(LSHR, 16);
                    q1 = q1.lanewise(LSHR, 16);
                    q2 = q2.lanewise(LSHR, 16);
                    q3 = q3.lanewise(LSHR, 16);
                }
                at += WORD_BYTES;
            }
            FloatVector b = FloatVector.broadcast(F, inputSums[block++]);
            int shift = 16 - scale % 2 * 16;
            long half = scalesAt + scale / 2 * B;
            IntVector h0 = IntVector.fromMemorySegment(I, data, half, LE).lanewise(LSHL, shift);
            h0 = h0.lanewise(ASHR, 3).and(Codes.HALF_MASK);
            FloatVector v0 = h0.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
            FloatVector t0 = v0.fma(s0, FloatVector.fromArray(F, sums, to));
            b.fma(v0.mul(centre), t0).intoArray(sums, to);
            IntVector h1 =
                    IntVector.fromMemorySegment(I, data, half + register, LE).lanewise(LSHL, shift);
            h1 = h1.lanewise(ASHR, 3).and(Codes.HALF_MASK);
            FloatVector v1 = h1.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
            FloatVector t1 = v1.fma(s1, FloatVector.fromArray(F, sums, to + L));
            b.fma(v1.mul(centre), t1).intoArray(sums, to + L);
            IntVector h2 =
                    IntVector.fromMemorySegment(I, data, half + 2 * register, LE)
                            .lanewise(LSHL, shift);
            h2 = h2.lanewise(ASHR, 3).and(Codes.HALF_MASK);
            FloatVector v2 = h2.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
            FloatVector t2 = v2.fma(s2, FloatVector.fromArray(F, sums, to + 2 * L));
            b.fma(v2.mul(centre), t2).intoArray(sums, to + 2 * L);
            IntVector h3 =
                    IntVector.fromMemorySegment(I, data, half + 3 * register, LE)
                            .lanewise(LSHL, shift);
            h3 = h3.lanewise(ASHR, 3).and(Codes.HALF_MASK);
            FloatVector v3 = h3.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
            FloatVector t3 = v3.fma(s3, FloatVector.fromArray(F, sums, to + 3 * L));
            b.fma(v3.mul(centre), t3).intoArray(sums, to + 3 * L);
            scale++;
        }
    }
}
