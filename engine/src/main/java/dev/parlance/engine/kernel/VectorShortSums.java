package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Scales sums of whole numbers, which are left in {@link ChunkView#shortSums}. Multiplying and
 * scaling in one loop would need more registers than there are, and C2 gives up half-way through a
 * longer method and makes objects of vectors.
 */
final class VectorShortSums {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final int L = Lanes.COUNT;

    private VectorShortSums() {}

    /**
     * Of a whole chunk: blocks x four inputs x two registers. Parameters as in {@link
     * VectorTiles#add}.
     */
    static void add(
            ChunkView chunk, int inputs, int row, ScaleBuffer scales, float[] sums, int to) {
        for (int input = 0; input < inputs; input += 2) {
            addTwo(chunk, input, inputs, row, scales, sums, to);
        }
    }

    /** Of two inputs, or of the last one twice. */
    private static void addTwo(
            ChunkView chunk,
            int input,
            int inputs,
            int row,
            ScaleBuffer scales,
            float[] sums,
            int to) {
        int[] shortSums = chunk.shortSums;
        float[] d = scales.scales;
        float[] m = scales.minimums;
        float[] inputScales = chunk.inputScales;
        float[] blockSums = chunk.blockSums;
        int other = Math.min(1, inputs - 1 - input);
        int block0 = chunk.blockAt + input * chunk.blockStride;
        int block1 = block0 + other * chunk.blockStride;
        int to0 = to + input * GROUP_ROWS;
        int to1 = to0 + other * GROUP_ROWS;
        FloatVector t00 = FloatVector.fromArray(F, sums, to0);
        FloatVector t01 = FloatVector.fromArray(F, sums, to0 + L);
        FloatVector t10 = FloatVector.fromArray(F, sums, to1);
        FloatVector t11 = FloatVector.fromArray(F, sums, to1 + L);
        int scale = row;
        int from = 2 * input * L;
        int count = chunk.cols / chunk.blockCols;
        for (int n = 0; n < count; n++) {
            FloatVector d0 = FloatVector.fromArray(F, d, scale);
            FloatVector d1 = FloatVector.fromArray(F, d, scale + L);
            FloatVector m0 = FloatVector.fromArray(F, m, scale);
            FloatVector m1 = FloatVector.fromArray(F, m, scale + L);
            FloatVector e0 = FloatVector.broadcast(F, inputScales[block0 + n]);
            FloatVector c0 = e0.mul(QuantisedInputs.LIFTED);
            FloatVector b0 = FloatVector.broadcast(F, blockSums[block0 + n]);
            // Both halves of a word belong to one row.
            IntVector i00 = IntVector.fromArray(I, shortSums, from);
            i00 = i00.and(0xFFFF).add(i00.lanewise(ASHR, 16));
            FloatVector f00 = ((FloatVector) i00.convert(I2F, 0)).fma(e0, c0);
            t00 = b0.fma(m0, f00.fma(d0, t00));
            IntVector i01 = IntVector.fromArray(I, shortSums, from + L);
            i01 = i01.and(0xFFFF).add(i01.lanewise(ASHR, 16));
            FloatVector f01 = ((FloatVector) i01.convert(I2F, 0)).fma(e0, c0);
            t01 = b0.fma(m1, f01.fma(d1, t01));
            FloatVector e1 = FloatVector.broadcast(F, inputScales[block1 + n]);
            FloatVector c1 = e1.mul(QuantisedInputs.LIFTED);
            FloatVector b1 = FloatVector.broadcast(F, blockSums[block1 + n]);
            IntVector i10 = IntVector.fromArray(I, shortSums, from + 2 * L);
            i10 = i10.and(0xFFFF).add(i10.lanewise(ASHR, 16));
            FloatVector f10 = ((FloatVector) i10.convert(I2F, 0)).fma(e1, c1);
            t10 = b1.fma(m0, f10.fma(d0, t10));
            IntVector i11 = IntVector.fromArray(I, shortSums, from + 3 * L);
            i11 = i11.and(0xFFFF).add(i11.lanewise(ASHR, 16));
            FloatVector f11 = ((FloatVector) i11.convert(I2F, 0)).fma(e1, c1);
            t11 = b1.fma(m1, f11.fma(d1, t11));
            scale += GROUP_ROWS;
            from += 8 * L;
        }
        t00.intoArray(sums, to0);
        t01.intoArray(sums, to0 + L);
        t10.intoArray(sums, to1);
        t11.intoArray(sums, to1 + L);
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
        FloatVector b = FloatVector.broadcast(F, chunk.blockSums[block]);
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
