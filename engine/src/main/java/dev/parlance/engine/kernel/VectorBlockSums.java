package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;
import static dev.parlance.engine.kernel.PreparedInputs.QUAD;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Scales the sums of blocks, which are left in {@link ChunkView}, and adds them to those of the
 * rows. Multiplying and scaling whole numbers in one loop would need more registers than there are;
 * with floats it would be no faster.
 */
final class VectorBlockSums {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final int L = Lanes.COUNT;

    private VectorBlockSums() {}

    /**
     * Of a chunk, two registers and a quad of inputs.
     *
     * @param row the first row, within the group
     * @param to where the first input's sum of that row is; the others follow at {@value
     *     PackedMatrix#GROUP_ROWS}
     */
    static void add(ChunkView chunk, int row, ScaleBuffer scales, float[] sums, int to) {
        if (!chunk.codes.areQuantised()) {
            floats(chunk, row, scales, sums, to);
        } else if (chunk.codes.fillLanes()) {
            rows(chunk, 0, row, scales, sums, to);
            rows(chunk, L, row + 2 * L, scales, sums, to + 2 * L);
        } else {
            columns(chunk, row, scales, sums, to);
        }
    }

    /** Sums that are floats, of one row in each word. */
    private static void floats(ChunkView chunk, int row, ScaleBuffer scales, float[] sums, int to) {
        float[] blockSums = chunk.blockSums;
        float[] d = scales.scales;
        float[] m = scales.minimums;
        float[] inputSums = chunk.inputSums;
        int block = chunk.blockAt;
        int scale = row;
        int from = 0;
        int count = Math.ceilDiv(chunk.cols, chunk.blockCols);
        FloatVector t00 = FloatVector.fromArray(F, sums, to);
        FloatVector t01 = FloatVector.fromArray(F, sums, to + L);
        FloatVector t10 = FloatVector.fromArray(F, sums, to + GROUP_ROWS);
        FloatVector t11 = FloatVector.fromArray(F, sums, to + GROUP_ROWS + L);
        FloatVector t20 = FloatVector.fromArray(F, sums, to + 2 * GROUP_ROWS);
        FloatVector t21 = FloatVector.fromArray(F, sums, to + 2 * GROUP_ROWS + L);
        FloatVector t30 = FloatVector.fromArray(F, sums, to + 3 * GROUP_ROWS);
        FloatVector t31 = FloatVector.fromArray(F, sums, to + 3 * GROUP_ROWS + L);
        for (int n = 0; n < count; n++) {
            FloatVector d0 = FloatVector.fromArray(F, d, scale);
            FloatVector d1 = FloatVector.fromArray(F, d, scale + L);
            FloatVector m0 = FloatVector.fromArray(F, m, scale);
            FloatVector m1 = FloatVector.fromArray(F, m, scale + L);
            FloatVector b0 = FloatVector.broadcast(F, inputSums[block]);
            FloatVector s00 = FloatVector.fromArray(F, blockSums, from);
            t00 = b0.fma(m0, d0.fma(s00, t00));
            FloatVector s01 = FloatVector.fromArray(F, blockSums, from + L);
            t01 = b0.fma(m1, d1.fma(s01, t01));
            FloatVector b1 = FloatVector.broadcast(F, inputSums[block + 1]);
            FloatVector s10 = FloatVector.fromArray(F, blockSums, from + 2 * L);
            t10 = b1.fma(m0, d0.fma(s10, t10));
            FloatVector s11 = FloatVector.fromArray(F, blockSums, from + 3 * L);
            t11 = b1.fma(m1, d1.fma(s11, t11));
            FloatVector b2 = FloatVector.broadcast(F, inputSums[block + 2]);
            FloatVector s20 = FloatVector.fromArray(F, blockSums, from + 4 * L);
            t20 = b2.fma(m0, d0.fma(s20, t20));
            FloatVector s21 = FloatVector.fromArray(F, blockSums, from + 5 * L);
            t21 = b2.fma(m1, d1.fma(s21, t21));
            FloatVector b3 = FloatVector.broadcast(F, inputSums[block + 3]);
            FloatVector s30 = FloatVector.fromArray(F, blockSums, from + 6 * L);
            t30 = b3.fma(m0, d0.fma(s30, t30));
            FloatVector s31 = FloatVector.fromArray(F, blockSums, from + 7 * L);
            t31 = b3.fma(m1, d1.fma(s31, t31));
            scale += GROUP_ROWS;
            from += 2 * QUAD * L;
            block += QUAD;
        }
        t00.intoArray(sums, to);
        t01.intoArray(sums, to + L);
        t10.intoArray(sums, to + GROUP_ROWS);
        t11.intoArray(sums, to + GROUP_ROWS + L);
        t20.intoArray(sums, to + 2 * GROUP_ROWS);
        t21.intoArray(sums, to + 2 * GROUP_ROWS + L);
        t30.intoArray(sums, to + 3 * GROUP_ROWS);
        t31.intoArray(sums, to + 3 * GROUP_ROWS + L);
    }

    /** Whole sums, of two columns of one row in each word. */
    private static void columns(
            ChunkView chunk, int row, ScaleBuffer scales, float[] sums, int to) {
        int[] shortSums = chunk.shortSums;
        float[] inputScales = chunk.inputScales;
        float[] d = scales.scales;
        float[] m = scales.minimums;
        float[] inputSums = chunk.inputSums;
        int block = chunk.blockAt;
        int scale = row;
        int from = 0;
        int count = Math.ceilDiv(chunk.cols, chunk.blockCols);
        FloatVector t00 = FloatVector.fromArray(F, sums, to);
        FloatVector t01 = FloatVector.fromArray(F, sums, to + L);
        FloatVector t10 = FloatVector.fromArray(F, sums, to + GROUP_ROWS);
        FloatVector t11 = FloatVector.fromArray(F, sums, to + GROUP_ROWS + L);
        FloatVector t20 = FloatVector.fromArray(F, sums, to + 2 * GROUP_ROWS);
        FloatVector t21 = FloatVector.fromArray(F, sums, to + 2 * GROUP_ROWS + L);
        FloatVector t30 = FloatVector.fromArray(F, sums, to + 3 * GROUP_ROWS);
        FloatVector t31 = FloatVector.fromArray(F, sums, to + 3 * GROUP_ROWS + L);
        for (int n = 0; n < count; n++) {
            FloatVector d0 = FloatVector.fromArray(F, d, scale);
            FloatVector d1 = FloatVector.fromArray(F, d, scale + L);
            FloatVector m0 = FloatVector.fromArray(F, m, scale);
            FloatVector m1 = FloatVector.fromArray(F, m, scale + L);
            FloatVector b0 = FloatVector.broadcast(F, inputSums[block]);
            FloatVector e0 = FloatVector.broadcast(F, inputScales[block]);
            FloatVector c0 = e0.mul(QuantisedInputs.LIFTED);
            IntVector i00 = IntVector.fromArray(I, shortSums, from);
            i00 = i00.and(0xFFFF).add(i00.lanewise(ASHR, 16));
            FloatVector s00 = ((FloatVector) i00.convert(I2F, 0)).fma(e0, c0);
            t00 = b0.fma(m0, s00.fma(d0, t00));
            IntVector i01 = IntVector.fromArray(I, shortSums, from + L);
            i01 = i01.and(0xFFFF).add(i01.lanewise(ASHR, 16));
            FloatVector s01 = ((FloatVector) i01.convert(I2F, 0)).fma(e0, c0);
            t01 = b0.fma(m1, s01.fma(d1, t01));
            FloatVector b1 = FloatVector.broadcast(F, inputSums[block + 1]);
            FloatVector e1 = FloatVector.broadcast(F, inputScales[block + 1]);
            FloatVector c1 = e1.mul(QuantisedInputs.LIFTED);
            IntVector i10 = IntVector.fromArray(I, shortSums, from + 2 * L);
            i10 = i10.and(0xFFFF).add(i10.lanewise(ASHR, 16));
            FloatVector s10 = ((FloatVector) i10.convert(I2F, 0)).fma(e1, c1);
            t10 = b1.fma(m0, s10.fma(d0, t10));
            IntVector i11 = IntVector.fromArray(I, shortSums, from + 3 * L);
            i11 = i11.and(0xFFFF).add(i11.lanewise(ASHR, 16));
            FloatVector s11 = ((FloatVector) i11.convert(I2F, 0)).fma(e1, c1);
            t11 = b1.fma(m1, s11.fma(d1, t11));
            FloatVector b2 = FloatVector.broadcast(F, inputSums[block + 2]);
            FloatVector e2 = FloatVector.broadcast(F, inputScales[block + 2]);
            FloatVector c2 = e2.mul(QuantisedInputs.LIFTED);
            IntVector i20 = IntVector.fromArray(I, shortSums, from + 4 * L);
            i20 = i20.and(0xFFFF).add(i20.lanewise(ASHR, 16));
            FloatVector s20 = ((FloatVector) i20.convert(I2F, 0)).fma(e2, c2);
            t20 = b2.fma(m0, s20.fma(d0, t20));
            IntVector i21 = IntVector.fromArray(I, shortSums, from + 5 * L);
            i21 = i21.and(0xFFFF).add(i21.lanewise(ASHR, 16));
            FloatVector s21 = ((FloatVector) i21.convert(I2F, 0)).fma(e2, c2);
            t21 = b2.fma(m1, s21.fma(d1, t21));
            FloatVector b3 = FloatVector.broadcast(F, inputSums[block + 3]);
            FloatVector e3 = FloatVector.broadcast(F, inputScales[block + 3]);
            FloatVector c3 = e3.mul(QuantisedInputs.LIFTED);
            IntVector i30 = IntVector.fromArray(I, shortSums, from + 6 * L);
            i30 = i30.and(0xFFFF).add(i30.lanewise(ASHR, 16));
            FloatVector s30 = ((FloatVector) i30.convert(I2F, 0)).fma(e3, c3);
            t30 = b3.fma(m0, s30.fma(d0, t30));
            IntVector i31 = IntVector.fromArray(I, shortSums, from + 7 * L);
            i31 = i31.and(0xFFFF).add(i31.lanewise(ASHR, 16));
            FloatVector s31 = ((FloatVector) i31.convert(I2F, 0)).fma(e3, c3);
            t31 = b3.fma(m1, s31.fma(d1, t31));
            scale += GROUP_ROWS;
            from += 2 * QUAD * L;
            block += QUAD;
        }
        t00.intoArray(sums, to);
        t01.intoArray(sums, to + L);
        t10.intoArray(sums, to + GROUP_ROWS);
        t11.intoArray(sums, to + GROUP_ROWS + L);
        t20.intoArray(sums, to + 2 * GROUP_ROWS);
        t21.intoArray(sums, to + 2 * GROUP_ROWS + L);
        t30.intoArray(sums, to + 3 * GROUP_ROWS);
        t31.intoArray(sums, to + 3 * GROUP_ROWS + L);
    }

    /**
     * Whole sums of one register, of two rows in each word: those of the lower halves come first.
     */
    private static void rows(
            ChunkView chunk, int register, int row, ScaleBuffer scales, float[] sums, int to) {
        int[] shortSums = chunk.shortSums;
        float[] inputScales = chunk.inputScales;
        float[] d = scales.scales;
        float[] m = scales.minimums;
        float[] inputSums = chunk.inputSums;
        int block = chunk.blockAt;
        int scale = row;
        int from = register;
        int count = Math.ceilDiv(chunk.cols, chunk.blockCols);
        FloatVector t00 = FloatVector.fromArray(F, sums, to);
        FloatVector t01 = FloatVector.fromArray(F, sums, to + L);
        FloatVector t10 = FloatVector.fromArray(F, sums, to + GROUP_ROWS);
        FloatVector t11 = FloatVector.fromArray(F, sums, to + GROUP_ROWS + L);
        FloatVector t20 = FloatVector.fromArray(F, sums, to + 2 * GROUP_ROWS);
        FloatVector t21 = FloatVector.fromArray(F, sums, to + 2 * GROUP_ROWS + L);
        FloatVector t30 = FloatVector.fromArray(F, sums, to + 3 * GROUP_ROWS);
        FloatVector t31 = FloatVector.fromArray(F, sums, to + 3 * GROUP_ROWS + L);
        for (int n = 0; n < count; n++) {
            FloatVector d0 = FloatVector.fromArray(F, d, scale);
            FloatVector d1 = FloatVector.fromArray(F, d, scale + L);
            FloatVector m0 = FloatVector.fromArray(F, m, scale);
            FloatVector m1 = FloatVector.fromArray(F, m, scale + L);
            FloatVector b0 = FloatVector.broadcast(F, inputSums[block]);
            FloatVector e0 = FloatVector.broadcast(F, inputScales[block]);
            IntVector i0 = IntVector.fromArray(I, shortSums, from);
            IntVector i00 = i0.lanewise(LSHL, 16).lanewise(ASHR, 16);
            FloatVector s00 = e0.mul((FloatVector) i00.convert(I2F, 0));
            t00 = b0.fma(m0, s00.fma(d0, t00));
            FloatVector s01 = e0.mul((FloatVector) i0.lanewise(ASHR, 16).convert(I2F, 0));
            t01 = b0.fma(m1, s01.fma(d1, t01));
            FloatVector b1 = FloatVector.broadcast(F, inputSums[block + 1]);
            FloatVector e1 = FloatVector.broadcast(F, inputScales[block + 1]);
            IntVector i1 = IntVector.fromArray(I, shortSums, from + 2 * L);
            IntVector i10 = i1.lanewise(LSHL, 16).lanewise(ASHR, 16);
            FloatVector s10 = e1.mul((FloatVector) i10.convert(I2F, 0));
            t10 = b1.fma(m0, s10.fma(d0, t10));
            FloatVector s11 = e1.mul((FloatVector) i1.lanewise(ASHR, 16).convert(I2F, 0));
            t11 = b1.fma(m1, s11.fma(d1, t11));
            FloatVector b2 = FloatVector.broadcast(F, inputSums[block + 2]);
            FloatVector e2 = FloatVector.broadcast(F, inputScales[block + 2]);
            IntVector i2 = IntVector.fromArray(I, shortSums, from + 4 * L);
            IntVector i20 = i2.lanewise(LSHL, 16).lanewise(ASHR, 16);
            FloatVector s20 = e2.mul((FloatVector) i20.convert(I2F, 0));
            t20 = b2.fma(m0, s20.fma(d0, t20));
            FloatVector s21 = e2.mul((FloatVector) i2.lanewise(ASHR, 16).convert(I2F, 0));
            t21 = b2.fma(m1, s21.fma(d1, t21));
            FloatVector b3 = FloatVector.broadcast(F, inputSums[block + 3]);
            FloatVector e3 = FloatVector.broadcast(F, inputScales[block + 3]);
            IntVector i3 = IntVector.fromArray(I, shortSums, from + 6 * L);
            IntVector i30 = i3.lanewise(LSHL, 16).lanewise(ASHR, 16);
            FloatVector s30 = e3.mul((FloatVector) i30.convert(I2F, 0));
            t30 = b3.fma(m0, s30.fma(d0, t30));
            FloatVector s31 = e3.mul((FloatVector) i3.lanewise(ASHR, 16).convert(I2F, 0));
            t31 = b3.fma(m1, s31.fma(d1, t31));
            scale += GROUP_ROWS;
            from += 2 * QUAD * L;
            block += QUAD;
        }
        t00.intoArray(sums, to);
        t01.intoArray(sums, to + L);
        t10.intoArray(sums, to + GROUP_ROWS);
        t11.intoArray(sums, to + GROUP_ROWS + L);
        t20.intoArray(sums, to + 2 * GROUP_ROWS);
        t21.intoArray(sums, to + 2 * GROUP_ROWS + L);
        t30.intoArray(sums, to + 3 * GROUP_ROWS);
        t31.intoArray(sums, to + 3 * GROUP_ROWS + L);
    }

    /**
     * Of one block and one input: the registers of a strand. A loop by way of memory, since written
     * out for each register it makes the methods that it is inlined into too long.
     *
     * @param block the input's
     * @param scale where the scale of the first row is
     * @param to where the sum of the first row is
     */
    static void addBlock(
            ChunkView chunk, int block, ScaleBuffer scales, int scale, float[] sums, int to) {
        int[] shortSums = chunk.shortSums;
        float[] d = scales.scales;
        float[] m = scales.minimums;
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
    }
}
