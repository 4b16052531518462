package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.Lanes.WORD_BYTES;

import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * Multiplies the rows of two registers and four input vectors in lanes of 16 bits, unpacking codes
 * of four bits once for all of them. Eight sums are as many as the registers of AVX2 allow; why the
 * number of columns in a word is a constant: {@link VectorShortProducts}.
 */
final class VectorShortTiles {
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final ByteOrder LE = Lanes.ORDER;
    private static final int L = Lanes.COUNT;
    private static final int B = Lanes.BYTES;

    private VectorShortTiles() {}

    /** Parameters as in {@link VectorTiles#add}. */
    static void add(
            ChunkView chunk, int inputs, int row, ScaleBuffer scales, float[] sums, int to) {
        multiply(chunk, inputs, row);
        VectorShortSums.add(chunk, inputs, row, scales, sums, to);
    }

    private static void multiply(ChunkView chunk, int inputs, int row) {
        MemorySegment data = chunk.data;
        int[] x = chunk.pairs;
        int[] starts = chunk.starts;
        int[] shortSums = chunk.shortSums;
        int last = inputs - 1;
        int second = Math.min(1, last);
        int third = Math.min(2, last);
        int x0 = chunk.xAt;
        int x1 = x0 + second * chunk.xStride;
        int x2 = x0 + third * chunk.xStride;
        int x3 = x0 + last * chunk.xStride;
        int block0 = chunk.blockAt;
        int block1 = block0 + second * chunk.blockStride;
        int block2 = block0 + third * chunk.blockStride;
        int block3 = block0 + last * chunk.blockStride;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        int words = chunk.cols / 8;
        int lastWord = chunk.blockCols / 8 - 1;
        IntVector mask = IntVector.broadcast(I, 0x000F000F);
        int to = 0;
        ShortVector s00 = IntVector.broadcast(I, starts[block0]).reinterpretAsShorts();
        ShortVector s01 = s00;
        ShortVector s10 = IntVector.broadcast(I, starts[block1]).reinterpretAsShorts();
        ShortVector s11 = s10;
        ShortVector s20 = IntVector.broadcast(I, starts[block2]).reinterpretAsShorts();
        ShortVector s21 = s20;
        ShortVector s30 = IntVector.broadcast(I, starts[block3]).reinterpretAsShorts();
        ShortVector s31 = s30;
        for (int word = 0; word < words; word++) {
            long from = at + (long) word * WORD_BYTES;
            int pair = word * 4;
            IntVector q0 = IntVector.fromMemorySegment(I, data, from, LE);
            IntVector q1 = IntVector.fromMemorySegment(I, data, from + B, LE);
            for (int n = 0; n < 4; n++) {
                ShortVector w0 = mask.and(q0).reinterpretAsShorts();
                q0 = q0.lanewise(LSHR, 4);
                ShortVector w1 = mask.and(q1).reinterpretAsShorts();
                q1 = q1.lanewise(LSHR, 4);
                ShortVector v = IntVector.broadcast(I, x[x0 + pair + n]).reinterpretAsShorts();
                s00 = w0.mul(v).add(s00);
                s01 = w1.mul(v).add(s01);
                v = IntVector.broadcast(I, x[x1 + pair + n]).reinterpretAsShorts();
                s10 = w0.mul(v).add(s10);
                s11 = w1.mul(v).add(s11);
                v = IntVector.broadcast(I, x[x2 + pair + n]).reinterpretAsShorts();
                s20 = w0.mul(v).add(s20);
                s21 = w1.mul(v).add(s21);
                v = IntVector.broadcast(I, x[x3 + pair + n]).reinterpretAsShorts();
                s30 = w0.mul(v).add(s30);
                s31 = w1.mul(v).add(s31);
            }
            if ((word & lastWord) == lastWord) {
                s00.reinterpretAsInts().intoArray(shortSums, to);
                s01.reinterpretAsInts().intoArray(shortSums, to + L);
                s10.reinterpretAsInts().intoArray(shortSums, to + 2 * L);
                s11.reinterpretAsInts().intoArray(shortSums, to + 3 * L);
                s20.reinterpretAsInts().intoArray(shortSums, to + 4 * L);
                s21.reinterpretAsInts().intoArray(shortSums, to + 5 * L);
                s30.reinterpretAsInts().intoArray(shortSums, to + 6 * L);
                s31.reinterpretAsInts().intoArray(shortSums, to + 7 * L);
                to += 8 * L;
                block0++;
                s00 = IntVector.broadcast(I, starts[block0]).reinterpretAsShorts();
                s01 = s00;
                block1++;
                s10 = IntVector.broadcast(I, starts[block1]).reinterpretAsShorts();
                s11 = s10;
                block2++;
                s20 = IntVector.broadcast(I, starts[block2]).reinterpretAsShorts();
                s21 = s20;
                block3++;
                s30 = IntVector.broadcast(I, starts[block3]).reinterpretAsShorts();
                s31 = s30;
            }
        }
    }
}
