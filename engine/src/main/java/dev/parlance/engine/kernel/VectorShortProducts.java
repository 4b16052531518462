package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.Lanes.WORD_BYTES;
import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * Adds the products of the rows of four registers and one input vector, in lanes of 16 bits: see
 * {@link QuantisedInputs}. Twice as many products an instruction as with floats.
 *
 * <p>Every method is one loop, because a vector must not cross the border of a method, and four
 * registers at a time. How many columns a word has is a constant of each: with a variable C2 finds
 * another plan in every second start of the program, at 256 bits one of two thirds of the speed.
 * The sums of a block are scaled block by block ({@link VectorBlockSums#addBlock}) and not by
 * themselves at the end of a chunk: what the CPU fetches ahead is used best at an even pace. What
 * the numbers of bits mean: {@link Codes}.
 */
final class VectorShortProducts {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final VectorSpecies<Short> S = Lanes.S;
    private static final ByteOrder LE = Lanes.ORDER;
    private static final int L = Lanes.COUNT;
    private static final int B = Lanes.BYTES;

    private VectorShortProducts() {}

    /** Parameters as in {@link VectorProducts#add}. */
    static void add(ChunkView chunk, int row, ScaleBuffer scales, float[] sums, int to) {
        switch (chunk.codes) {
            case TWO_BITS -> twos(chunk, row, scales, sums, to);
            case FOUR_BITS -> fours(chunk, row, scales, sums, to);
            case FIVE_BITS -> fives(chunk, row, scales, sums, to);
            default -> throw new IllegalStateException(chunk.codes + " are multiplied elsewhere");
        }
    }

    private static void twos(ChunkView chunk, int row, ScaleBuffer scales, float[] sums, int to) {
        MemorySegment data = chunk.data;
        int[] x = chunk.pairs;
        int xAt = chunk.xAt;
        int[] starts = chunk.starts;
        int block = chunk.blockAt;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        int[] shortSums = chunk.shortSums;
        int words = chunk.cols / 16;
        int last = chunk.blockCols / 16 - 1;
        ShortVector s0 = IntVector.broadcast(I, starts[block]).reinterpretAsShorts();
        ShortVector s1 = s0;
        ShortVector s2 = s0;
        ShortVector s3 = s0;
        int scale = row;
        // Of both halves, which a shift of whole words does not mix below the mask.
        IntVector mask = IntVector.broadcast(I, chunk.mask);
        for (int word = 0; word < words; word++) {
            long from = at + (long) word * WORD_BYTES;
            int pair = xAt + word * 8;
            IntVector q0 = IntVector.fromMemorySegment(I, data, from, LE);
            IntVector q1 = IntVector.fromMemorySegment(I, data, from + B, LE);
            IntVector q2 = IntVector.fromMemorySegment(I, data, from + 2 * B, LE);
            IntVector q3 = IntVector.fromMemorySegment(I, data, from + 3 * B, LE);
            for (int n = 0; n < 8; n++) {
                ShortVector v = IntVector.broadcast(I, x[pair + n]).reinterpretAsShorts();
                s0 = mask.and(q0).reinterpretAsShorts().mul(v).add(s0);
                s1 = mask.and(q1).reinterpretAsShorts().mul(v).add(s1);
                s2 = mask.and(q2).reinterpretAsShorts().mul(v).add(s2);
                s3 = mask.and(q3).reinterpretAsShorts().mul(v).add(s3);
                q0 = q0.lanewise(LSHR, 2);
                q1 = q1.lanewise(LSHR, 2);
                q2 = q2.lanewise(LSHR, 2);
                q3 = q3.lanewise(LSHR, 2);
            }
            if ((word & last) == last) {
                s0.reinterpretAsInts().intoArray(shortSums, 0);
                s1.reinterpretAsInts().intoArray(shortSums, L);
                s2.reinterpretAsInts().intoArray(shortSums, 2 * L);
                s3.reinterpretAsInts().intoArray(shortSums, 3 * L);
                VectorBlockSums.addBlock(chunk, block, scales, scale, sums, to);
                scale += GROUP_ROWS;
                block++;
                s0 = IntVector.broadcast(I, starts[block]).reinterpretAsShorts();
                s1 = s0;
                s2 = s0;
                s3 = s0;
            }
        }
    }

    private static void fours(ChunkView chunk, int row, ScaleBuffer scales, float[] sums, int to) {
        MemorySegment data = chunk.data;
        int[] x = chunk.pairs;
        int xAt = chunk.xAt;
        int[] starts = chunk.starts;
        int block = chunk.blockAt;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        int[] shortSums = chunk.shortSums;
        float[] d = scales.scales;
        float[] m = scales.minimums;
        int words = chunk.cols / 8;
        int last = chunk.blockCols / 8 - 1;
        ShortVector s0 = IntVector.broadcast(I, starts[block]).reinterpretAsShorts();
        ShortVector s1 = s0;
        ShortVector s2 = s0;
        ShortVector s3 = s0;
        int scale = row;
        // Of both halves, which a shift of whole words does not mix below the mask.
        IntVector mask = IntVector.broadcast(I, chunk.mask);
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
            if ((word & last) == last) {
                s0.reinterpretAsInts().intoArray(shortSums, 0);
                s1.reinterpretAsInts().intoArray(shortSums, L);
                s2.reinterpretAsInts().intoArray(shortSums, 2 * L);
                s3.reinterpretAsInts().intoArray(shortSums, 3 * L);
                // As VectorBlockSums.addBlock, whose call would cost a twelfth here, from memory.
                FloatVector e = FloatVector.broadcast(F, chunk.inputScales[block]);
                FloatVector c = e.mul(QuantisedInputs.LIFTED);
                FloatVector b = FloatVector.broadcast(F, chunk.inputSums[block]);
                for (int r = 0; r < Lanes.STRAND_ROWS; r += L) {
                    IntVector i = IntVector.fromArray(I, shortSums, r);
                    i = i.and(0xFFFF).add(i.lanewise(ASHR, 16));
                    FloatVector f = ((FloatVector) i.convert(I2F, 0)).fma(e, c);
                    FloatVector t = FloatVector.fromArray(F, sums, to + r);
                    t = f.fma(FloatVector.fromArray(F, d, scale + r), t);
                    b.fma(FloatVector.fromArray(F, m, scale + r), t).intoArray(sums, to + r);
                }
                scale += GROUP_ROWS;
                block++;
                s0 = IntVector.broadcast(I, starts[block]).reinterpretAsShorts();
                s1 = s0;
                s2 = s0;
                s3 = s0;
            }
        }
    }

    /** Numbers as in {@link Codes#FIVE_BITS}: 3 in a half, 5 words, a bit left. */
    private static void fives(ChunkView chunk, int row, ScaleBuffer scales, float[] sums, int to) {
        MemorySegment data = chunk.data;
        int[] x = chunk.pairs;
        int pair = chunk.xAt;
        int block = chunk.blockAt;
        int end = block + chunk.cols / chunk.blockCols;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        int[] shortSums = chunk.shortSums;
        ShortVector mask = IntVector.broadcast(I, chunk.mask).reinterpretAsShorts();
        int scale = row;
        for (; block < end; block++) {
            ShortVector s0 = IntVector.broadcast(I, chunk.starts[block]).reinterpretAsShorts();
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
                    ShortVector w = IntVector.broadcast(I, x[pair++]).reinterpretAsShorts();
                    s0 = mask.and(q0).mul(w).add(s0);
                    s1 = mask.and(q1).mul(w).add(s1);
                    s2 = mask.and(q2).mul(w).add(s2);
                    s3 = mask.and(q3).mul(w).add(s3);
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
            s0.reinterpretAsInts().intoArray(shortSums, 0);
            s1.reinterpretAsInts().intoArray(shortSums, L);
            s2.reinterpretAsInts().intoArray(shortSums, 2 * L);
            s3.reinterpretAsInts().intoArray(shortSums, 3 * L);
            VectorBlockSums.addBlock(chunk, block, scales, scale, sums, to);
            scale += GROUP_ROWS;
        }
    }
}
