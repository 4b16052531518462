package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.Lanes.WORD_BYTES;
import static dev.parlance.engine.kernel.PreparedInputs.QUAD;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * Multiplies a strand's rows and a quad of input vectors in lanes of 16 bits, unpacking codes of
 * four bits once for all of them, and leaves the sums of blocks, as {@link VectorShortPanels} does.
 * Eight sums are as many as the registers of AVX2 allow; why the number of columns in a word is a
 * constant: {@link VectorShortProducts}.
 */
final class VectorShortTiles {
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final ByteOrder LE = Lanes.ORDER;
    private static final int L = Lanes.COUNT;
    private static final int B = Lanes.BYTES;

    private VectorShortTiles() {}

    /** Parameters as in {@link VectorTiles#multiply}. */
    static void multiply(ChunkView chunk, int row) {
        MemorySegment data = chunk.data;
        int[] x = chunk.pairs;
        int[] starts = chunk.starts;
        int[] shortSums = chunk.shortSums;
        int xAt = chunk.xAt;
        int block = chunk.blockAt;
        long at = chunk.codesAt + Lanes.bytesTo(row, chunk.strand);
        int words = chunk.cols / 8;
        int lastWord = chunk.blockCols / 8 - 1;
        IntVector mask = IntVector.broadcast(I, 0x000F000F);
        int to = 0;
        ShortVector s00 = IntVector.broadcast(I, starts[block]).reinterpretAsShorts();
        ShortVector s01 = s00;
        ShortVector s10 = IntVector.broadcast(I, starts[block + 1]).reinterpretAsShorts();
        ShortVector s11 = s10;
        ShortVector s20 = IntVector.broadcast(I, starts[block + 2]).reinterpretAsShorts();
        ShortVector s21 = s20;
        ShortVector s30 = IntVector.broadcast(I, starts[block + 3]).reinterpretAsShorts();
        ShortVector s31 = s30;
        for (int word = 0; word < words; word++) {
            long from = at + (long) word * WORD_BYTES;
            IntVector q0 = IntVector.fromMemorySegment(I, data, from, LE);
            IntVector q1 = IntVector.fromMemorySegment(I, data, from + B, LE);
            IntVector q2 = IntVector.fromMemorySegment(I, data, from + 2 * B, LE);
            IntVector q3 = IntVector.fromMemorySegment(I, data, from + 3 * B, LE);
            int lowerAt = xAt + word * 8 * QUAD;
            IntVector lower0 = q1.lanewise(LSHL, 16).or(q0.and(0xFFFF));
            IntVector lower1 = q3.lanewise(LSHL, 16).or(q2.and(0xFFFF));
            for (int n = 0; n < 4; n++) {
                ShortVector w0 = mask.and(lower0).reinterpretAsShorts();
                ShortVector w1 = mask.and(lower1).reinterpretAsShorts();
                lower0 = lower0.lanewise(LSHR, 4);
                lower1 = lower1.lanewise(LSHR, 4);
                int column = lowerAt + n * QUAD;
                ShortVector v = IntVector.broadcast(I, x[column]).reinterpretAsShorts();
                s00 = w0.mul(v).add(s00);
                s01 = w1.mul(v).add(s01);
                v = IntVector.broadcast(I, x[column + 1]).reinterpretAsShorts();
                s10 = w0.mul(v).add(s10);
                s11 = w1.mul(v).add(s11);
                v = IntVector.broadcast(I, x[column + 2]).reinterpretAsShorts();
                s20 = w0.mul(v).add(s20);
                s21 = w1.mul(v).add(s21);
                v = IntVector.broadcast(I, x[column + 3]).reinterpretAsShorts();
                s30 = w0.mul(v).add(s30);
                s31 = w1.mul(v).add(s31);
            }
            int upperAt = lowerAt + 4 * QUAD;
            IntVector upper0 = q0.lanewise(LSHR, 16).or(q1.and(0xFFFF_0000));
            IntVector upper1 = q2.lanewise(LSHR, 16).or(q3.and(0xFFFF_0000));
            for (int n = 0; n < 4; n++) {
                ShortVector w0 = mask.and(upper0).reinterpretAsShorts();
                ShortVector w1 = mask.and(upper1).reinterpretAsShorts();
                upper0 = upper0.lanewise(LSHR, 4);
                upper1 = upper1.lanewise(LSHR, 4);
                int column = upperAt + n * QUAD;
                ShortVector v = IntVector.broadcast(I, x[column]).reinterpretAsShorts();
                s00 = w0.mul(v).add(s00);
                s01 = w1.mul(v).add(s01);
                v = IntVector.broadcast(I, x[column + 1]).reinterpretAsShorts();
                s10 = w0.mul(v).add(s10);
                s11 = w1.mul(v).add(s11);
                v = IntVector.broadcast(I, x[column + 2]).reinterpretAsShorts();
                s20 = w0.mul(v).add(s20);
                s21 = w1.mul(v).add(s21);
                v = IntVector.broadcast(I, x[column + 3]).reinterpretAsShorts();
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
                to += 2 * QUAD * L;
                block += QUAD;
                s00 = IntVector.broadcast(I, starts[block]).reinterpretAsShorts();
                s01 = s00;
                s10 = IntVector.broadcast(I, starts[block + 1]).reinterpretAsShorts();
                s11 = s10;
                s20 = IntVector.broadcast(I, starts[block + 2]).reinterpretAsShorts();
                s21 = s20;
                s30 = IntVector.broadcast(I, starts[block + 3]).reinterpretAsShorts();
                s31 = s30;
            }
        }
    }
}
