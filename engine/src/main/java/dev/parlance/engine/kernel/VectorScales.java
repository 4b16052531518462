package dev.parlance.engine.kernel;

import static dev.parlance.engine.kernel.PackedMatrix.GROUP_ROWS;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Computes scales as {@link Scales} does, from where they are stored. */
final class VectorScales {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final ByteOrder LE = Lanes.ORDER;
    private static final int L = Lanes.COUNT;

    /** From a word of a row to its next. */
    private static final int B = Lanes.BYTES;

    private VectorScales() {}

    static void expand(WeightLayout layout, ChunkView chunk, ScaleBuffer buffer) {
        MemorySegment data = chunk.data;
        float[] scales = buffer.scales;
        float[] minimums = buffer.minimums;
        int blocks = layout.blocks(chunk.cols);
        long words = layout.scaleWords(chunk.cols);
        if (layout.scales() == Scales.NONE) {
            Arrays.fill(scales, 0, blocks * GROUP_ROWS, 1);
            Arrays.fill(minimums, 0, blocks * GROUP_ROWS, 0);
            return;
        }
        for (int row = 0; row < GROUP_ROWS; row += L) {
            long at =
                    chunk.scalesAt
                            + row / Lanes.STRAND_ROWS * chunk.strand
                            + row % Lanes.STRAND_ROWS / L * words * B;
            switch (layout.scales()) {
                case CENTRED -> centred(data, at, blocks, layout.centre(), row, scales, minimums);
                case ONE -> one(data, at, blocks, layout.centre(), row, scales, minimums);
                case WITH_MINIMUM ->
                        withMinimum(data, at, blocks, layout.centre(), row, scales, minimums);
                case FACTORED -> factored(data, at, blocks, layout.centre(), row, scales, minimums);
                case FACTORED_WITH_MINIMUM ->
                        factoredWithMinimum(
                                data, at, blocks, layout.centre(), row, scales, minimums);
                case FACTORED_IN_NIBBLES ->
                        factoredInNibbles(data, at, blocks, layout.centre(), row, scales, minimums);
                case POWER -> power(data, at, blocks, layout.centre(), row, scales, minimums);
                case NONE -> throw new IllegalStateException("there are no scales");
            }
        }
    }

    private static void centred(
            MemorySegment data,
            long at,
            int blocks,
            int centre,
            int row,
            float[] scales,
            float[] minimums) {
        for (int block = 0; block < blocks; block++) {
            IntVector half = IntVector.fromMemorySegment(I, data, at, LE);
            half = half.lanewise(LSHL, 16 - block % 2 * 16);
            half = half.lanewise(ASHR, 3).and(Codes.HALF_MASK);
            FloatVector scale = half.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
            scale.intoArray(scales, block * GROUP_ROWS + row);
            scale.mul(-centre).intoArray(minimums, block * GROUP_ROWS + row);
            at += block % 2 * B;
        }
    }

    private static void one(
            MemorySegment data,
            long at,
            int blocks,
            int centre,
            int row,
            float[] scales,
            float[] minimums) {
        IntVector half = IntVector.fromMemorySegment(I, data, at, LE).lanewise(LSHL, 16);
        half = half.lanewise(ASHR, 3).and(Codes.HALF_MASK);
        FloatVector scale = half.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
        FloatVector minimum = scale.mul(-centre);
        for (int block = 0; block < blocks; block++) {
            scale.intoArray(scales, block * GROUP_ROWS + row);
            minimum.intoArray(minimums, block * GROUP_ROWS + row);
        }
    }

    private static void withMinimum(
            MemorySegment data,
            long at,
            int blocks,
            int centre,
            int row,
            float[] scales,
            float[] minimums) {
        for (int block = 0; block < blocks; block++) {
            IntVector halves = IntVector.fromMemorySegment(I, data, at, LE);
            IntVector half = halves.lanewise(LSHL, 16);
            half = half.lanewise(ASHR, 3).and(Codes.HALF_MASK);
            FloatVector scale = half.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
            scale.intoArray(scales, block * GROUP_ROWS + row);
            half = halves.lanewise(ASHR, 3).and(Codes.HALF_MASK);
            FloatVector minimum = half.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
            scale.fma(FloatVector.broadcast(F, -centre), minimum)
                    .intoArray(minimums, block * GROUP_ROWS + row);
            at += B;
        }
    }

    /** {@code blocks} is a multiple of 4. */
    private static void factored(
            MemorySegment data,
            long at,
            int blocks,
            int centre,
            int row,
            float[] scales,
            float[] minimums) {
        IntVector half = IntVector.fromMemorySegment(I, data, at, LE).lanewise(LSHL, 16);
        half = half.lanewise(ASHR, 3).and(Codes.HALF_MASK);
        FloatVector base = half.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
        for (int block = 0; block < blocks; block += 4) {
            at += B;
            int to = block * GROUP_ROWS + row;
            IntVector factors = IntVector.fromMemorySegment(I, data, at, LE);
            for (int n = 0; n < 4; n++) {
                IntVector factor = factors.lanewise(LSHL, 24 - 8 * n).lanewise(ASHR, 24);
                FloatVector scale = base.mul((FloatVector) factor.convert(I2F, 0));
                scale.intoArray(scales, to + n * GROUP_ROWS);
                scale.mul(-centre).intoArray(minimums, to + n * GROUP_ROWS);
            }
        }
    }

    /** {@code blocks} is a multiple of 4. */
    private static void factoredWithMinimum(
            MemorySegment data,
            long at,
            int blocks,
            int centre,
            int row,
            float[] scales,
            float[] minimums) {
        IntVector halves = IntVector.fromMemorySegment(I, data, at, LE);
        IntVector half = halves.lanewise(LSHL, 16);
        half = half.lanewise(ASHR, 3).and(Codes.HALF_MASK);
        FloatVector base = half.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
        half = halves.lanewise(ASHR, 3).and(Codes.HALF_MASK);
        FloatVector minimumBase = half.reinterpretAsFloats().mul(Codes.HALF_EXPONENT).neg();
        long toMinimums = blocks / 4 * B;
        for (int block = 0; block < blocks; block += 4) {
            at += B;
            int to = block * GROUP_ROWS + row;
            IntVector factors = IntVector.fromMemorySegment(I, data, at, LE);
            IntVector others = IntVector.fromMemorySegment(I, data, at + toMinimums, LE);
            for (int n = 0; n < 4; n++) {
                IntVector factor = factors.lanewise(LSHR, 8 * n).and(0xFF);
                FloatVector scale = base.mul((FloatVector) factor.convert(I2F, 0));
                scale.intoArray(scales, to + n * GROUP_ROWS);
                IntVector other = others.lanewise(LSHR, 8 * n).and(0xFF);
                FloatVector minimum = minimumBase.mul((FloatVector) other.convert(I2F, 0));
                scale.fma(FloatVector.broadcast(F, -centre), minimum)
                        .intoArray(minimums, to + n * GROUP_ROWS);
            }
        }
    }

    private static void factoredInNibbles(
            MemorySegment data,
            long at,
            int blocks,
            int centre,
            int row,
            float[] scales,
            float[] minimums) {
        IntVector halves = IntVector.fromMemorySegment(I, data, at, LE);
        IntVector half = halves.lanewise(LSHL, 16);
        half = half.lanewise(ASHR, 3).and(Codes.HALF_MASK);
        FloatVector base = half.reinterpretAsFloats().mul(Codes.HALF_EXPONENT);
        half = halves.lanewise(ASHR, 3).and(Codes.HALF_MASK);
        FloatVector minimumBase = half.reinterpretAsFloats().mul(Codes.HALF_EXPONENT).neg();
        for (int block = 0; block < blocks; block++) {
            at += block % 4 == 0 ? B : 0;
            IntVector factors = IntVector.fromMemorySegment(I, data, at, LE);
            factors = factors.lanewise(LSHR, block % 4 * 8);
            FloatVector scale = base.mul((FloatVector) factors.and(15).convert(I2F, 0));
            scale.intoArray(scales, block * GROUP_ROWS + row);
            factors = factors.lanewise(LSHR, 4);
            FloatVector minimum = minimumBase.mul((FloatVector) factors.and(15).convert(I2F, 0));
            scale.fma(FloatVector.broadcast(F, -centre), minimum)
                    .intoArray(minimums, block * GROUP_ROWS + row);
        }
    }

    private static void power(
            MemorySegment data,
            long at,
            int blocks,
            int centre,
            int row,
            float[] scales,
            float[] minimums) {
        for (int block = 0; block < blocks; block++) {
            IntVector exponents = IntVector.fromMemorySegment(I, data, at, LE);
            IntVector exponent = exponents.lanewise(LSHR, block % 4 * 8).and(0xFF);
            IntVector subnormal = IntVector.broadcast(I, 0x0020_0000).lanewise(LSHL, exponent);
            IntVector bits = exponent.sub(1).lanewise(LSHL, 23);
            FloatVector scale =
                    bits.blend(subnormal, exponent.compare(LT, 2)).reinterpretAsFloats();
            scale.intoArray(scales, block * GROUP_ROWS + row);
            scale.mul(-centre).intoArray(minimums, block * GROUP_ROWS + row);
            at += block % 4 == 3 ? B : 0;
        }
    }
}
